/**
 * Casts as ONNX nodes. Every rounding mode is a number added before the bits are dropped (d dropped bits, h = 2^(d-1); the definitions are those of
 * AMD UG1399): floor((a + offset) * 2^-d), where the offset is
 *
 *                   a < 0    a >= 0
 *   AP_TRN          0        0
 *   AP_TRN_ZERO     2h - 1   0
 *   AP_RND          h        h
 *   AP_RND_MIN_INF  h - 1    h - 1
 *   AP_RND_ZERO     h        h - 1
 *   AP_RND_INF      h - 1    h
 *   AP_RND_CONV     h - 1, and 1 more where floor(a * 2^-d) is odd
 */
import { lowestKept } from '../../fixed/cast.js';
import { type Format, fractionBits, maxRaw, type Rounding } from '../../fixed/format.js';
import { bitLength, type Interval, roundedInterval } from '../../fixed/interval.js';
import { elementCount, formatAt, fractionAt, type TensorType } from '../../ir/op.js';
import type { Draft } from './draft.js';
import { largest, magnitudeOf, type Value } from './value.js';

/** @param x the raw integers of a value of type `from` */
export function emitCast(draft: Draft, x: Value, from: TensorType, to: TensorType): Value {
  const formats = Array.from({ length: elementCount(to) }, (_, index) => formatAt(to, index));
  const dropped = formats.map((format, index) => fractionAt(from, index) - fractionBits(format));
  const fine = draft.shiftLeft(
    x,
    dropped.map((bits) => Math.max(0, -bits)),
  );
  const onGrid = emitRounding(
    draft,
    fine,
    dropped.map((bits) => Math.max(0, bits)),
    formats,
  );
  const range = x.range.map((interval, index) => roundedInterval(interval, fractionAt(from, index), formats[index]!));
  return emitOverflow(draft, draft.proved(onGrid, range), formats);
}

function emitRounding(draft: Draft, a: Value, dropped: readonly number[], formats: readonly Format[]): Value {
  if (dropped.every((bits) => bits === 0)) return a;
  // With more dropped bits than this nothing changes: the number is already less than half a unit.
  const enough = Math.max(...a.range.map((interval) => bitLength(magnitudeOf(interval)))) + 1;
  const bits = dropped.map((count) => Math.min(count, enough));
  const isToEven = bits.map((count, index) => count > 0 && formats[index]!.rounding === 'AP_RND_CONV');
  if (draft.carrier === 'float64' && bits.every((count, index) => count === 0 || isToEven[index]))
    return draft.roundToEven(a, bits);
  const offsets = bits.map((count, index) => offsetsOf(formats[index]!.rounding, count));
  const moved = withOffsets(draft, a, offsets);
  if (!isToEven.includes(true)) return draft.shiftRight(moved, bits);
  const isOdd = draft.modulo(
    draft.shiftRight(a, bits),
    bits.map(() => 1),
  );
  const mask = draft.constant(
    isToEven.map((is) => (is ? 1n : 0n)),
    a.shape,
  );
  return draft.shiftRight(draft.add(moved, draft.multiply(isOdd, mask)), bits);
}

interface Offsets {
  readonly negative: bigint;
  readonly positive: bigint;
}

/** The table above; AP_RND_CONV without the unit for odd numbers. */
function offsetsOf(mode: Rounding, dropped: number): Offsets {
  if (dropped === 0) return { negative: 0n, positive: 0n };
  const half = 1n << BigInt(dropped - 1);
  switch (mode) {
    case 'AP_TRN':
      return { negative: 0n, positive: 0n };
    case 'AP_TRN_ZERO':
      return { negative: 2n * half - 1n, positive: 0n };
    case 'AP_RND':
      return { negative: half, positive: half };
    case 'AP_RND_MIN_INF':
    case 'AP_RND_CONV':
      return { negative: half - 1n, positive: half - 1n };
    case 'AP_RND_ZERO':
      return { negative: half, positive: half - 1n };
    case 'AP_RND_INF':
      return { negative: half - 1n, positive: half };
  }
}

