/** The seed of every run, from the seed of the configuration. */
import { Random } from '../../base/random.js';

/** Pythia takes seeds up to 900,000,000: the largest prime below. */
const largest = 899_999_963;
/** Shares no factor with `largest`: so different runs never have the same seed. */
const step = 1_640_531_527;

/**
 * From 1 to 899,999,963: 0 would ask many programs for a seed of the clock. The runs of one configuration, if fewer than that, have
 * different seeds; those of another seed are unrelated.
 * @param seed any 32-bit integer
 */
export function seedOf(seed: number, run: number): number {
  const start = Random.seeded(seed).nextWord();
  return 1 + Number((BigInt(start) + BigInt(run) * BigInt(step)) % BigInt(largest));
}
