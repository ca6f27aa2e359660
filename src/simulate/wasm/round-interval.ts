/** What a cast can do to an interval, and how much room its arithmetic needs. Shares no code with src/fixed/cast.ts. */
import { type Format, maxRaw, minRaw } from '../../fixed/format.js';
import type { Interval } from '../../fixed/interval.js';

/** The codes that a format keeps as they are: AP_SAT_SYM has no use for the one without a positive twin. */
export function keptCodes(to: Format): Interval {
  const high = maxRaw(to);
  return { low: to.signed && to.overflow === 'AP_SAT_SYM' ? -high : minRaw(to), high };
}

/** Contains every rounded value: all modes give the floor or one more. */
export function roundedHull({ low, high }: Interval, dropped: number): Interval {
  if (dropped === 0) return { low, high };
  const bits = BigInt(dropped);
  return { low: low >> bits, high: (high >> bits) + 1n };
}

/** Whether the cast of numbers on the grid of `to`, or finer by `dropped` bits, is the identity whatever the number. */
export function castChangesNothing(interval: Interval, dropped: number, to: Format): boolean {
  if (dropped > 0) return false;
  const kept = keptCodes(to);
  return kept.low <= interval.low && interval.high <= kept.high;
}
