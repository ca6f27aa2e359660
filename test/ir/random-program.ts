/** Random legal programs for tests: every operation, every rounding and overflow mode, formats of all sizes. */
import type { Random } from '../../src/base/random.js';
import {
  type Format,
  fractionBits,
  makeFormat,
  maxRaw,
  minRaw,
  overflows,
  roundings,
  whyUnsupported,
} from '../../src/fixed/format.js';
import { contains, formatFor, fullInterval, hull, type Interval, rescaledInterval } from '../../src/fixed/interval.js';
import type { Table } from '../../src/fixed/table.js';
import { deriveType, type ExactOp } from '../../src/ir/derive.js';
import { type Elements, exactFraction } from '../../src/ir/evaluate.js';
import { rangeOf } from '../../src/ir/intervals.js';
import {
  elementCount,
  fractionAt,
  inputsOf,
  isNamed,
  type Op,
  type OpKind,
  operandsOf,
  type Program,
  relations,
  sizeOf,
  type TensorType,
} from '../../src/ir/op.js';
import { resultShape } from '../../src/ir/shape.js';

/** No value of a random program has more elements. */
export const maxElements = 40;
/** No value of a random program is wider: an operation whose result would be is not taken. */
const maxBits = 160;

/**
 * A legal program of 3 to 12 operations beside inputs and constants. At least one named value is neither input nor
 * output; some values have one format for each element, some a wider one than they need.
 */
export function randomProgram(random: Random): Program {
  const growing = new Growing(random);
  for (let n = random.integer(1, 2); n > 0; n--) growing.addInput();
  const target = random.integer(3, 12);
  while (growing.computed.length < target) growing.grow(target - growing.computed.length);
  return growing.finished();
}

/** One event for a program: the raw integers of all inputs in order, ends of the formats more often than others. */
export function randomEvent(program: Program, random: Random): readonly bigint[] {
  return inputsOf(program).flatMap((input) =>
    elementFormats(input.type).map((format) => {
      const [low, high] = [minRaw(format), maxRaw(format)];
      const near = (end: bigint) => (end < low ? low : end > high ? high : end);
      return random.chance(0.5)
        ? random.bigint(low, high)
        : near(random.pick([low, low + 1n, -1n, 0n, 1n, high - 1n, high]));
    }),
  );
}

/** The format of each element. */
export function elementFormats({ shape, formats }: TensorType): readonly Format[] {
  return formats.length === 1 ? Array.from({ length: sizeOf(shape) }, () => formats[0]!) : formats;
}

/** A width of mostly 1 to 3 bits, sometimes 20 to 100; the binary point left of, inside or right of the bits. */
export function randomFormat(random: Random): Format {
  const signed = random.chance(0.6);
  const width = random.chance(0.5)
    ? random.integer(1, 3)
    : random.chance(0.75)
      ? random.integer(4, 12)
      : random.integer(20, 100);
  const integer = random.chance(0.6)
    ? random.integer(0, Math.min(width, 12))
    : random.integer(-4, Math.min(width, 8) + 4);
  return makeFormat(signed, width, integer);
}

/** Any format axoc supports, with any of the 28 pairs of modes. */
export function randomCastFormat(random: Random): Format {
  const format = { ...randomFormat(random), rounding: random.pick(roundings), overflow: random.pick(overflows) };
  return whyUnsupported(format) === undefined ? format : { ...format, signed: false };
}

function randomRaw(format: Format, random: Random): bigint {
  if (random.chance(0.25)) return 0n;
  return random.chance(0.2)
    ? random.pick([minRaw(format), maxRaw(format)])
    : random.bigint(minRaw(format), maxRaw(format));
}

function randomTable(shape: readonly number[], format: Format, random: Random): Table {
  return { shape, format, raws: Array.from({ length: sizeOf(shape) }, () => randomRaw(format, random)) };
}

/** A format for numbers of a table: narrow, any place of the binary point, no modes. */
function randomTableFormat(random: Random): Format {
  const width = random.integer(1, 6);
  return makeFormat(random.chance(0.7), width, random.integer(-3, width + 2));
}

function randomShape(random: Random): number[] {
  const rank = random.pick([1, 1, 2, 3, 3]);
  const longest = [12, 6, 4][rank - 1]!;
  const shape = Array.from({ length: rank }, () => random.integer(1, longest));
  return sizeOf(shape) <= maxElements ? shape : randomShape(random);
}

