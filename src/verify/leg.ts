/** Legs: the ways to execute a program that verification compares. */
import { elementCount, fractionAt, namedOps, type Program } from '../ir/op.js';
import { interpreterOf, type Trace } from '../simulate/interpret.js';
import type { Vector } from './vectors.js';

export interface Leg {
  readonly name: string;
  /** What it runs, in words. */
  readonly summary: string;
  /** Fraction bits of the raw integers it gives: named value -> one number an element. */
  readonly fractions: ReadonlyMap<string, readonly number[]>;
  /** The named values of every vector, in order. */
  run(vectors: readonly Vector[]): Promise<readonly Trace[]>;
}

/** A leg that can also be asked for one vector at a time. */
export interface InterpreterLeg extends Leg {
  simulate(vector: Vector): Trace;
}

/** The bigint interpreter on the program after the passes: finds a pass that is wrong. */
export function interpreterLeg(program: Program): InterpreterLeg {
  const simulate = interpreterOf(program);
  return {
    simulate,
    name: 'interpreter',
    summary: 'the bigint interpreter on the program after all passes',
    fractions: fractionsOf(program),
    run: (vectors) => Promise.resolve(vectors.map(simulate)),
  };
}

/** Fraction bits of a program's named values, element by element. */
export function fractionsOf(program: Program): ReadonlyMap<string, readonly number[]> {
  return new Map(
    namedOps(program).map((op) => [
      op.id,
      Array.from({ length: elementCount(op.type) }, (_, index) => fractionAt(op.type, index)),
    ]),
  );
}
