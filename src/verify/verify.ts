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

export function referenceOf(program: Program, vectors: readonly Vector[]): Reference {
  const run = interpreterOf(program);
  return { program, vectors, traces: vectors.map(run) };
}

/** Vectors interpreted and compared at a time: traces of large programs fill the memory. */
const blockSize = 1024;

/**
 * Verifies any number of vectors in constant memory, block by block.
 * @param reference the program as lowered
 * @param observe called with the reference's trace of every vector, in order
 * @returns results over all blocks; those before the block of a mismatch when there is one
 */
export async function verifyInBlocks(
  reference: Program,
  vectors: readonly Vector[],
  legs: readonly Leg[],
  observe: (trace: Trace) => void,
): Promise<Verification> {
  const totals = new Map<string, LegResult>();
  for (let start = 0; start < vectors.length; start += blockSize) {
    const block = referenceOf(reference, vectors.slice(start, start + blockSize));
    for (const trace of block.traces) observe(trace);
    const { legs: results, mismatch } = await verify(block, legs);
    for (const result of results) totals.set(result.leg, joined(totals.get(result.leg), result));
    if (mismatch !== undefined) {
      return { legs: [...totals.values()], mismatch: { ...mismatch, vectorIndex: start + mismatch.vectorIndex } };
    }
  }
  return { legs: [...totals.values()] };
}

function joined(before: LegResult | undefined, result: LegResult): LegResult {
  if (before === undefined) return result;
  return { ...result, vectors: before.vectors + result.vectors, values: before.values + result.values };
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
