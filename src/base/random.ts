/** The one source of randomness: seeded, serialisable, the same on every machine (xoshiro128**, Blackman & Vigna). */
import { normalQuantile } from './normal-quantile.js';

export interface RandomState {
  readonly words: readonly [number, number, number, number];
}

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  private constructor(words: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = words;
  }

  /** @param seed any 32-bit integer; neighbouring seeds give unrelated streams (expanded by splitmix32). */
  static seeded(seed: number): Random {
    let state = seed >>> 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    return new Random([next(), next(), next(), next()]);
  }

  static restored(state: RandomState): Random {
    return new Random(state.words);
  }

  get state(): RandomState {
    return { words: [this.#a, this.#b, this.#c, this.#d] };
  }

  /** Uniform in [0, 2^32). */
  nextWord(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /** Uniform integer in [low, high], both included; exact for spans below 2^32. */
  integer(low: number, high: number): number {
    const span = high - low + 1;
    const limit = 2 ** 32 - (2 ** 32 % span);
    let word = this.nextWord();
    while (word >= limit) word = this.nextWord();
    return low + (word % span);
  }

  /** Uniform integer in [low, high], both included, of any size. */
  bigint(low: bigint, high: bigint): bigint {
    const span = high - low + 1n;
    const words = Math.ceil(span.toString(2).length / 32) + 2;
    let value = 0n;
    for (let i = 0; i < words; i++) value = (value << 32n) | BigInt(this.nextWord());
    return low + (value % span);
  }

  /** Uniform in (0, 1), neither end included: the middles of 2^32 equal cells. */
  uniform(): number {
    return (this.nextWord() + 0.5) / 2 ** 32;
  }

  /** Standard normal, within 6.4 standard deviations; takes one word. */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** Fills `target` with what as many calls of `normal` give, rounded to float32. */
  fillNormal(target: Float32Array): void {
    for (let index = 0; index < target.length; index++) target[index] = this.normal();
  }

  chance(probability: number): boolean {
    return this.nextWord() < probability * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)];
    if (item === undefined) throw new RangeError('pick from an empty list');
    return item;
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