function withOffsets(draft: Draft, a: Value, offsets: readonly Offsets[]): Value {
  const isNeverNegative = a.range.every(({ low }) => low >= 0n);
  const isAlwaysNegative = a.range.every(({ high }) => high < 0n);
  const negatives = offsets.map(({ negative }) => negative);
  const positives = offsets.map(({ positive }) => positive);
  const constant = (raws: readonly bigint[]): Value => draft.constant(raws, a.shape);
  if (isNeverNegative || isAlwaysNegative || negatives.every((raw, index) => raw === positives[index])) {
    const raws = isAlwaysNegative ? negatives : positives;
    return raws.every((raw) => raw === 0n) ? a : draft.add(a, constant(raws));
  }
  return draft.add(a, draft.whereLess(a, draft.constant([0n], []), constant(negatives), constant(positives)));
}

/** Each way to handle overflow is applied to all elements; those that have another are given limits that they never reach. */
function emitOverflow(draft: Draft, a: Value, formats: readonly Format[]): Value {
  const kept = formats.map((format): Interval => ({ low: lowestKept(format), high: maxRaw(format) }));
  const has = (overflow: Format['overflow'], index: number): boolean => formats[index]!.overflow === overflow;
  const saturates = (index: number): boolean => has('AP_SAT', index) || has('AP_SAT_SYM', index);
  const saturated = emitLimits(draft, a, kept, saturates, (value, limit, isLow) =>
    isLow ? draft.max(value, limit) : draft.min(value, limit),
  );
  const zero = (): Value => draft.constant([0n], []);
  const zeroed = emitLimits(
    draft,
    saturated,
    kept,
    (index) => has('AP_SAT_ZERO', index),
    (value, limit, isLow) =>
      isLow ? draft.whereLess(value, limit, zero(), value) : draft.whereLess(limit, value, zero(), value),
  );
  const canWrap = (index: number): boolean => has('AP_WRAP', index) && !isInside(zeroed.range[index]!, kept[index]!);
  return formats.some((_, index) => canWrap(index)) ? emitWrap(draft, zeroed, formats, canWrap) : zeroed;
}

function isInside(range: Interval, kept: Interval): boolean {
  return kept.low <= range.low && range.high <= kept.high;
}

/** Applies `limit` at the low and the high end of the wanted elements' formats, where a value can be beyond it. */
function emitLimits(
  draft: Draft,
  a: Value,
  kept: readonly Interval[],
  isWanted: (index: number) => boolean,
  limit: (value: Value, limit: Value, isLow: boolean) => Value,
): Value {
  const most = largest[draft.carrier];
  const clamped = (raw: bigint): bigint => (raw < -most ? -most : raw > most ? most : raw);
  const limits = kept.map(({ low, high }, index) =>
    isWanted(index) ? { low: clamped(low), high: clamped(high) } : a.range[index]!,
  );
  let result = a;
  for (const isLow of [true, false]) {
    const isBeyond = (range: Interval, index: number): boolean =>
      isLow ? range.low < limits[index]!.low : range.high > limits[index]!.high;
    if (!a.range.some(isBeyond)) continue;
    const ends = limits.map(({ low, high }) => (isLow ? low : high));
    result = limit(result, draft.constant(ends, a.shape), isLow);
  }
  const range = a.range.map((interval, index) =>
    isInside(interval, limits[index]!) ? interval : { low: limits[index]!.low, high: limits[index]!.high },
  );
  return result === a ? a : draft.proved(result, range);
}

/**
 * The low bits of each number, the highest of them the sign of a signed format: (a - start) mod 2^width + start. Elements that cannot wrap may have
 * any window that they lie in.
 */
function emitWrap(draft: Draft, a: Value, formats: readonly Format[], canWrap: (index: number) => boolean): Value {
  const windows = formats.map(({ signed, width }, index) => {
    const { low, high } = a.range[index]!;
    const start = signed ? -(1n << BigInt(width - 1)) : 0n;
    const isAround = start <= low && high < start + (1n << BigInt(width));
    const isHeld = 1n << BigInt(width) <= largest[draft.carrier];
    return canWrap(index) || (isAround && isHeld) ? { width, start } : { width: bitLength(high - low), start: low };
  });
  const starts = windows.map(({ start }) => start);
  const widths = windows.map(({ width }) => width);
  if (starts.every((start) => start === 0n)) return draft.modulo(a, widths);
  const start = draft.constant(starts, a.shape);
  return draft.add(draft.modulo(draft.subtract(a, start), widths), start);
}
