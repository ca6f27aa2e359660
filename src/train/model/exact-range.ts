/** What the values of a quantised tensor can be, from formats alone: the proof that a float sum of products is exact. */
import { userError } from '../../base/diagnostic.js';
import { lowestKept } from '../../fixed/cast.js';
import { type Format, fractionBits, maxRaw } from '../../fixed/format.js';
import {
  addIntervals,
  bitLength,
  hull,
  type Interval,
  maxInterval,
  multiplyIntervals,
  pointInterval,
  rescaledInterval,
} from '../../fixed/interval.js';
import type { Quantiser } from '../../network/architecture.js';
import type { DType } from '../../tensor/graph.js';

/** Every value is `raw * 2^-fraction`, raw in the interval. */
export interface ExactRange {
  readonly fraction: number;
  readonly raws: Interval;
}

/** What a quantiser can give; a learned one with its most fraction bits. */
export function rangeOfQuantiser({ format, learned }: Quantiser): ExactRange {
  return rangeOfFormat(learned === undefined ? format : { ...format, width: format.integer + learned.most });
}

/** Everything a cast into the format can give, and 0. */
export function rangeOfFormat(format: Format): ExactRange {
  return { fraction: fractionBits(format), raws: { low: lowestKept(format), high: maxRaw(format) } };
}

/**
 * Sums of `count` products and a bias. All partial sums, in whatever order a matrix product takes them, lie in it too, because each part of it
 * contains 0: so do all ranges of formats.
 */
export function rangeOfSums(x: ExactRange, kernel: ExactRange, count: number, bias: ExactRange): ExactRange {
  return combined(repeated(rangeOfProduct(x, kernel), count), bias, addIntervals);
}

/** Any partial sum of `count` numbers; 0 is in it. */
export function repeated({ fraction, raws }: ExactRange, count: number): ExactRange {
  const { low, high } = hull(raws, pointInterval(0n));
  return { fraction, raws: { low: low * BigInt(count), high: high * BigInt(count) } };
}

export function rangeOfProduct(a: ExactRange, b: ExactRange): ExactRange {
  return { fraction: a.fraction + b.fraction, raws: multiplyIntervals(a.raws, b.raws) };
}

/** `max(x, 0)`. */
export function rangeOfPositive(x: ExactRange): ExactRange {
  return { ...x, raws: maxInterval(x.raws, pointInterval(0n)) };
}

/** Of numbers that an operation brings to a common point first; 0 is in them. */
export function combined(a: ExactRange, b: ExactRange, operation: (a: Interval, b: Interval) => Interval): ExactRange {
  const fraction = Math.max(a.fraction, b.fraction);
  const [left, right] = [a, b].map((range) =>
    hull(rescaledInterval(range.raws, range.fraction, fraction), pointInterval(0n)),
  );
  return { fraction, raws: operation(left!, right!) };
}

/** Bits that hold every magnitude: a float type with at least as many computes with such values exactly. */
export function bitsOf({ raws: { low, high } }: ExactRange): number {
  return Math.max(bitLength(low < 0n ? -low : low), bitLength(high < 0n ? -high : high));
}

/**
 * The dtype in which sums of this range are exact.
 * @param exactBits what the executor has: `Executor.exactBits`
 * @param sources where its bits come from, for the message
 * @throws AxocError (user) when even its widest is too narrow
 */
export function dtypeFor(
  range: ExactRange,
  exactBits: 24 | 53,
  place: string,
  sources = 'the kernel, the bias or what the layer reads',
): DType {
  const bits = bitsOf(range);
  if (bits <= 24) return 'float32';
  if (bits <= exactBits) return 'float64';
  throw userError(
    'not-exact',
    place,
    `its sums need ${bits} bits (${range.fraction} of them after the binary point); this executor is exact up to ${exactBits}`,
    `take ${bits - exactBits} bits or more from ${sources}` +
      `${exactBits === 24 ? ', or train with ONNX Runtime, which has 53' : ''}`,
  );
}
