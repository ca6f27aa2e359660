/** What a set of showers has in photons: how many, how often none, and how they fluctuate from shower to shower of one particle. */
import { channelCount } from '../channels.js';
import { average } from './distances.js';

export interface PhotonSummary {
  /** Photons of a shower, on average. */
  readonly mean: number;
  /** Share of showers without any photon. */
  readonly empty: number;
  /** Standard deviation of the photons among showers of one and the same particle, over all particles; undefined: none repeats. */
  readonly spread: number | undefined;
}

/**
 * @param sums row-major [showers, channels]
 * @param groupOf particle of each shower
 */
export function summarisePhotons(sums: Float64Array, groupOf: Int32Array): PhotonSummary {
  const totals = totalsOf(sums);
  return {
    mean: average([...totals]),
    empty: totals.filter((total) => total === 0).length / totals.length,
    spread: spreadWithin(membersOf(groupOf).map((rows) => rows.map((row) => totals[row]!))),
  };
}

/** From all squares around the groups' own means, divided by the numbers that are free: groups of two count, groups of one do not. */
function spreadWithin(groups: readonly (readonly number[])[]): number | undefined {
  const free = groups.reduce((sum, group) => sum + group.length - 1, 0);
  if (free === 0) return undefined;
  const squares = groups.reduce((sum, group) => {
    const centre = average(group);
    return sum + group.reduce((inner, total) => inner + (total - centre) ** 2, 0);
  }, 0);
  return Math.sqrt(squares / free);
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
