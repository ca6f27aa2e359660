/** Verification: every leg on every vector, all named values, against the interpreted program as it was lowered. */
import { internalError } from '../base/diagnostic.js';
import type { Program } from '../ir/op.js';
import { interpreterOf, type Trace } from '../simulate/interpret.js';
import { Comparator, type Mismatch } from './compare.js';
import type { Leg } from './leg.js';
import type { Vector } from './vectors.js';

export interface LegResult {
  readonly leg: string;
  readonly summary: string;
  readonly vectors: number;
  /** Numbers compared. */
  readonly values: number;
}

export interface Verification {
  readonly legs: readonly LegResult[];
  /** The first mismatch of the first leg that has one. */
  readonly mismatch?: Mismatch;
}

/** The reference: every value of the program as lowered, for every vector. */
export interface Reference {
  readonly program: Program;
  readonly vectors: readonly Vector[];
  readonly traces: readonly Trace[];
}

/** @param advance called after each vector, to show progress */
export function referenceOf(program: Program, vectors: readonly Vector[], advance: () => void = () => {}): Reference {
  const run = interpreterOf(program);
  const traces = vectors.map((vector) => {
    const trace = run(vector);
    advance();
    return trace;
  });
  return { program, vectors, traces };
}

/** Runs the legs in order and stops at the first that disagrees. */
export async function verify(reference: Reference, legs: readonly Leg[]): Promise<Verification> {
  const results: LegResult[] = [];
  for (const leg of legs) {
    const found = await leg.run(reference.vectors);
    const mismatch = firstMismatch(reference, leg, found);
    if (mismatch !== undefined) return { legs: results, mismatch };
    const comparator = new Comparator(reference.program, leg);
    results.push({
      leg: leg.name,
      summary: leg.summary,
      vectors: found.length,
      values: found.length * comparator.valuesPerVector,
    });
  }
  return { legs: results };
}

/** Compares all traces of a leg; one that gives fewer or more than planned has not run what it was asked to. */
export function firstMismatch(reference: Reference, leg: Leg, found: readonly Trace[]): Mismatch | undefined {
  if (found.length !== reference.vectors.length) {
    throw internalError(leg.name, `the leg gave ${found.length} of ${reference.vectors.length} vectors`);
  }
  const comparator = new Comparator(reference.program, leg);
  if (comparator.valuesPerVector === 0) throw internalError(leg.name, 'there is no value to compare');
  for (const [vectorIndex, expected] of reference.traces.entries()) {
    const difference = comparator.compare(expected, found[vectorIndex]!);
    if (difference !== undefined) {
      return { leg: leg.name, vectorIndex, vector: reference.vectors[vectorIndex]!, ...difference };
    }
  }
  return undefined;
}
