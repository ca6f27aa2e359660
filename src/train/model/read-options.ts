/** From the options of a model to its architecture: shapes inferred, names given, quantisers read; all problems together. */
import { Problems } from '../../base/diagnostic.js';
import type {
  Architecture,
  ArchitectureScore,
  DenseStage,
  ReluStage,
  Stage,
  WeightedStage,
} from '../../network/architecture.js';
import type { Report } from '../../network/exact-tables.js';
import type { QuantiserText } from '../../network/quantiser.js';
import { outputSize, paddedSize, samePadding, type ValueShape, valueCount } from '../../network/shape.js';
import type { Conv2dOptions, DenseOptions, LayerOptions, ModelOptions } from './options.js';
import { TensorQuantisers } from './read-quantisers.js';
import { readScoreText, type ScoredStages, scoreOfKind } from './read-score-kind.js';

/**
 * @param place where the options stand, for messages: `config.yaml: model`
 * @throws AxocError (user) with every problem found
 */
export function readModelOptions(options: ModelOptions, place = 'model'): Architecture {
  const problems = new Problems();
  const architecture = new OptionsReader(options, place, problems).read();
  problems.throwIfAny();
  return architecture;
}

/** Which quantisers the layers of a part get: all of a quantised part, none of a float one. */
type Precision = 'quantised' | 'float';

class OptionsReader {
  readonly #names = new Set<string>();
  readonly #quantisers: TensorQuantisers;

  constructor(
    private readonly options: ModelOptions,
    private readonly place: string,
    private readonly problems: Problems,
  ) {
    this.#quantisers = new TensorQuantisers(options, place, problems);
  }

