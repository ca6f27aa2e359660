/** From trained parameters to a network description: what was trained, as firmware, with nothing rounded on the way. */
import { Problems } from '../base/diagnostic.js';
import { fromDouble } from '../fixed/dyadic.js';
import { type Format, fractionBits, makeFormat, printFormat } from '../fixed/format.js';
import { formatFor } from '../fixed/interval.js';
import { narrowestFormat } from '../fixed/table.js';
import {
  type Architecture,
  deployedStages,
  fanInOf,
  type Quantiser,
  type ReluStage,
  type Stage,
  type WeightedStage,
} from '../network/architecture.js';
import type { Description, LayerDescription } from '../network/description.js';
import type { Values } from '../tensor/executor.js';
import { describeScaling, type TrainedScaling } from './export-scaling.js';
import { type ExactRange, rangeOfFormat, rangeOfPositive, rangeOfSums } from './model/exact-range.js';
import { rangesOfScore } from './model/score-range.js';

export interface TrainedNetwork {
  readonly name: string;
  readonly architecture: Architecture;
  /** What `weightsGraph` gives for the trained parameters, by the executor that runs the forward pass. */
  readonly weights: ReadonlyMap<string, Values>;
  /** How events were normalised; without it (or where its scales are no powers of two) the network's inputs are the normalised values. */
  readonly scaling?: TrainedScaling;
}

/**
 * The description of the deployed part. Its layers have the names of the stages; sums are exact, and a layer without a quantiser
 * has a type that holds every sum.
 * @throws AxocError (user) naming every tensor of the deployed part that is not quantised
 */
export function describeTrained(trained: TrainedNetwork): Description {
  const problems = new Problems();
  const description = new Export(trained, problems).describe();
  problems.throwIfAny();
  return description;
}

class Export {
  constructor(
    private readonly trained: TrainedNetwork,
    private readonly problems: Problems,
  ) {}

  describe(): Description {
    const { name, architecture, scaling } = this.trained;
    const input = this.#format('input', architecture.input);
    const layers: LayerDescription[] = [];
    let range = rangeOfFormat(input);
    const ranges = new Map([['input', range]]);
    for (const stage of deployedStages(architecture)) {
      const { layer, result } = stage.kind === 'relu' ? this.#relu(stage, range) : this.#weighted(stage, range);
      layers.push(layer);
      range = rangeOfFormat(result);
      ranges.set(stage.name, range);
    }
    return {
      name,
      inputs: architecture.features,
      ...(scaling === undefined ? {} : describeScaling(scaling, architecture.features, input, this.problems)),
      input_format: printFormat(input),
      layers,
      score: this.#score(ranges),
    };
  }

  #weighted(stage: WeightedStage, x: ExactRange): { readonly layer: LayerDescription; readonly result: Format } {
    const kernel = this.#values(`${stage.name}/quantised_kernel`);
    const bias = this.#values(`${stage.name}/quantised_bias`);
    const kernelFormat = this.#weightFormat(`${stage.name}/kernel`, stage.kernel, kernel);
    const biasFormat = this.#weightFormat(`${stage.name}/bias`, stage.bias, bias);
    const sums = rangeOfSums(x, rangeOfFormat(kernelFormat), fanInOf(stage), rangeOfFormat(biasFormat));
    const result = this.#resultFormat(stage, sums);
    const common = {
      name: stage.name,
      bias: [...bias],
      weight_format: printFormat(kernelFormat),
      bias_format: printFormat(biasFormat),
      result_format: printFormat(result),
    };
    const layer: LayerDescription =
      stage.kind === 'dense'
        ? { kind: 'dense', ...common, weights: nested(kernel, stage.kernelShape) as number[][] }
        : {
            kind: 'conv2d',
            ...common,
            input_shape: stage.inputShape,
            strides: stage.strides,
            padding: stage.padding,
            weights: nested(kernel, stage.kernelShape) as number[][][][],
          };
    return { layer, result };
  }

  #relu(stage: ReluStage, x: ExactRange): { readonly layer: LayerDescription; readonly result: Format } {
    const result = this.#resultFormat(stage, rangeOfPositive(x));
    return { layer: { kind: 'relu', name: stage.name, result_format: printFormat(result) }, result };
  }

  #score(ranges: ReadonlyMap<string, ExactRange>): NonNullable<Description['score']> {
    const { latent, decoder, score } = this.trained.architecture;
    const { result } = rangesOfScore(score.expression, (layer) => ranges.get(layer))!;
    const result_format = printFormat(score.format ?? formatFor(result.raws, result.fraction));
    switch (score.kind) {
      case 'sum-of-squares':
        return { kind: score.kind, of: latent.name, result_format };
      case 'sum-of-squared-difference':
        return { kind: score.kind, of: decoder.at(-1)!.name, minus: 'input', result_format };
      case 'expression':
        return { kind: score.kind, expression: score.text!, result_format };
    }
  }

  /** What its quantiser says; without one a type that holds everything. */
  #resultFormat({ name, result }: Stage, unquantised: ExactRange): Format {
    if (result === undefined) return formatFor(unquantised.raws, unquantised.fraction);
    return this.#format(`${name}/result`, result);
  }

  /** Learned weights get as many integer bits as the largest needs. */
  #weightFormat(tensor: string, quantiser: Quantiser | undefined, values: readonly number[]): Format {
    const format = this.#format(tensor, quantiser);
    if (quantiser?.learned === undefined) return format;
    const { integer, signed } = narrowestFormat(values.map(fromDouble));
    return makeFormat(signed, Math.max(1, integer + fractionBits(format)), Math.max(integer, 1 - fractionBits(format)));
  }

  /** A learned type with the fraction bits it has learned. */
  #format(tensor: string, quantiser: Quantiser | undefined): Format {
    if (quantiser === undefined) {
      this.problems.add(
        'not-quantised',
        tensor,
        'it is floating point, and firmware computes in fixed point',
        'give it a quantiser and train again',
      );
      return makeFormat(true, 1, 1);
    }
    const { format, learned } = quantiser;
    if (learned === undefined) return format;
    const [fraction] = this.#values(`${tensor}/fraction_bits`);
    return { ...format, width: format.integer + (fraction ?? 0) };
  }

  #values(name: string): readonly number[] {
    // Adding 0 makes a 0 of -0, which is no integer's image.
    return Array.from(this.trained.weights.get(name) ?? [], (value) => value + 0);
  }
}

type Nested = number | readonly Nested[];

/** Row-major values as lists of lists. */
function nested(values: readonly number[], shape: readonly number[]): readonly Nested[] {
  const [length, ...rest] = shape;
  if (rest.length === 0) return values;
  const size = values.length / length!;
  return Array.from({ length: length! }, (_, index) => nested(values.slice(index * size, (index + 1) * size), rest));
}
