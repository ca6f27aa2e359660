/** Intervals of raw integers: what a value is proved to lie in. */
import { castRaw, lowestKept, overflowed, rounded } from './cast.js';
import { type Format, fractionBits, makeFormat, maxRaw, minRaw } from './format.js';

/** All integers from `low` to `high`, both included; the unit is that of the value's format. */
export interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

export function pointInterval(raw: bigint): Interval {
  return { low: raw, high: raw };
}

/** Everything a format holds. */
export function fullInterval(format: Format): Interval {
  return { low: minRaw(format), high: maxRaw(format) };
}

export function isPoint(interval: Interval): boolean {
  return interval.low === interval.high;
}

export function contains(outer: Interval, inner: Interval): boolean {
  return outer.low <= inner.low && inner.high <= outer.high;
}

/** The smallest interval that contains both. */
export function hull(a: Interval, b: Interval): Interval {
  return { low: a.low < b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high };
}

export function addIntervals(a: Interval, b: Interval): Interval {
  return { low: a.low + b.low, high: a.high + b.high };
}

export function subtractIntervals(a: Interval, b: Interval): Interval {
  return { low: a.low - b.high, high: a.high - b.low };
}

export function multiplyIntervals(a: Interval, b: Interval): Interval {
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return { low: corners.reduce((x, y) => (y < x ? y : x)), high: corners.reduce((x, y) => (y > x ? y : x)) };
}

export function squareInterval(a: Interval): Interval {
  const low = a.low * a.low;
  const high = a.high * a.high;
  const spansZero = a.low <= 0n && a.high >= 0n;
  return { low: spansZero ? 0n : low < high ? low : high, high: low > high ? low : high };
}

export function maxInterval(a: Interval, b: Interval): Interval {
  return { low: a.low > b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high };
}

/** The interval as multiples of 2^-to; `to` must not be smaller than `from`. */
export function rescaledInterval(a: Interval, from: number, to: number): Interval {
  const shift = BigInt(to - from);
  return { low: a.low << shift, high: a.high << shift };
}

/** What rounding alone makes of the interval on the grid of `to`, before its range is looked at. */
export function roundedInterval(a: Interval, fraction: number, to: Format): Interval {
  const dropped = fraction - fractionBits(to);
  return { low: rounded(a.low, dropped, to.rounding), high: rounded(a.high, dropped, to.rounding) };
}

/** Whether a cast into `to` can meet a value its range does not hold. */
export function canOverflow(a: Interval, fraction: number, to: Format): boolean {
  return !contains({ low: lowestKept(to), high: maxRaw(to) }, roundedInterval(a, fraction, to));
}

/** Whether a cast into `to` can drop a bit that is set. */
export function canRound(a: Interval, fraction: number, to: Format): boolean {
  const dropped = fraction - fractionBits(to);
  if (dropped <= 0) return false;
  return !isPoint(a) || (a.low & ((1n << BigInt(dropped)) - 1n)) !== 0n;
}

/** The interval of a cast. Rounding is monotone; so is saturation; wrap-around is, as long as all of it wraps equally often. */
export function castInterval(a: Interval, fraction: number, to: Format): Interval {
  if (isPoint(a)) return pointInterval(castRaw(a.low, fraction, to));
  const onGrid = roundedInterval(a, fraction, to);
  switch (to.overflow) {
    case 'AP_SAT':
    case 'AP_SAT_SYM':
      return { low: overflowed(onGrid.low, to), high: overflowed(onGrid.high, to) };
    case 'AP_WRAP': {
      const low = overflowed(onGrid.low, to);
      const high = overflowed(onGrid.high, to);
      return high - low === onGrid.high - onGrid.low ? { low, high } : fullInterval(to);
    }
    case 'AP_SAT_ZERO': {
      const kept = { low: minRaw(to), high: maxRaw(to) };
      if (contains(kept, onGrid)) return onGrid;
      const inside = {
        low: onGrid.low > kept.low ? onGrid.low : kept.low,
        high: onGrid.high < kept.high ? onGrid.high : kept.high,
      };
      return inside.low > inside.high ? pointInterval(0n) : hull(inside, pointInterval(0n));
    }
  }
}

/** The narrowest format with `fraction` fraction bits that holds the interval: unsigned where nothing is negative, at least 1 bit. */
export function formatFor(interval: Interval, fraction: number): Format {
  const signed = interval.low < 0n;
  const width = signed
    ? Math.max(bitLength(-interval.low - 1n), interval.high < 0n ? 0 : bitLength(interval.high)) + 1
    : Math.max(1, bitLength(interval.high));
  return makeFormat(signed, width, width - fraction);
}

/** Bits of a non-negative integer; 0 has none. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