/** Another shape with as many elements. */
function randomReshape(count: number, random: Random): number[] {
  const divisors = (n: number) => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
  const first = random.pick(divisors(count));
  if (random.chance(0.3)) return [first, count / first];
  const second = random.pick(divisors(count / first));
  return random.chance(0.2) ? [count] : [first, second, count / first / second];
}

/** An operation without id and type. */
type Body<T = ExactOp> = T extends Op ? Omit<T, 'id' | 'type'> : never;

const computedKinds = [
  'cast',
  'add',
  'subtract',
  'multiply',
  'max',
  'compare',
  'square',
  'relu',
  'leaky_relu',
  'shift',
  'dense',
  'conv',
  'conv',
  'sum',
  'lookup',
  'concat',
  'reshape',
  'slice',
] as const satisfies readonly OpKind[];

/** Legal names that generated code may want for itself. */
const awkwardNames = [
  'i',
  'j',
  'row',
  'column',
  'channel',
  'filter',
  'x0_t',
  'y_out',
  'random',
  'random_layers',
  'compute_y',
];

/** A program under construction. */
class Growing {
  readonly computed: string[] = [];
  readonly #ops = new Map<string, Op>();
  readonly #ranges = new Map<string, Elements<Interval>>();
  #layer = 'v0';

  constructor(private readonly random: Random) {}

  addInput(): void {
    const shape = randomShape(this.random);
    this.#append({ id: `x${this.#ops.size}`, kind: 'input', type: { shape, formats: this.#castFormats(shape) } });
  }

  /** Adds one operation, or a cast and the operation that needed it, or - when the dice do not fit - none. */
  grow(room: number): void {
    const kind = this.random.chance(0.25) ? 'cast' : this.random.pick(computedKinds);
    const operand = this.#operand(kind);
    if (operand === undefined) return;
    if (kind === 'cast') {
      this.#cast(operand, this.#castFormats(this.#shapeOf(operand)));
      return;
    }
    const body = this.#body(kind, operand, room);
    if (body !== undefined) this.#exact(body);
  }

