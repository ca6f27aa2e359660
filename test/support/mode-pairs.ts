/** The 28 pairs of a rounding and an overflow mode, dealt evenly to every role that a type can have. */
import type { Random } from '../../src/base/random.js';
import { type Overflow, overflows, type Rounding, roundings } from '../../src/fixed/format.js';

export type ModePair = readonly [Rounding, Overflow];

export const modePairs: readonly ModePair[] = roundings.flatMap((rounding) =>
  overflows.map((overflow): ModePair => [rounding, overflow]),
);

/** What a type is for. */
export type Role =
  | 'default'
  | 'hardware'
  | 'offset'
  | 'scaled'
  | 'input'
  | 'weight'
  | 'accumulator'
  | 'dense'
  | 'conv accumulator'
  | 'conv'
  | 'relu'
  | 'leaky'
  | 'cast'
  | 'difference'
  | 'product'
  | 'score accumulator'
  | 'score'
  | 'then';

/** A shuffled pack of all pairs for each role, shuffled anew when it is used up. */
export class ModePairs {
  readonly #packs = new Map<Role, ModePair[]>();

  constructor(private readonly random: Random) {}

  draw(role: Role): ModePair {
    let pack = this.#packs.get(role) ?? [];
    if (pack.length === 0) pack = shuffled(modePairs, this.random);
    const pair = pack.pop()!;
    this.#packs.set(role, pack);
    return pair;
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
