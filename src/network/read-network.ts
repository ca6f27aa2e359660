/** From the text of a description to a Network: numbers made exact, types resolved, shapes and names checked. */
import { Problems } from '../base/diagnostic.js';
import { suggest } from '../base/nearest.js';
import type { Dyadic } from '../fixed/dyadic.js';
import { type Format, parseFormat } from '../fixed/format.js';
import type { Table } from '../fixed/table.js';
import { type Description, type LayerDescription, parseDescription, type ScoreDescription } from './description.js';
import { exactNumbers, exactSingle, type Report } from './exact-tables.js';
import type { HardwareScaling, InputStage, Layer, Network, Score } from './network.js';
import type { Precision } from './precision.js';
import { type Reading, type ReadLayer, readConv2d, readDense, type Source } from './read-weights.js';
import { parseExpression } from './score/language.js';
import { readScore } from './score/read-score.js';
import { type ValueShape, valueCount } from './shape.js';

/**
 * Reads the text of a description.
 * @param source the file's name, for messages
 * @throws AxocError (user) with every problem found
 */
export function readNetwork(text: string, source: string, precision: Precision): Network {
  return networkOf(parseDescription(text, source), source, precision);
}

/**
 * The network that a description means.
 * @param source where it comes from, for messages
 * @throws AxocError (user) with every problem found
 */
export function networkOf(description: Description, source: string, precision: Precision): Network {
  const problems = new Problems();
  const network = new NetworkReader(description, source, precision, problems).read();
  problems.throwIfAny();
  return network;
}

type ExpressionDescription = Extract<ScoreDescription, { kind: 'expression' }>;

class NetworkReader {
  /** Layer name -> shape of its result; undefined where a problem leaves it unknown. */
  readonly #shapes = new Map<string, ValueShape | undefined>();

  constructor(
    private readonly description: Description,
    private readonly source: string,
    private readonly precision: Precision,
    private readonly problems: Problems,
  ) {}

  read(): Network {
    const { name, layers, score } = this.description;
    this.#checkOverrides();
    const input = this.#input();
    const read: Layer[] = [];
    for (const [index, layer] of layers.entries()) {
      const place = `layers[${index}]`;
      if (this.#shapes.has(layer.name)) {
        this.#report(
          'name-used-twice',
          `${place}.name`,
          `"${layer.name}" is the name of an earlier layer`,
          'give every layer a name of its own',
        );
        continue;
      }
      read.push(this.#layer(layer, place, index === 0 ? undefined : layers[index - 1]!.name));
    }
    const scored = score && this.#score(score);
    return { name, input, layers: read, ...(scored === undefined ? {} : { score: scored }) };
  }

