/** How far the photon sums of generated showers are from those of real ones, channel by channel, with errors. */
import type { Random } from '../../base/random.js';
import { channelCount } from '../channels.js';
import { wassersteinDistance, weightedDistance } from './wasserstein.js';

export interface Measured {
  readonly value: number;
  /** Standard deviation. */
  readonly error: number;
}

export interface ChannelDistances {
  /** 1-Wasserstein distance in photons for each channel. */
  readonly channels: readonly Measured[];
  /** Their average. */
  readonly mean: Measured;
}

/** Bootstrap samples an error is made of. */
const resamplings = 100;

/**
 * Values are averages over the repeats. Errors come from particles drawn anew, with replacement, all showers of a particle together, real and
 * generated of the same row, in one repeat after the other: they hold what the number of particles and showers and the generator's noise leave open.
 * @param real row-major [showers, channels]
 * @param repeats the same shape each
 * @param groupOf particle of each shower, numbered from 0
 */
export function channelDistances(
  real: Float64Array,
  repeats: readonly Float64Array[],
  groupOf: Int32Array,
  random: Random,
): ChannelDistances {
  const channels = Array.from({ length: channelCount }, (_, channel) => channel);
  const sortedReal = channels.map((channel) => sortedColumn(real, channel));
  const sortedRepeats = repeats.map((sums) => channels.map((channel) => sortedColumn(sums, channel)));
  const values = channels.map((channel) =>
    average(sortedRepeats.map((columns) => wassersteinDistance(sortedReal[channel]!.values, columns[channel]!.values))),
  );
  const drawn = Array.from({ length: resamplings }, (_, sample) => {
    const weights = drawParticles(groupOf, random);
    const columns = sortedRepeats[sample % repeats.length]!;
    return channels.map((channel) => resampledDistance(sortedReal[channel]!, columns[channel]!, weights));
  });
  return {
    channels: values.map((value, channel) => ({ value, error: deviation(drawn.map((sample) => sample[channel]!)) })),
    mean: { value: average(values), error: deviation(drawn.map(average)) },
  };
}

interface SortedColumn {
  /** Rising. */
  readonly values: Float64Array;
  /** Row of each. */
  readonly rows: Uint32Array;
}

function sortedColumn(sums: Float64Array, channel: number): SortedColumn {
  const at = (row: number): number => sums[row * channelCount + channel]!;
  const rows = Uint32Array.from({ length: sums.length / channelCount }, (_, row) => row).sort((a, b) => at(a) - at(b));
  return { rows, values: Float64Array.from(rows, at) };
}

/** How often each row occurs when as many particles are drawn as there are: each row as often as its particle. */
function drawParticles(groupOf: Int32Array, random: Random): Uint32Array {
  const count = 1 + groupOf.reduce((most, group) => Math.max(most, group), 0);
  const times = new Uint32Array(count);
  for (let draw = 0; draw < count; draw++) times[random.integer(0, count - 1)]!++;
  return Uint32Array.from(groupOf, (group) => times[group]!);
}

function resampledDistance(a: SortedColumn, b: SortedColumn, weights: Uint32Array): number {
  const weightsOf = ({ rows }: SortedColumn): Uint32Array => rows.map((row) => weights[row]!);
  return weightedDistance(a.values, weightsOf(a), b.values, weightsOf(b));
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a population: divided by the number of values. */
function deviation(values: readonly number[]): number {
  const centre = average(values);
  return Math.sqrt(average(values.map((value) => (value - centre) ** 2)));
}
