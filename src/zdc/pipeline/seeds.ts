/** The seed of every run, from the seed of the configuration. */
import { Random } from '../../base/random.js';

/** Largest seed that every simulation takes: an int of C. */
const largest = 2 ** 31 - 1;
/** Shares no factor with `largest`, a prime: so different runs never have the same seed. */
const step = 1_640_531_527;

/**
 * From 1 to 2^31 - 1: 0 would ask many programs for a seed of the clock. Runs of one configuration have different seeds; those of
 * another seed are unrelated.
 * @param seed any 32-bit integer
 * @param run below 2^31 - 1
 */
export function seedOf(seed: number, run: number): number {
  const start = Random.seeded(seed).nextWord();
  return 1 + Number((BigInt(start) + BigInt(run) * BigInt(step)) % BigInt(largest));
}
