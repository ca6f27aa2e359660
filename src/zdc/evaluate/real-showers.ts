/** The real showers of an evaluation: photon sums of the test set and of the training set, images of some. */
import { breathe } from '../../base/breathe.js';
import type { Progress } from '../../base/progress.js';
import { channelCount, channelSums } from '../channels.js';
import type { Showers } from '../prepare/prepared.js';

/** Showers read at a time. */
const slab = 1024;

/** Photons in each channel of all showers, row-major [showers, channels]. */
export async function realSums(showers: Showers, progress: Progress): Promise<Float64Array> {
  const sums = new Float64Array(showers.count * channelCount);
  for (let from = 0; from < showers.count; from += slab) {
    const to = Math.min(from + slab, showers.count);
    sums.set(channelSums(showers.calorimeter.name, showers.readResponses(from, to)), from * channelCount);
    progress.advance(to - from);
    await breathe();
  }
  return sums;
}

/** The sums of some rows, in their order. */
export function sumsOf(sums: Float64Array, rows: Uint32Array): Float64Array {
  const chosen = new Float64Array(rows.length * channelCount);
  for (const [place, row] of rows.entries())
    chosen.set(sums.subarray(row * channelCount, (row + 1) * channelCount), place * channelCount);
  return chosen;
}