  read(): Architecture {
    const { options } = this;
    const inputShape = this.#inputShape();
    const input = this.#quantisers.read(
      'input',
      undefined,
      options.quantisers.data,
      'quantized_bits',
      'quantisers.data',
    );
    const encoder = this.#stages(options.encoder, inputShape, 'encoder', 'quantised');
    const hidden = encoder.at(-1)?.outputShape ?? inputShape;
    const latent = this.#latent('latent_mean', hidden);
    const logVariance = options.kind === 'VAE' ? this.#latent('latent_log_variance', hidden) : undefined;
    const precision = options.kind === 'AE' ? 'quantised' : 'float';
    const decoder = this.#stages(options.decoder, [options.latent], 'decoder', precision);
    this.#checkDecoder(decoder);
    const score = this.#score({ encoder, latent, decoder });
    this.#quantisers.checkOverrides();
    return {
      kind: options.kind,
      features: options.features,
      inputShape,
      ...(input === undefined ? {} : { input }),
      encoder,
      latent,
      ...(logVariance === undefined ? {} : { logVariance }),
      decoder,
      score,
    };
  }

  #inputShape(): ValueShape {
    const { inputShape, features } = this.options;
    this.#checkCount(features, 'features');
    if (inputShape === undefined) return [features];
    if (valueCount(inputShape) !== features)
      this.#report(
        'wrong-shape',
        'inputShape',
        `[${inputShape}] holds ${valueCount(inputShape)} numbers, an event has ${features}`,
        'height * width * channels is the number of features',
      );
    return inputShape;
  }

  #latent(name: string, hidden: ValueShape): DenseStage {
    this.#checkCount(this.options.latent, 'latent');
    const { latent: units, quantisers } = this.options;
    const common = this.#weighted({ kind: 'dense', units, name }, name, 'quantised', 'latent', quantisers.latent);
    return { kind: 'dense', ...common, ...denseShapes(hidden, units) };
  }

  #stages(
    layers: readonly LayerOptions[],
    inputShape: ValueShape,
    part: 'encoder' | 'decoder',
    precision: Precision,
  ): readonly Stage[] {
    const stages: Stage[] = [];
    let shape = inputShape;
    let weighted = 0;
    for (const [index, layer] of layers.entries()) {
      const place = `${part}[${index}]`;
      const before = stages.at(-1);
      switch (layer.kind) {
        case 'dense':
        case 'conv2d': {
          const name = this.#name(layer.name ?? `${part}${++weighted}`, place);
          const isReconstruction = part === 'decoder' && index === layers.length - 1;
          const result = isReconstruction && precision === 'quantised' ? this.options.quantisers.latent : 'none';
          const quantisers = this.#weighted(layer, name, precision, place, result);
          const stage =
            layer.kind === 'dense'
              ? this.#dense(layer, quantisers, shape, place)
              : this.#conv2d(layer, quantisers, shape, place);
          if (stage !== undefined) stages.push(stage);
          break;
        }
        case 'batch_norm':
          if (before === undefined || before.kind === 'relu' || before.hasBatchNorm)
            this.#report(
              'bad-layer',
              place,
              'batch_norm does not follow a dense or conv2d layer',
              'put it right after the layer whose sums it normalises, before the relu: so it costs nothing in the firmware',
            );
          else stages[stages.length - 1] = { ...before, hasBatchNorm: true };
          break;
        case 'relu': {
          const name = this.#name(layer.name ?? `${before?.name ?? part}_relu`, place);
          stages.push(this.#relu(layer.result, name, shape, precision, place));
          break;
        }
        case 'flatten':
          shape = [valueCount(shape)];
          continue;
      }
      shape = stages.at(-1)?.outputShape ?? shape;
    }
    return stages;
  }

  #dense(layer: DenseOptions, common: Common, shape: ValueShape, place: string): Stage {
    this.#checkCount(layer.units, `${place}.units`);
    return { kind: 'dense', ...common, ...denseShapes(shape, layer.units) };
  }

  #conv2d(layer: Conv2dOptions, common: Common, shape: ValueShape, place: string): Stage | undefined {
    const counts = { filters: [layer.filters], size: layer.size, strides: layer.strides ?? [1, 1] };
    for (const [key, list] of Object.entries(counts))
      for (const count of list) this.#checkCount(count, `${place}.${key}`);
    if (shape.length !== 3) {
      this.#report(
        'wrong-shape',
        place,
        `conv2d reads an image [height, width, channels], not ${valueCount(shape)} numbers in a row`,
        'give the input shape of the model, and no dense or flatten layer before a conv2d',
      );
      return undefined;
    }
    const strides = layer.strides ?? [1, 1];
    const kernelShape = [...layer.size, shape[2]!, layer.filters];
    const padding = layer.padding === 'same' ? samePadding(shape, kernelShape, strides) : ([0, 0, 0, 0] as const);
    const [height, width] = outputSize(paddedSize(shape, padding), kernelShape, strides);
    if (height < 1 || width < 1) {
      this.#report(
        'wrong-shape',
        `${place}.size`,
        `a kernel of ${layer.size.join(' x ')} does not fit in [${shape}]`,
        'choose a smaller kernel or padding "same"',
      );
      return undefined;
    }
    return {
      kind: 'conv2d',
      ...common,
      strides,
      padding,
      kernelShape,
      inputShape: shape,
      outputShape: [height, width, layer.filters],
    };
  }

  /** @param result quantiser of the result unless the layer says another */
  #weighted(
    layer: DenseOptions | Conv2dOptions,
    name: string,
    precision: Precision,
    place: string,
    result: QuantiserText,
  ): Common {
    const { quantisers, learnedBits } = this.options;
    const isQuantised = precision === 'quantised';
    const learns = isQuantised && learnedBits?.weights === true;
    const read = (tensor: 'kernel' | 'bias' | 'result', general: QuantiserText, isLearned: boolean): object => {
      const fallback = tensor === 'result' || isQuantised ? general : 'none';
      const quantiser = this.#quantisers.read(
        `${name}/${tensor}`,
        layer[tensor],
        fallback,
        'quantized_bits',
        `${place}.${tensor}`,
        isLearned,
      );
      return quantiser === undefined ? {} : { [tensor]: quantiser };
    };
    return {
      name,
      hasBatchNorm: false,
      ...read('kernel', quantisers.kernel, learns),
      ...read('bias', quantisers.bias, false),
      ...read('result', result, false),
    };
  }

  #relu(
    text: QuantiserText | undefined,
    name: string,
    outputShape: ValueShape,
    precision: Precision,
    place: string,
  ): ReluStage {
    const { quantisers, learnedBits } = this.options;
    const isQuantised = precision === 'quantised';
    const result = this.#quantisers.read(
      `${name}/result`,
      text,
      isQuantised ? quantisers.activation : 'none',
      'quantized_relu',
      `${place}.result`,
      isQuantised && learnedBits?.activations === true,
    );
    return { kind: 'relu', name, outputShape, ...(result === undefined ? {} : { result }) };
  }

  #score(stages: ScoredStages): ArchitectureScore {
    const { kind, scoreKind, score } = this.options;
    const format = this.#quantisers.read('score', undefined, score, 'quantized_relu', 'score')?.format;
    const chosen = scoreKind ?? (kind === 'AE' ? 'sum-of-squared-difference' : 'sum-of-squares');
    const given = format === undefined ? {} : { format };
    if (typeof chosen === 'object') {
      const report: Report = (code, place, message, hint) => this.#report(code, place, message, hint);
      const place = `${this.place}.score`;
      const read = this.problems.attempt(() => readScoreText(chosen.expression, this.options, stages, place, report));
      return { ...(read ?? scoreOfKind('sum-of-squares', stages)), ...given };
    }
    if (kind === 'VAE' && chosen === 'sum-of-squared-difference')
      this.#report(
        'bad-layer',
        'scoreKind',
        'the decoder of a VAE is floating point: the firmware has no reconstruction to compare with the input',
        'choose sum-of-squares, or train an AE',
      );
    return { ...scoreOfKind(chosen, stages), ...given };
  }

  #checkDecoder(decoder: readonly Stage[]): void {
    const last = decoder.at(-1);
    const { features } = this.options;
    if (last?.kind !== 'dense' || last.outputShape[0] !== features)
      this.#report(
        'wrong-shape',
        'decoder',
        `the decoder ends with ${last === undefined ? 'nothing' : `${last.kind} of ${valueCount(last.outputShape)}`}, an event has ${features} features`,
        `let its last layer be dense with ${features} units`,
      );
  }

  #name(name: string, place: string): string {
    const reserved = ['input', 'score', 'latent_mean', 'latent_log_variance'];
    if (this.#names.has(name) || reserved.includes(name))
      this.#report('name-used-twice', `${place}.name`, `"${name}" is taken`, 'give every layer a name of its own');
    this.#names.add(name);
    return name;
  }

  #checkCount(count: number, place: string): void {
    if (!Number.isInteger(count) || count < 1)
      this.#report('bad-value', place, `${count} is no count`, 'give a whole number, at least 1');
  }

  #report(code: string, place: string, message: string, hint?: string): void {
    this.problems.add(code, `${this.place}.${place}`, message, hint);
  }
}

/** A weighted stage before its shapes are known. */
type Common = Pick<WeightedStage, 'name' | 'hasBatchNorm' | 'kernel' | 'bias' | 'result'>;

function denseShapes(
  inputShape: ValueShape,
  units: number,
): Pick<DenseStage, 'inputShape' | 'outputShape' | 'kernelShape'> {
  return { inputShape, outputShape: [units], kernelShape: [valueCount(inputShape), units] };
}
