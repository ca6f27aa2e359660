/** Fits scale and bias of every input on the training events, exactly and in one pass: hardware integers fit in histograms. */
import { internalError } from '../../base/diagnostic.js';
import { fitScale, type Scheme } from './scheme.js';

/** One entry for each input: pt, eta, phi of each object. */
export interface Normalisation {
  readonly scale: Float64Array;
  /** Hardware units. */
  readonly bias: Float64Array;
  /** log2 of the scale, where all scales are powers of two: (hardware - bias) shifted right by it is the input. */
  readonly shift?: Int32Array;
}

const valueCount = 65536;
const zeroAt = 32768;

/** Counts how often each input has each 16-bit value. */
export class NormalisationFit {
  readonly #inputs: number;
  readonly #ignoreZeros: boolean;
  readonly #histograms: Uint32Array[];

  /** @param ignoreZeros objects with pt 0 do not count */
  constructor(objects: number, ignoreZeros: boolean) {
    this.#inputs = 3 * objects;
    this.#ignoreZeros = ignoreZeros;
    this.#histograms = Array.from({ length: this.#inputs }, () => new Uint32Array(valueCount));
  }

  /** @param values [events, objects, 3] hardware integers */
  add(values: Int16Array): void {
    for (let start = 0; start < values.length; start += this.#inputs) {
      for (let input = 0; input < this.#inputs; input += 3) {
        const at = start + input;
        if (this.#ignoreZeros && values[at] === 0) continue;
        this.#histograms[input]![values[at]! + zeroAt]!++;
        this.#histograms[input + 1]![values[at + 1]! + zeroAt]!++;
        this.#histograms[input + 2]![values[at + 2]! + zeroAt]!++;
      }
    }
  }

  finish(scheme: Scheme): Normalisation {
    const fitted = this.#histograms.map((histogram) =>
      fitScale(scheme, percentileOf(histogram, scheme.low), percentileOf(histogram, scheme.high)),
    );
    const scale = Float64Array.from(fitted, (one) => one.scale);
    const bias = Float64Array.from(fitted, (one) => one.bias);
    return { scale, bias, ...(scheme.isPowerOfTwo ? { shift: Int32Array.from(scale, exponentOf) } : {}) };
  }
}

/** With linear interpolation between neighbours in rank, as numpy does by default; 0 when nothing was counted. */
function percentileOf(histogram: Uint32Array, percentile: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const rank = ((total - 1) * percentile) / 100;
  const below = Math.floor(rank);
  const low = valueAtRank(histogram, below);
  const high = valueAtRank(histogram, Math.min(below + 1, total - 1));
  return low + (high - low) * (rank - below);
}

/** The value in this place, from 0, when all are sorted. */
function valueAtRank(histogram: Uint32Array, rank: number): number {
  let passed = 0;
  for (let index = 0; index < valueCount; index++) {
    passed += histogram[index]!;
    if (passed > rank) return index - zeroAt;
  }
  throw internalError('normalisation', `no rank ${rank}`);
}

/** @param power a power of two */
function exponentOf(power: number): number {
  let exponent = 0;
  for (let rest = power; rest > 1; rest /= 2) exponent++;
  for (let rest = power; rest < 1; rest *= 2) exponent--;
  return exponent;
}

/** Ends of `quantized_bits(bits, integer)`: a sign, `integer` bits, and fraction bits as far as `bits` go. */
export function clipRange([bits, integer]: readonly [number, number]): readonly [low: number, high: number] {
  return [-(2 ** integer), 2 ** integer - 2 ** -(bits - integer - 1)];
}

/**
 * Normalises and clips: x = (hardware - bias) / scale, in double precision, then rounded to float32. An object that is not
 * there (all zeros) becomes -bias / scale.
 * @param values [events, inputs] hardware integers
 */
export function normalise(
  values: Int16Array,
  { scale, bias }: Normalisation,
  [low, high]: readonly [number, number],
): Float32Array {
  const normalised = new Float32Array(values.length);
  const inputs = scale.length;
  for (let start = 0; start < values.length; start += inputs) {
    for (let input = 0; input < inputs; input++) {
      const value = (values[start + input]! - bias[input]!) / scale[input]!;
      normalised[start + input] = value < low ? low : value > high ? high : value;
    }
  }
  return normalised;
}