  #body(kind: ExactOp['kind'], operand: string, room: number): Body | undefined {
    const { random } = this;
    const shape = this.#shapeOf(operand);
    const axis = random.integer(0, shape.length - 1);
    switch (kind) {
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'max':
        return { kind, ...this.#pair(operand) };
      case 'compare':
        return { kind, relation: random.pick(relations), ...this.#pair(operand) };
      case 'square':
      case 'relu':
      case 'reshape':
        return { kind, operand };
      case 'leaky_relu':
        return { kind, operand, slope: this.#slope() };
      case 'shift': {
        const count = random.chance(0.5) ? 1 : sizeOf(shape);
        return { kind, operand, by: Array.from({ length: count }, () => random.integer(-4, 4)) };
      }
      case 'dense': {
        const weights = randomTable([shape[0]!, random.integer(1, 6)], randomTableFormat(random), random);
        return { kind, operand, weights };
      }
      case 'conv':
        return this.#conv(operand);
      case 'sum':
        return { kind, operand, axis };
      case 'lookup':
        return this.#lookup(operand, room);
      case 'concat': {
        const others = Array.from({ length: random.integer(0, 2) }, () => this.#fitting(operand, axis));
        return { kind, operands: [operand, ...others], axis };
      }
      case 'slice': {
        const from = shape.map((length) => random.integer(0, length - 1));
        return { kind, operand, from, to: shape.map((length, a) => random.integer(from[a]! + 1, length)) };
      }
    }
  }

  /** The program; its last computed value, which nothing reads, gets the name `y` and is an output. */
  finished(): Program {
    const { random } = this;
    const last = this.computed.at(-1)!;
    const ops = [...this.#ops.values()].map((op) => (op.id === last ? { ...op, id: 'y' } : op));
    const kept = this.computed[0]!;
    const wanted = random.chance(0.05) ? ops : ops.filter((op) => op.kind !== 'input' && op.kind !== 'constant');
    const named = wanted.filter((op) => isNamed(op) && op.id !== kept && op.id !== 'y').map((op) => op.id);
    const further = named.filter(() => random.chance(0.2));
    return { name: 'random', ops, outputs: random.chance(0.5) ? [...further, 'y'] : ['y', ...further] };
  }

  /** A value of the rank that the operation needs, the youngest more often than others; undefined when there is none. */
  #operand(kind: OpKind): string | undefined {
    const { random } = this;
    const rank = kind === 'dense' ? 1 : kind === 'conv' ? 3 : undefined;
    const fitting = [...this.#ops.values()].filter((op) => rank === undefined || op.type.shape.length === rank);
    const last = fitting.at(-1);
    if (last === undefined) return undefined;
    return (random.chance(0.5) ? last : random.pick(fitting)).id;
  }

  /** `first` and a value it can be combined with, in either order. */
  #pair(first: string): { left: string; right: string } {
    const shape = this.#shapeOf(first);
    const partners = [...this.#ops.values()].filter(({ type }) => sizeOf(broadcast(shape, type.shape)) <= maxElements);
    const stretching = shape.map((length) => (this.random.chance(0.3) ? 1 : length));
    const second = this.random.chance(0.3) ? this.#constant(stretching) : this.random.pick(partners).id;
    return this.random.chance(0.5) ? { left: first, right: second } : { left: second, right: first };
  }

  /** A value that can be joined to `first` along `axis`. */
  #fitting(first: string, axis: number): string {
    const shape = this.#shapeOf(first);
    const partners = [...this.#ops.values()].filter(
      ({ type }) =>
        type.shape.length === shape.length && type.shape.every((length, a) => a === axis || length === shape[a]),
    );
    return this.random.chance(0.2)
      ? this.#constant(shape.with(axis, this.random.integer(1, 2)))
      : this.random.pick(partners).id;
  }

  #constant(shape: readonly number[]): string {
    const { random } = this;
    const count = sizeOf(shape);
    const isPerElement = random.chance(0.2);
    const formats = Array.from({ length: isPerElement ? count : 1 }, () => randomTableFormat(random));
    const raws = Array.from({ length: count }, (_, i) => randomRaw(formats[isPerElement ? i : 0]!, random));
    const id = random.chance(0.5) ? `c${this.#ops.size}` : `${this.#layer}.c${this.#ops.size}`;
    this.#append({ id, kind: 'constant', raws, type: { shape, formats } });
    return id;
  }

  #slope(): Table {
    const width = this.random.integer(1, 6);
    const format = makeFormat(this.random.chance(0.5), width, this.random.integer(-3, width + 1));
    return { shape: [1], format, raws: [this.random.bigint(0n, maxRaw(format))] };
  }

  #conv(operand: string): Body {
    const { random } = this;
    const [height, width, channels] = this.#shapeOf(operand) as [number, number, number];
    const padding = Array.from({ length: 4 }, () => random.pick([0, 0, 0, 1, 2])) as [number, number, number, number];
    const kernelHeight = random.integer(1, Math.min(3, height + padding[0] + padding[1]));
    const kernelWidth = random.integer(1, Math.min(3, width + padding[2] + padding[3]));
    const shape = [kernelHeight, kernelWidth, channels, random.integer(1, 3)];
    const weights = randomTable(shape, randomTableFormat(random), random);
    const strides = [random.pick([1, 1, 2, 3]), random.pick([1, 1, 2, 3])] as const;
    return { kind: 'conv', operand, weights, strides, padding };
  }

  /** A lookup by a value that is proved to be a small index, or by one that is cast to such if there is room for both. */
  #lookup(operand: string, room: number): Body | undefined {
    const { random } = this;
    const small: Interval = { low: 0n, high: 31n };
    const proved = [...this.#ops.values()].filter(
      ({ id, type }) =>
        type.formats.every((format) => fractionBits(format) === 0) &&
        this.#ranges.get(id)!.every((range) => contains(small, range)),
    );
    let index: string;
    if (proved.length > 0 && random.chance(0.5)) index = random.pick(proved).id;
    else if (room < 2) return undefined;
    else {
      const bits = random.integer(1, 4);
      const format = makeFormat(false, bits, bits, random.pick(roundings), random.pick(overflows));
      index = this.#cast(operand, [format]);
    }
    const highest = Number(this.#ranges.get(index)!.reduce(hull).high);
    const length = highest + 1 + random.pick([0, 0, 1, 5]);
    const table = randomTable([length], randomTableFormat(random), random);
    return { kind: 'lookup', operand: index, table };
  }

