/** Showers to look at: real images of the test set beside one that was generated for the same particle. */
import { streamOf } from '../../train/stream.js';
import { conditions } from '../calorimeter.js';
import type { Showers } from '../prepare/prepared.js';
import { zdcPurpose } from '../streams.js';
import type { ShowerGenerator } from './generate.js';
import type { EvaluateOptions } from './options.js';
import { totalsOf } from './photon-summary.js';

export interface ShownShower {
  /** Row in the prepared showers. */
  readonly row: number;
  /** The nine conditions, in their units. */
  readonly particle: readonly number[];
  /** Photons, row-major [x, y]. */
  readonly real: Float32Array;
  readonly generated: Float32Array;
}

/** From a small shower to one of the brightest. */
const quantiles = [0.3, 0.5, 0.7, 0.85, 0.95, 0.99];

/** The noise of the pictures is that of a repeat which no distance is computed from. */
const shownRepeat = 0xffff;

/**
 * @param rows of the test set
 * @param sums real photons of these rows, [rows, channels]
 * @param scaled conditions of these rows
 */
export async function chooseShown(
  showers: Showers,
  rows: Uint32Array,
  sums: Float64Array,
  scaled: Float32Array,
  generator: ShowerGenerator,
  { seed, sampling }: EvaluateOptions,
): Promise<readonly ShownShower[]> {
  const width = conditions.length;
  const totals = totalsOf(sums);
  const rising = Uint32Array.from(rows, (_, place) => place).sort((a, b) => totals[a]! - totals[b]!);
  const places = quantiles.map((quantile) => rising[Math.floor(quantile * (rising.length - 1))]!);
  const chosen = Float32Array.from(places.flatMap((place) => [...scaled.subarray(place * width, (place + 1) * width)]));
  const noise = streamOf(seed, zdcPurpose.noise, shownRepeat);
  const photons = sampling === 'poisson' ? streamOf(seed, zdcPurpose.photons, shownRepeat) : undefined;
  const shown: ShownShower[] = [];
  for await (const images of generator.images(chosen, places.length, noise, photons)) {
    for (let index = 0; index < images.count; index++) {
      const row = rows[places[images.from + index]!]!;
      shown.push({
        row,
        particle: [...showers.readParticles(row, row + 1)],
        real: showers.readResponses(row, row + 1),
        generated: images.photons.slice(index * generator.pixels, (index + 1) * generator.pixels),
      });
    }
  }
  return shown;
}
