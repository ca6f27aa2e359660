/** Which showers are trained on and which are kept for the test: a pure function of the seed and of the particles. */
import { userError } from '../../base/diagnostic.js';
import { streamOf } from '../../train/stream.js';
import { zdcPurpose } from '../streams.js';
import { groupParticles } from './groups.js';

export interface SplitOptions {
  /** Share of the showers, above 0, below 1. */
  readonly test_fraction: number;
  /** Whether single showers are left out, or all showers of a particle together. */
  readonly by: 'showers' | 'particles';
}

/** Rows of the prepared showers, rising. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** What is told of showers that cannot be split: where that was asked for, and the remedy. */
export interface SplitPlace {
  readonly place: string;
  readonly hint: string;
}

const ofTraining: SplitPlace = {
  place: 'configuration: train.split',
  hint: 'give more showers, or another test_fraction',
};

/**
 * Draws the test set: as many showers as the fraction says, rounded up; by particles, at least as many, with the last particle drawn complete.
 * @param particles row-major [showers, width]
 * @throws AxocError (user) when one of the two sets would be empty
 */
export function splitShowers(
  particles: Float64Array,
  width: number,
  options: SplitOptions,
  seed: number,
  { place, hint }: SplitPlace = ofTraining,
): Split {
  const count = particles.length / width;
  const { groupOf, firstRows } =
    options.by === 'particles'
      ? groupParticles(particles, width)
      : { groupOf: Int32Array.from({ length: count }, (_, row) => row), firstRows: { length: count } };
  const sizes = new Uint32Array(firstRows.length);
  for (const group of groupOf) sizes[group]!++;
  const isTest = drawGroups(sizes, Math.ceil(count * options.test_fraction), seed);
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const split = {
    train: rows.filter((row) => isTest[groupOf[row]!] === 0),
    test: rows.filter((row) => isTest[groupOf[row]!] === 1),
  };
  if (split.train.length === 0 || split.test.length === 0)
    throw userError(
      'too-few-rows',
      place,
      `${count} showers of ${firstRows.length} ${options.by} cannot be split: one of the two sets would be empty`,
      hint,
    );
  return split;
}

/** 1 for each group drawn, until they have `wanted` rows. */
function drawGroups(sizes: Uint32Array, wanted: number, seed: number): Uint8Array {
  const random = streamOf(seed, zdcPurpose.split);
  const order = Uint32Array.from(sizes, (_, group) => group);
  const isDrawn = new Uint8Array(sizes.length);
  for (let place = 0, drawn = 0; drawn < wanted && place < order.length; place++) {
    const other = random.integer(place, order.length - 1);
    const group = order[other]!;
    order[other] = order[place]!;
    isDrawn[group] = 1;
    drawn += sizes[group]!;
  }
  return isDrawn;
}