  #cast(operand: string, formats: readonly Format[]): string {
    const id = this.#nextId();
    this.#append({ id, kind: 'cast', operand, type: { shape: this.#shapeOf(operand), formats } });
    this.computed.push(id);
    return id;
  }

  #castFormats(shape: readonly number[]): readonly Format[] {
    const count = this.random.chance(0.25) ? sizeOf(shape) : 1;
    return Array.from({ length: count }, () =>
      this.random.chance(0.15) ? randomFormat(this.random) : randomCastFormat(this.random),
    );
  }

  /** Adds an exact operation unless its result is too large. */
  #exact(body: Body): void {
    const reshaped = body.kind === 'reshape' ? randomReshape(sizeOf(this.#shapeOf(body.operand)), this.random) : [];
    const untyped = { ...body, id: '', type: { shape: reshaped, formats: [] } } as ExactOp;
    const operands = operandsOf(untyped).map((id) => this.#ops.get(id)!.type);
    const shape = resultShape(
      untyped,
      operands.map((type) => type.shape),
    );
    if (typeof shape === 'string') throw new Error(`the generator made a wrong ${body.kind}: ${shape}`);
    if (sizeOf(shape) > maxElements) return;
    const shaped = { ...untyped, type: { shape, formats: [] } };
    const narrow = deriveType(shaped, this.#ops, this.#ranges, operands);
    const type = this.random.chance(0.35) ? this.#roomier({ ...shaped, type: narrow }, operands) : narrow;
    if (type.formats.some((format) => format.width > maxBits)) return;
    const id = this.#nextId();
    this.#append({ ...shaped, id, type });
    this.computed.push(id);
  }

  /** Another legal type: spare bits at either end, a sign, one format where there were several or the reverse. */
  #roomier(op: ExactOp, operands: readonly TensorType[]): TensorType {
    const { random } = this;
    const ranges = rangeOf(op, this.#ops, this.#ranges);
    const isUniform = random.chance(0.6);
    const exact = ranges.map((_, index) => exactFraction(op, operands, index)!);
    const highest = Math.max(...exact);
    const spare = () => random.pick([0, 0, 1, 2]);
    const wide = (range: Interval, from: number, fraction: number): Format => {
      const format = formatFor(rescaledInterval(range, from, fraction), fraction);
      const sign = !format.signed && random.chance(0.3) ? 1 : 0;
      const bits = spare() + sign;
      return {
        ...format,
        signed: format.signed || sign > 0,
        width: format.width + bits,
        integer: format.integer + bits,
      };
    };
    if (!isUniform) {
      const formats = ranges.map((range, i) => wide(range, fractionAt(op.type, i), exact[i]! + spare()));
      return { shape: op.type.shape, formats };
    }
    const fraction = highest + spare();
    const all = ranges.map((range, i) => rescaledInterval(range, fractionAt(op.type, i), fraction)).reduce(hull);
    return { shape: op.type.shape, formats: [wide(all, fraction, fraction)] };
  }

  /** The first computed value is named, of the others half; the rest are parts of the last named one. */
  #nextId(): string {
    const number = this.#ops.size;
    if (this.computed.length > 0 && this.random.chance(0.5)) return `${this.#layer}.t${number}`;
    const awkward = this.random.pick(awkwardNames);
    this.#layer = this.random.chance(0.1) && !this.#ops.has(awkward) ? awkward : `v${number}`;
    return this.#layer;
  }

  #shapeOf(id: string): readonly number[] {
    return this.#ops.get(id)!.type.shape;
  }

  #append(op: Op): void {
    this.#ops.set(op.id, op);
    const range = rangeOf(op, this.#ops, this.#ranges);
    if (range.length !== elementCount(op.type) || !this.#fits(op, range)) throw new Error(`an illegal ${op.kind}`);
    this.#ranges.set(op.id, range);
  }

  #fits({ type }: Op, range: Elements<Interval>): boolean {
    const formats = elementFormats(type);
    return range.every((interval, index) => contains(fullInterval(formats[index]!), interval));
  }
}

/** The shape two shapes stretch to; beyond all limits where they do not fit. */
function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const fits = a.length === b.length && a.every((length, axis) => length === b[axis] || length === 1 || b[axis] === 1);
  return fits ? a.map((length, axis) => Math.max(length, b[axis]!)) : [Number.POSITIVE_INFINITY];
}
