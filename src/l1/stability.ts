/** Whether a rate stays the same when pile-up changes: its slope, from the events themselves, without bins. */

/** Of a rate, as a fraction of it for each vertex more. */
export interface RateSlope {
  readonly slope: number;
  /** One standard deviation, statistical. */
  readonly error: number;
}

/**
 * Where the share of events above the threshold is linear in pile-up, those events have a mean pile-up that lies `slope * variance` above that of all:
 * the slope is read off from these means.
 * @param pileup vertices of each event; events where it is not finite are left out
 * @returns undefined where fewer than two events are above the threshold, or pile-up never changes
 */
export function rateSlope(
  pileup: ArrayLike<number>,
  scores: ArrayLike<number>,
  threshold: number,
): RateSlope | undefined {
  const everywhere = momentsOf(pileup, () => true);
  const above = momentsOf(pileup, (event) => scores[event]! > threshold);
  if (above.count < 2 || everywhere.variance === 0) return undefined;
  return {
    slope: (above.mean - everywhere.mean) / everywhere.variance,
    // The events above are among all: what both share does not fluctuate.
    error: Math.sqrt(above.variance * (1 / above.count - 1 / everywhere.count)) / everywhere.variance,
  };
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(values: ArrayLike<number>, isCounted: (event: number) => boolean): Moments {
  const sumOf = (term: (value: number) => number): number => {
    let sum = 0;
    for (let event = 0; event < values.length; event++)
      if (Number.isFinite(values[event]!) && isCounted(event)) sum += term(values[event]!);
    return sum;
  };
  const count = sumOf(() => 1);
  const mean = sumOf((value) => value) / count;
  return { count, mean, variance: sumOf((value) => (value - mean) ** 2) / count };
}
