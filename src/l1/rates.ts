/** Trigger rates: how often a score is above a threshold when bunches cross, with what statistical error. */

/** Zero-bias events: what the trigger sees. */
export interface ZeroBias {
  /** One for each event, none NaN. */
  readonly scores: Float64Array;
  /** 1 where another Level-1 seed has fired; absent when the file does not know. */
  readonly level1?: Uint8Array;
}

export interface Rate {
  /** kHz */
  readonly rate: number;
  /** kHz, one standard deviation (binomial). */
  readonly error: number;
  /** Events counted. */
  readonly events: number;
}

/** @returns kHz: how often bunches cross */
export function crossingRate(revolutionHz: number, bunches: number): number {
  return (revolutionHz * bunches) / 1000;
}

/** @param bcKhz rate of bunch crossings, kHz */
export function rateOf(events: number, total: number, bcKhz: number): Rate {
  const fraction = events / total;
  return { rate: fraction * bcKhz, error: Math.sqrt((fraction * (1 - fraction)) / total) * bcKhz, events };
}

/** Mean of a Poisson distribution that is 0 with 5 %: the upper limit at 95 % confidence where no event was seen. */
const noneSeen = -Math.log(0.05);

/** Upper limit at 95 % confidence on a fraction of which `total` events have shown none; 1 less it: lower limit where all have. */
export function limitWithout(total: number): number {
  return Math.min(1, noneSeen / total);
}

/** @param sorted ascending */
export function countAbove(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

/** @param sorted ascending, not empty; @param percent 0 to 100, interpolated linearly between the two nearest ranks */
export function percentile(sorted: Float64Array, percent: number): number {
  const rank = (percent / 100) * (sorted.length - 1);
  const below = Math.min(Math.max(Math.floor(rank), 0), sorted.length - 1);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (rank - below) * (sorted[above]! - sorted[below]!);
}

/** Scores of the events that no other seed has taken. */
export function pureScores({ scores, level1 }: ZeroBias): Float64Array {
  return level1 === undefined ? scores : scores.filter((_, event) => level1[event] === 0);
}
