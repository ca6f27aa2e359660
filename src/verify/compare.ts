/** The judge: named values of one execution against those of the reference, bit for bit. */
import { toDecimal } from '../fixed/dyadic.js';
import type { Program } from '../ir/op.js';
import type { Trace } from '../simulate/interpret.js';
import { fractionsOf, type Leg } from './leg.js';
import type { Vector } from './vectors.js';

export interface Mismatch {
  readonly leg: string;
  /** Number of the vector in the run, from 0. */
  readonly vectorIndex: number;
  readonly vector: Vector;
  /** The first value, in the order of the program, that differs. */
  readonly value: string;
  readonly element: number;
  /** Both numbers as exact decimals; "nothing" where the execution gave none. */
  readonly expected: string;
  readonly found: string;
}

/** Compares what a leg computed with the traces of the reference program. */
export class Comparator {
  readonly #checks: readonly { id: string; expectedFractions: readonly number[]; foundFractions: readonly number[] }[];

  /** @param reference the program as lowered: its interpreted values are right by definition */
  constructor(reference: Program, leg: Leg) {
    this.#checks = [...fractionsOf(reference)].map(([id, expectedFractions]) => ({
      id,
      expectedFractions,
      foundFractions: leg.fractions.get(id) ?? [],
    }));
  }

  /** Numbers compared for each vector. */
  get valuesPerVector(): number {
    return this.#checks.reduce((sum, check) => sum + check.expectedFractions.length, 0);
  }

  /** The first difference, or undefined. */
  compare(expected: Trace, found: Trace): Pick<Mismatch, 'value' | 'element' | 'expected' | 'found'> | undefined {
    for (const { id, expectedFractions, foundFractions } of this.#checks) {
      const wanted = expected.get(id)!;
      const given = found.get(id);
      for (const [element, expectedFraction] of expectedFractions.entries()) {
        const foundFraction = foundFractions[element];
        const raw = foundFraction === undefined ? undefined : given?.[element];
        if (raw !== undefined && isSame(wanted[element]!, expectedFraction, raw, foundFraction!)) continue;
        return {
          value: id,
          element,
          expected: toDecimal(wanted[element]!, expectedFraction),
          found: raw === undefined ? 'nothing' : toDecimal(raw, foundFraction!),
        };
      }
    }
    return undefined;
  }
}

/** Whether two raw integers in different units are the same number. */
function isSame(a: bigint, aFraction: number, b: bigint, bFraction: number): boolean {
  if (aFraction === bFraction) return a === b;
  const fraction = Math.max(aFraction, bFraction);
  return a << BigInt(fraction - aFraction) === b << BigInt(fraction - bFraction);
}