  #input(): InputStage {
    const { inputs, input_format } = this.description;
    const scaling = this.#scaling();
    return {
      width: inputs,
      format: this.#resultFormat(input_format, 'input', 'input_format'),
      ...(scaling === undefined ? {} : { scaling }),
    };
  }

  #scaling(): HardwareScaling | undefined {
    const { inputs, hardware_format, offset_format, offset, shift, lsb, scaled_format } = this.description;
    if (hardware_format === undefined) {
      for (const [key, value] of Object.entries({ offset_format, offset, shift, lsb, scaled_format })) {
        if (value !== undefined) {
          this.#report(
            'missing-key',
            'hardware_format',
            `missing: "${key}" scales hardware inputs, whose type is not given`,
            'add hardware_format, the type of an input after its LSB is applied',
          );
        }
      }
      return undefined;
    }
    const offsets = exactNumbers(offset ?? Array(inputs).fill(0), (index) => `offset[${index}]`, this.#report);
    const shifts = shift ?? Array<number>(inputs).fill(0);
    this.#checkLength(offsets, inputs, 'offset', 'one for each input');
    this.#checkLength(shifts, inputs, 'shift', 'one for each input');
    const lsbs = this.#lsbs(lsb, inputs);
    const offsetFormat = this.#format(offset_format, 'offset_format');
    const hardwareFormat = this.#format(hardware_format, 'hardware_format') ?? this.precision.default;
    const scaledFormat = this.#format(scaled_format, 'scaled_format');
    return { hardwareFormat, offsets, shifts, lsbs, ...withoutUndefined({ offsetFormat, scaledFormat }) };
  }

  /** Without `lsb` the inputs are Level-1 objects: (pt, eta, phi), pt in units of 0.5 GeV. */
  #lsbs(given: Description['lsb'], inputs: number): readonly Dyadic[] {
    const pattern = exactNumbers(given ?? [0.5, 1, 1], (index) => `lsb[${index}]`, this.#report);
    if (inputs % pattern.length !== 0) {
      this.#report(
        given === undefined ? 'missing-key' : 'wrong-shape',
        'lsb',
        `${inputs} inputs are not a multiple of ${pattern.length}${given === undefined ? ' (pt, eta, phi)' : ''}`,
        'give the value of one unit of each hardware integer, or of a repeating group of them',
      );
    }
    return Array.from({ length: inputs }, (_, index) => pattern[index % pattern.length]!);
  }

  #layer(layer: LayerDescription, place: string, previous: string | undefined): Layer {
    const source = layer.input ?? previous;
    const shape = source === undefined ? [this.description.inputs] : this.#shapeOf(source, `${place}.input`);
    const common = {
      name: layer.name,
      place,
      ...(source === undefined || this.#isInput(source) ? {} : { source }),
      resultFormat: this.#resultFormat(layer.result_format, layer.name, `${place}.result_format`),
    };
    const shown = common.source === undefined ? "the network's inputs" : `"${source}"`;
    const { layer: read, shape: result } = this.#ofKind(layer, place, { shown, ...(shape && { shape }) });
    this.#shapes.set(layer.name, result);
    return { ...common, ...read };
  }

  #ofKind(layer: LayerDescription, place: string, source: Source): ReadLayer<Layer> {
    switch (layer.kind) {
      case 'dense':
        return readDense(layer, place, source, this.#reading);
      case 'conv2d':
        return readConv2d(layer, place, source, this.#reading);
      case 'leaky_relu':
        return { layer: { kind: layer.kind, slope: this.#slope(layer.slope, place) }, shape: source.shape };
      case 'relu':
      case 'cast':
        return { layer: { kind: layer.kind }, shape: source.shape };
    }
  }

  #slope(slope: number | string, place: string): Table {
    const table = exactSingle(slope, `${place}.slope`, this.#report);
    if (table.raws[0]! < 0n) {
      const message = `a slope of ${slope} is negative`;
      this.#report('bad-value', `${place}.slope`, message, 'a leaky relu keeps the sign of what it reads');
    }
    return table;
  }

  #score(score: ScoreDescription): Score | undefined {
    return score.kind === 'expression' ? this.#expression(score) : this.#sumOfSquares(score);
  }

  #expression({ expression, result_format }: ExpressionDescription): Score | undefined {
    const place = 'score.expression';
    const described = this.#format(result_format, 'score.result_format');
    const resultFormat = this.precision.overrides.get('score') ?? described;
    const lengthOf = (shape: ValueShape | undefined) => (shape === undefined ? undefined : valueCount(shape));
    const known = new Map([
      ['input', { layer: 'input', length: this.description.inputs as number | undefined }],
      ...[...this.#shapes].map(([layer, shape]) => [layer, { layer, length: lengthOf(shape) }] as const),
    ]);
    const node = this.problems.attempt(() => parseExpression(expression, `${this.source}: ${place}`));
    const read = node && readScore(node, { known }, place, this.#report);
    return read && { kind: 'expression', expression: read, ...withoutUndefined({ resultFormat }) };
  }

  #sumOfSquares(score: Exclude<ScoreDescription, ExpressionDescription>): Score {
    const of = this.#shapeOf(score.of, 'score.of');
    const formats = {
      productFormat: this.#format(score.product_format, 'score.product_format'),
      accumFormat: this.#format(score.accum_format, 'score.accum_format'),
      lastFormat: this.#format(score.then, 'score.then'),
    };
    const common = {
      kind: score.kind,
      of: score.of,
      resultFormat: this.#resultFormat(score.result_format, 'score', 'score.result_format'),
      ...withoutUndefined(formats),
    };
    if (score.kind === 'sum-of-squares') return common;
    const minus = this.#shapeOf(score.minus, 'score.minus');
    if (of !== undefined && minus !== undefined && valueCount(of) !== valueCount(minus)) {
      this.#report(
        'wrong-shape',
        'score',
        `"${score.of}" has ${valueCount(of)} values, "${score.minus}" ${valueCount(minus)}`,
        'the two layers of a difference have the same number of outputs',
      );
    }
    const differenceFormat = this.#format(score.difference_format, 'score.difference_format');
    return { ...common, minus: score.minus, ...withoutUndefined({ differenceFormat }) };
  }

  /** An override counts before the description, the description before the default. */
  #resultFormat(text: string | undefined, name: string, place: string): Format {
    const described = this.#format(text, place);
    return this.precision.overrides.get(name) ?? described ?? this.precision.default;
  }

  #checkOverrides(): void {
    const names = [
      'input',
      ...this.description.layers.map((layer) => layer.name),
      ...(this.description.score ? ['score'] : []),
    ];
    for (const name of this.precision.overrides.keys()) {
      if (!names.includes(name))
        this.problems.add(
          'unknown-layer',
          `--precision ${name}=...`,
          `${this.source} has no layer "${name}"`,
          suggest(name, names),
        );
    }
  }

  #format(text: string | undefined, place: string): Format | undefined {
    if (text === undefined) return undefined;
    return this.problems.attempt(() => parseFormat(text, `${this.source}: ${place}`));
  }

  /** Undefined, and a problem, where no layer of that name stands before. */
  #shapeOf(name: string, place: string): ValueShape | undefined {
    if (this.#isInput(name)) return [this.description.inputs];
    if (!this.#shapes.has(name)) {
      this.#report(
        'unknown-layer',
        place,
        `no layer "${name}" stands before this`,
        suggest(name, ['input', ...this.#shapes.keys()]),
      );
    }
    return this.#shapes.get(name);
  }

  /** The word `input` names the network's inputs unless a layer has that name. */
  #isInput(name: string): boolean {
    return name === 'input' && !this.#shapes.has(name);
  }

  #checkLength(list: readonly unknown[], length: number, place: string, what: string): void {
    if (list.length !== length)
      this.#report('wrong-shape', place, `${list.length} values, ${length} expected`, `give ${what}`);
  }

  get #reading(): Reading {
    return { report: this.#report, format: (text, place) => this.#format(text, place) };
  }

  readonly #report: Report = (code, place, message, hint) => {
    this.problems.add(code, `${this.source}: ${place}`, message, hint);
  };
}

/** The entries that are there: what `exactOptionalPropertyTypes` wants to see. */
function withoutUndefined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never;
}
