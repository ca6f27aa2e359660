/** Poisson-distributed photon counts. */
import { exp } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';

/** exp(-30) is far from the smallest double; larger means are drawn in parts, whose sum has the same distribution. */
const largestPart = 30;

/** The number of photons where `mean` are expected: uniform numbers are multiplied until their product is below exp(-mean). */
export function drawPhotons(mean: number, random: Random): number {
  let count = 0;
  for (let left = mean; left > 0; left -= largestPart) {
    const limit = exp(-Math.min(left, largestPart));
    for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  }
  return count;
}
