/** Independent streams of random numbers, each a pure function of the seed and of what it is for: nothing of them needs to be stored. */
import { Random } from '../base/random.js';

/** What a stream is for; the numbers are part of the result of every training run and never change. */
export const purpose = { initial: 1, blocks: 2, rows: 3, noise: 4, validationNoise: 5 } as const;

/** Steps after which every bit of the generator's state depends on every bit put in. */
const mixingSteps = 24;

/** @param keys 32-bit integers: the purpose, then epoch, step, ... */
export function streamOf(seed: number, ...keys: readonly number[]): Random {
  let random = Random.seeded(seed);
  for (const key of [...keys, keys.length]) {
    const words = [random.nextWord(), random.nextWord(), random.nextWord(), random.nextWord()] as const;
    // A state of zeros would stay zero: the last word is odd.
    random = Random.restored({ words: [words[0] ^ key, words[1], words[2], words[3] | 1] });
    for (let step = 0; step < mixingSteps; step++) random.nextWord();
  }
  return random;
}
