/** What a set of showers has in photons: how many, how often none, and how they fluctuate from shower to shower of one particle. */
import { channelCount } from '../channels.js';
import { average, deviation } from './distances.js';

export interface PhotonSummary {
  /** Photons of a shower, on average. */
  readonly mean: number;
  /** Share of showers without any photon. */
  readonly empty: number;
  /** Standard deviation of the photons of showers of one and the same particle, averaged over particles; undefined: too few repeat. */
  readonly spread: number | undefined;
}

/** A particle has a spread from so many showers on. */
const leastShowers = 10;

/**
 * @param sums row-major [showers, channels]
 * @param groupOf particle of each shower
 */
export function summarisePhotons(sums: Float64Array, groupOf: Int32Array): PhotonSummary {
  const totals = totalsOf(sums);
  const spreads = membersOf(groupOf)
    .filter((rows) => rows.length >= leastShowers)
    .map((rows) => deviation(rows.map((row) => totals[row]!)));
  return {
    mean: average([...totals]),
    empty: totals.filter((total) => total === 0).length / totals.length,
    spread: spreads.length === 0 ? undefined : average(spreads),
  };
}

/** Photons of each shower in all channels. */
export function totalsOf(sums: Float64Array): Float64Array {
  return Float64Array.from({ length: sums.length / channelCount }, (_, row) =>
    sums.subarray(row * channelCount, (row + 1) * channelCount).reduce((total, sum) => total + sum, 0),
  );
}

/** Rows of each group. */
export function membersOf(groupOf: Int32Array): readonly (readonly number[])[] {
  const members: number[][] = [];
  for (const [row, group] of groupOf.entries()) {
    const list = members[group];
    if (list === undefined) members[group] = [row];
    else list.push(row);
  }
  return members;
}
