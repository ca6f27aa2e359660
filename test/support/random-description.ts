/** Random valid network descriptions: every role of a type in all 28 mode pairs, sizes at the edge of what is needed. */
import type { Random } from '../../src/base/random.js';
import { toDecimal } from '../../src/fixed/dyadic.js';
import { type Format, fractionBits, makeFormat, maxRaw, minRaw } from '../../src/fixed/format.js';
import { addIntervals, formatFor, type Interval, multiplyIntervals, pointInterval } from '../../src/fixed/interval.js';
import { type Image, meetingsOf } from './conv-oracle.js';
import {
  type DescribedConv2d,
  type DescribedDense,
  type DescribedLayer,
  type DescribedLeakyRelu,
  type DescribedNetwork,
  type DescribedNumber,
  type DescribedScore,
  descriptionOracle,
  oraclePrecision,
  readFormat,
} from './description-oracle.js';
import { type ModePair, ModePairs, type Role } from './mode-pairs.js';

export interface RandomDescription {
  readonly description: DescribedNetwork;
  /** Values of `--precision`, in order. */
  readonly precision: readonly string[];
}

/** Numbers a value can take: an interval of raw integers with `fraction` fraction bits. */
interface Reach {
  readonly interval: Interval;
  readonly fraction: number;
}

interface Value {
  readonly name: string;
  readonly width: number;
  /** After a convolution: height, width, channels. */
  readonly image?: Image;
  readonly format: Format;
}

/** Widest type it gives; exact results between stay far below what axoc handles. */
const widest = 130;

/** Results of a convolution at most. */
const mostResults = 24;

/** A stream of descriptions; the same seed gives the same stream. */
export class DescriptionGenerator {
  readonly #pairs: ModePairs;

  constructor(private readonly random: Random) {
    this.#pairs = new ModePairs(random);
  }

  /** Most networks that always give the same are thrown away. */
  next(): RandomDescription {
    const grown = new Growing(this.random, this.#pairs).grown();
    return isLively(grown, this.random) || this.random.chance(0.15) ? grown : this.next();
  }
}

/** Whether the output differs between any of a few random events. */
function isLively({ description, precision }: RandomDescription, random: Random): boolean {
  const oracle = descriptionOracle(description, oraclePrecision(precision));
  const outputs = Array.from({ length: 12 }, () => {
    const { input, layers, score } = oracle(randomEvent(description, precision, random));
    return (score ?? layers.at(-1) ?? input).raws.join();
  });
  return new Set(outputs).size > 1;
}

/** Uniform raw integers of the type that the inputs have. */
export function randomEvent(
  { inputs, hardware_format, input_format }: DescribedNetwork,
  precision: readonly string[],
  random: Random,
): bigint[] {
  const { overrides, default: fallback } = oraclePrecision(precision);
  const { signed, width } = readFormat(hardware_format ?? overrides.input ?? input_format ?? fallback);
  const codes = 2n ** BigInt(width);
  const lowest = signed ? -codes / 2n : 0n;
  return Array.from({ length: inputs }, () => lowest + random.bigint(0n, codes - 1n));
}

/** Names that a network may have and that generated code must not be troubled by. */
const awkwardNames = ['x', 'hardware', 'score', 'int', 'dense 1', '1st', 'a.b', 'ap_fixed', 'x_t', 'i'];

/** One description under construction. */
class Growing {
  readonly #values: Value[] = [];
  readonly #overrides: string[] = [];
  readonly #default: Format | undefined;

  constructor(
    private readonly random: Random,
    private readonly pairs: ModePairs,
  ) {
    this.#default = random.chance(0.3)
      ? withModes(makeFormat(random.chance(0.8), random.integer(4, 14), random.integer(2, 6)), pairs.draw('default'))
      : undefined;
  }

  grown(): RandomDescription {
    const { random } = this;
    const inputs = random.integer(1, 8);
    const stage = random.chance(0.5) ? this.#hardwareInput(inputs) : this.#plainInput(inputs);
    const count = random.integer(1, 4);
    const layers = Array.from({ length: count }, (_, index) => this.#layer(index));
    const score = random.chance(0.65) ? this.#score() : undefined;
    const fallback = this.#default === undefined ? [] : [printed(this.#default)];
    return {
      description: { name: 'random', inputs, ...stage, layers, ...(score === undefined ? {} : { score }) },
      precision: [...fallback, ...this.#overrides],
    };
  }

  #plainInput(width: number): Partial<DescribedNetwork> {
    const { random } = this;
    const bits = random.chance(0.5) ? random.integer(1, 3) : random.integer(4, random.chance(0.1) ? 64 : 10);
    const format = makeFormat(random.chance(0.7), bits, random.integer(-3, bits + 3));
    const { type, format: given } = this.#result('input', 'input', this.#withModes(format, 'input'));
    this.#values.push({ name: 'input', width, format: given });
    return type === undefined ? {} : { input_format: type };
  }

  /** Scaled inputs: offsets with halves and quarters, shifts either way, types that lose bits at every step. */
  #hardwareInput(width: number): Partial<DescribedNetwork> {
    const { random } = this;
    const each = <T>(make: () => T): T[] => Array.from({ length: width }, make);
    const bits = random.integer(1, random.chance(0.1) ? 40 : 14);
    const hardware = this.#withModes(makeFormat(random.chance(0.7), bits, random.integer(-2, bits + 2)), 'hardware');
    const furthest = random.pick([2, 40, 2 ** Math.min(12, Math.max(0, hardware.integer - 1))]);
    const offsets = each(() => random.integer(-furthest, furthest) / random.pick([1, 2, 2, 4]));
    const rounded = makeFormat(random.chance(0.8), random.integer(2, 10), random.integer(2, 8));
    const shifts = each(() => random.pick([0, 1, 2, 3, 5, bits, bits + 2, -1, -2, -4, -bits]));
    const hasOffsets = random.chance(0.85);
    const hasShifts = random.chance(0.8);
    const scaled = random.chance(0.3) ? this.#near(reachOf(hardware), 'scaled') : undefined;
    const { type, format } = this.#result('input', 'input', this.#near(reachOf(scaled ?? hardware), 'input'));
    this.#values.push({ name: 'input', width, format });
    return {
      hardware_format: printed(hardware),
      ...(random.chance(0.8) ? { offset_format: printed(this.#withModes(rounded, 'offset')) } : {}),
      ...(hasOffsets ? { offset: offsets } : {}),
      ...(hasShifts ? { shift: shifts } : {}),
      ...(scaled === undefined ? {} : { scaled_format: printed(scaled) }),
      ...(width % 3 === 0 && random.chance(0.5) ? {} : { lsb: [random.pick([0.5, 1, 2])] }),
      ...(type === undefined ? {} : { input_format: type }),
    };
  }

  #layer(index: number): DescribedLayer {
    const { random } = this;
    const source = random.chance(0.25) ? random.pick(this.#values) : this.#values.at(-1)!;
    const isWired = source !== this.#values.at(-1);
    const awkward = awkwardNames.filter((word) => this.#values.every(({ name }) => name !== word));
    const name = random.chance(0.1) ? random.pick(awkward) : `layer${index}`;
    const wiring = isWired || random.chance(0.1) ? { input: source.name } : {};
    const kind = random.pick(['dense', 'dense', 'dense', 'conv2d', 'conv2d', 'relu', 'leaky_relu', 'cast'] as const);
    if (kind === 'dense') return { kind, name, ...wiring, ...this.#dense(source, name) };
    if (kind === 'conv2d') return { kind, name, ...wiring, ...this.#conv(source, name) };
    if (kind === 'leaky_relu') return { kind, name, ...wiring, ...this.#leaky(source, name) };
    const given = reachOf(source.format);
    // A cast into the very type that a value has can only do something to the lowest code of AP_SAT_SYM.
    const isSame = kind === 'cast' && random.chance(0.15);
    const wanted = isSame ? source.format : this.#near(kind === 'relu' ? positivePart(given) : given, kind);
    const { type, format } = this.#result(name, kind, wanted);
    this.#values.push({ ...source, name, format });
    return { kind, name, ...wiring, ...(type === undefined ? {} : { result_format: type }) };
  }

  #leaky(source: Value, name: string): Omit<DescribedLeakyRelu, 'kind' | 'name' | 'input'> {
    const { random } = this;
    const slopeFormat = makeFormat(false, random.integer(1, 6), random.pick([-2, 0, 0, 0, 1, 3]));
    const raw = random.chance(0.1) ? 0n : random.bigint(0n, maxRaw(slopeFormat));
    const given = reachOf(source.format);
    const slope = { interval: pointInterval(raw), fraction: Math.max(0, fractionBits(slopeFormat)) };
    const negative = multiplied(given, slope);
    const { type, format } = this.#result(name, 'leaky', this.#near(random.chance(0.5) ? given : negative, 'leaky'));
    this.#values.push({ ...source, name, format });
    return { slope: this.#number(raw, slopeFormat), ...(type === undefined ? {} : { result_format: type }) };
  }

  /** A convolution of an image, or of flat values arranged as one; of any stride and padding that few results come from. */
  #conv(source: Value, name: string): Omit<DescribedConv2d, 'kind' | 'name' | 'input'> {
    const { random } = this;
    const image = source.image ?? this.#arranged(source.width);
    const strides = [random.pick([1, 1, 2, 3]), random.pick([1, 1, 2, 3])];
    const padding = random.pick(['valid', 'same', [0, 1, 1, 0], [1, 1, 1, 1], [2, 0, 0, 3], 'default'] as const);
    const room = typeof padding === 'object' ? padding : [0, 0, 0, 0];
    const longest = (along: 0 | 1): number =>
      padding === 'same' ? 3 : Math.min(4, image[along] + room[2 * along]! + room[2 * along + 1]!);
    const kernel = [random.integer(1, longest(0)), random.integer(1, longest(1))] as const;
    const filters = random.integer(1, 3);
    const words = { kernel, strides, padding: padding === 'default' ? 'valid' : padding };
    const { height, width } = meetingsOf(image, words);
    if (height * width * filters > mostResults) return this.#conv(source, name);

    const terms = kernel[0] * kernel[1] * image[2];
    const sums = this.#sums(source, name, terms, filters, 'conv accumulator', 'conv');
    this.#values.push({ name, width: height * width * filters, image: [height, width, filters], format: sums.format });
    const rows = Array.from({ length: kernel[0] }, (_, row) =>
      Array.from({ length: kernel[1] }, (_, column) => {
        const first = (row * kernel[1] + column) * image[2];
        return sums.weights.slice(first, first + image[2]);
      }),
    );
    return {
      weights: rows,
      ...sums.keys,
      ...(source.image === undefined || random.chance(0.1) ? { input_shape: [...image] } : {}),
      ...(strides[0] === 1 && strides[1] === 1 && random.chance(0.5) ? {} : { strides }),
      ...(padding === 'default' ? {} : { padding: typeof padding === 'string' ? padding : [...padding] }),
    };
  }

  /** Height, width and channels of so many values. */
  #arranged(values: number): Image {
    const divisors = (of: number): number[] => Array.from({ length: of }, (_, d) => d + 1).filter((d) => of % d === 0);
    const height = this.random.pick(divisors(values));
    const width = this.random.pick(divisors(values / height));
    return [height, width, values / height / width];
  }

  #dense(source: Value, name: string): Omit<DescribedDense, 'kind' | 'name' | 'input'> {
    const outputs = this.random.chance(0.25) ? 1 : this.random.integer(1, 5);
    const { weights, keys, format } = this.#sums(source, name, source.width, outputs, 'accumulator', 'dense');
    this.#values.push({ name, width: outputs, format });
    return { weights, ...keys };
  }

  /** Weights [terms][outputs] of a layer, the keys it shares with others of its kind, and the format of its result. */
  #sums(source: Value, name: string, terms: number, outputs: number, accumulatorRole: Role, role: Role) {
    const { random } = this;
    const isWide = random.chance(0.06);
    const weightFormat = this.#table(isWide);
    const isZero = random.chance(0.05);
    const weights = Array.from({ length: terms }, () =>
      Array.from({ length: outputs }, () => (isZero ? 0n : this.#raw(weightFormat))),
    );
    const biasFormat = this.#table(isWide);
    const bias = Array.from({ length: outputs }, () => (isZero ? 0n : this.#raw(biasFormat)));
    const hasBias = random.chance(0.8);
    const reached = partialSums(
      reachOf(source.format),
      weights,
      fractionBits(weightFormat),
      hasBias ? bias : [],
      biasFormat,
    );
    const accumulator = random.chance(0.8) ? this.#accumulator(reached, accumulatorRole) : undefined;
    const wanted = this.#near(accumulator === undefined ? reached : reachOf(accumulator), role);
    const { type, format } = this.#result(name, role, wanted);
    const isTyped = isWide || random.chance(0.7);
    return {
      format,
      weights: weights.map((row) => row.map((raw) => this.#number(raw, weightFormat))),
      keys: {
        ...(hasBias ? { bias: bias.map((raw) => this.#number(raw, biasFormat)) } : {}),
        ...(isTyped ? { weight_format: printed(weightFormat), bias_format: printed(biasFormat) } : {}),
        ...(accumulator === undefined ? {} : { accum_format: printed(accumulator) }),
        ...(type === undefined ? {} : { result_format: type }),
      },
    };
  }

  #score(): DescribedScore {
    const { random } = this;
    const partnersOf = (value: Value): Value[] => this.#values.filter((y) => y.width === value.width && y !== value);
    const paired = this.#values.filter((value) => partnersOf(value).length > 0);
    const isDifference = paired.length > 0 && random.chance(0.7);
    const of = random.pick(isDifference ? paired : this.#values.slice(-2));
    const minus = isDifference ? random.pick(partnersOf(of)) : undefined;
    const exact = minus === undefined ? reachOf(of.format) : subtracted(reachOf(of.format), reachOf(minus.format));
    const typed = (reach: Reach, role: Role): Format | undefined =>
      random.chance(0.85) ? this.#near(reach, role) : undefined;
    const difference = minus === undefined ? undefined : typed(exact, 'difference');
    const squares = squared(difference === undefined ? exact : reachOf(difference));
    const product = typed(squares, 'product');
    const terms = product === undefined ? squares : reachOf(product);
    const total = scaledReach(terms, BigInt(of.width));
    const accumulator = random.chance(0.8) ? this.#accumulator(total, 'score accumulator') : undefined;
    const summed = accumulator === undefined ? total : reachOf(accumulator);
    const { type, format } = this.#result('score', 'score', this.#near(summed, 'score'));
    const then = random.chance(0.5) ? this.#near(reachOf(format), 'then') : undefined;
    return {
      kind: minus === undefined ? 'sum-of-squares' : 'sum-of-squared-difference',
      of: of.name,
      ...(minus === undefined ? {} : { minus: minus.name }),
      ...(difference === undefined ? {} : { difference_format: printed(difference) }),
      ...(product === undefined ? {} : { product_format: printed(product) }),
      ...(accumulator === undefined ? {} : { accum_format: printed(accumulator) }),
      ...(type === undefined ? {} : { result_format: type }),
      // biome-ignore lint/suspicious/noThenProperty: the published descriptions call the last cast "then"
      ...(then === undefined ? {} : { then: printed(then) }),
    };
  }

  /** A result's type: described, left to the default, or overridden; and the format it then has. */
  #result(name: string, role: Role, described: Format): { readonly type?: string; readonly format: Format } {
    const { random } = this;
    const isPlain = /^(input|score|layer\d)$/.test(name);
    if (isPlain && random.chance(0.06)) {
      const format = this.#withModes(described, role);
      this.#overrides.push(`${name}=${printed(format)}`);
      return { ...(random.chance(0.5) ? { type: 'ap_fixed<9,4>' } : {}), format };
    }
    if (random.chance(0.08)) return { format: this.#default ?? makeFormat(true, 16, 6) };
    return { type: printed(described), format: described };
  }

  /** A type about as wide as the values need: some bits fewer or more at either end. */
  #near({ interval, fraction }: Reach, role: Role): Format {
    const { random } = this;
    const needed = formatFor(interval, fraction);
    const isSigned = random.chance(0.12) ? !needed.signed : needed.signed;
    const isNarrow = random.chance(0.35);
    const isWide = !isNarrow && random.chance(0.06);
    const width = isNarrow
      ? random.integer(1, 3)
      : isWide
        ? random.integer(60, widest)
        : needed.width + random.integer(-4, 1);
    const top = random.chance(0.9) ? needed.width : needed.width + 2;
    const dropped = random.integer(Math.min(-1, top - width), Math.max(0, top - width));
    return this.#withModes(sized(isSigned, width, fraction - dropped), role);
  }

  /** An accumulator that just holds every partial sum, or misses by a bit; one that truncates; one that has no sign. */
  #accumulator(reach: Reach, role: Role): Format {
    const { random } = this;
    const needed = formatFor(reach.interval, reach.fraction);
    switch (random.pick(['edge', 'edge', 'truncating', 'unsigned', 'near'] as const)) {
      case 'edge': {
        const width = needed.width + random.pick([0, 0, -1, 1]);
        return this.#withModes(sized(needed.signed, width, reach.fraction), role);
      }
      case 'truncating': {
        const dropped = random.integer(1, 4);
        const width = needed.width - dropped + random.pick([0, 0, -1, -2, 2]);
        return this.#withModes(sized(needed.signed, width, reach.fraction - dropped), role);
      }
      case 'unsigned': {
        const width = needed.width + random.pick([0, -1, -2, -4]);
        return this.#withModes(sized(false, width, reach.fraction + random.pick([0, 0, -1, 1])), role);
      }
      case 'near':
        return this.#near(reach, role);
    }
  }

  /** A type for weights; its modes play no part. */
  #table(isWide: boolean): Format {
    const { random } = this;
    const width = isWide ? random.integer(54, 80) : random.chance(0.5) ? random.integer(1, 3) : random.integer(4, 9);
    const format = makeFormat(random.chance(0.8), width, random.integer(-2, Math.min(width, 8) + 2));
    return random.chance(0.3) ? this.#withModes(format, 'weight') : format;
  }

  #raw(format: Format): bigint {
    const { random } = this;
    if (random.chance(0.12)) return 0n;
    // The lowest code of AP_SAT_SYM is no value of the type.
    const low = format.overflow === 'AP_SAT_SYM' && format.signed ? -maxRaw(format) : minRaw(format);
    return random.chance(0.15) ? random.pick([low, maxRaw(format)]) : random.bigint(low, maxRaw(format));
  }

  /** As a JSON number where that is exact, else - and now and then besides - as text. */
  #number(raw: bigint, format: Format): DescribedNumber {
    const text = toDecimal(raw, fractionBits(format));
    const value = Number(text);
    const isShort = (raw < 0n ? -raw : raw) < 2n ** 50n;
    const isExact = isShort && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isExact && !this.random.chance(0.1) ? value : text;
  }

  #withModes(format: Format, role: Role): Format {
    return withModes(format, this.pairs.draw(role));
  }
}

/** A signed single bit has no AP_SAT_SYM; it becomes two bits. */
function withModes(format: Format, [rounding, overflow]: ModePair): Format {
  const isRefused = format.signed && format.width === 1 && overflow === 'AP_SAT_SYM';
  const bits = isRefused ? 1 : 0;
  return { ...format, width: format.width + bits, integer: format.integer + bits, rounding, overflow };
}

function sized(signed: boolean, wanted: number, fraction: number): Format {
  const width = Math.min(widest, Math.max(1, wanted));
  return makeFormat(signed, width, width - fraction);
}

/** In the words of C++, modes always written out or always left to the default. */
function printed({ signed, width, integer, rounding, overflow }: Format): string {
  const isDefault = rounding === 'AP_TRN' && overflow === 'AP_WRAP';
  return `${signed ? 'ap_fixed' : 'ap_ufixed'}<${width},${integer}${isDefault ? '' : `,${rounding},${overflow}`}>`;
}

function reachOf(format: Format): Reach {
  return { interval: { low: minRaw(format), high: maxRaw(format) }, fraction: fractionBits(format) };
}

function positivePart({ interval: { low, high }, fraction }: Reach): Reach {
  return { interval: { low: low > 0n ? low : 0n, high: high > 0n ? high : 0n }, fraction };
}

function scaledReach({ interval, fraction }: Reach, by: bigint): Reach {
  return { interval: multiplyIntervals(interval, pointInterval(by)), fraction };
}

/** Of a reach and a factor that is not negative. */
function multiplied({ interval, fraction }: Reach, factor: Reach): Reach {
  return { interval: multiplyIntervals(interval, factor.interval), fraction: fraction + factor.fraction };
}

function squared({ interval: { low, high }, fraction }: Reach): Reach {
  const magnitude = -low > high ? -low : high;
  return { interval: { low: 0n, high: magnitude * magnitude }, fraction: 2 * fraction };
}

function subtracted(a: Reach, b: Reach): Reach {
  const fraction = Math.max(a.fraction, b.fraction);
  const [x, y] = [inUnits(a, fraction), inUnits(b, fraction)];
  return { interval: { low: x.low - y.high, high: x.high - y.low }, fraction };
}

function inUnits({ interval, fraction }: Reach, wanted: number): Interval {
  return multiplyIntervals(interval, pointInterval(1n << BigInt(wanted - fraction)));
}

/** Everything a running sum passes on its way from the bias, product by product, over all outputs. */
function partialSums(
  source: Reach,
  weights: readonly (readonly bigint[])[],
  weightFraction: number,
  bias: readonly bigint[],
  biasFormat: Format,
): Reach {
  const productFraction = source.fraction + weightFraction;
  const fraction = bias.length === 0 ? productFraction : Math.max(productFraction, fractionBits(biasFormat));
  let [low, high] = [0n, 0n];
  for (const output of weights[0]!.keys()) {
    const start = { interval: pointInterval(bias[output] ?? 0n), fraction: fractionBits(biasFormat) };
    let partial = bias.length === 0 ? pointInterval(0n) : inUnits(start, fraction);
    for (const row of weights) {
      const product = multiplyIntervals(source.interval, pointInterval(row[output]!));
      partial = addIntervals(partial, inUnits({ interval: product, fraction: productFraction }, fraction));
      low = partial.low < low ? partial.low : low;
      high = partial.high > high ? partial.high : high;
    }
  }
  return { interval: { low, high }, fraction };
}
