/** Shrinks a network on which a leg fails to one that nothing can be taken from: delta debugging, one small step at a time. */
import { holdsRaw } from '../../src/fixed/format.js';
import type { Program } from '../../src/ir/op.js';
import { verifyProgram } from '../../src/ir/verify.js';
import type { Mismatch } from '../../src/verify/compare.js';
import { printReproducer } from '../../src/verify/reproducer.js';
import { inputFormats, type Vector } from '../../src/verify/vectors.js';
import { type CheckOptions, checkNetwork, type LegName, type Tools } from './network-check.js';
import { type Candidate, retyped, steps } from './shrink-steps.js';

/** A program and the vectors that make a leg fail. */
export interface Failing extends Candidate {
  readonly failure: Mismatch;
}

/** Events of a group that the compiled simulator computes together: where in it an event stands may matter. */
const groupSize = 16;

/**
 * @param tries after which the smallest program found so far must do
 * @returns a program on which the same leg fails, with as few vectors as that takes
 */
export async function shrink(
  tools: Tools,
  { program, failure, vectors = [] }: { program: Program; failure: Mismatch; vectors?: readonly Vector[] },
  options: Pick<CheckOptions, 'directory' | 'vendorInclude'>,
  tries: number,
): Promise<Failing> {
  let left = tries;
  const legs = failure.leg === 'reference' ? [] : [failure.leg as LegName];
  const tried = new Set<string>();

  /** The candidate if the leg fails on it too. */
  const failing = async (candidate: Candidate): Promise<Failing | undefined> => {
    if (!isLegal(candidate)) return undefined;
    const found = await checkNetwork(tools, candidate.program, candidate.vectors, { ...options, legs });
    if (found.failure === undefined || kindOf(found.failure) !== kindOf(failure)) return undefined;
    return { ...candidate, failure: found.failure };
  };

  const starts = [[failure.vector], Array.from({ length: groupSize }, () => failure.vector), vectors];
  let smallest: Failing = { program, vectors: [failure.vector], failure };
  for (const start of starts) {
    const found = await failing({ program, vectors: start });
    if (found === undefined) continue;
    smallest = found;
    break;
  }

  /** The first smaller candidate of a step on which the leg fails. */
  const smaller = async (step: (typeof steps)[number]): Promise<Failing | undefined> => {
    const cost = costOf(smallest);
    for (const draft of step(smallest)) {
      for (const candidate of retyped(draft)) {
        const text = textOf(candidate);
        if (tried.has(text) || costOf(candidate) >= cost) continue;
        if (left-- <= 0) return undefined;
        tried.add(text);
        const found = await failing(candidate);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };

  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const step of steps) {
      for (let found = await smaller(step); found !== undefined; found = await smaller(step)) {
        smallest = found;
        isSmaller = true;
      }
    }
  }
  return smallest;
}

/** The leg and the way it fails: shrinking must not slip from a wrong number to an error, nor from one error to another. */
function kindOf({ leg, found }: Mismatch): string {
  return `${leg} ${/^an error \((?:error\[[^\]]*\])?/.exec(found)?.[0] ?? 'differs'}`;
}

function isLegal({ program, vectors }: Candidate): boolean {
  if (verifyProgram(program).length > 0) return false;
  const formats = inputFormats(program);
  return vectors.every(
    (vector) => vector.length === formats.length && vector.every((raw, index) => holdsRaw(formats[index]!, raw)),
  );
}

/** Length first, then the digits: 0 is smaller than 7. */
function costOf(candidate: Candidate): number {
  const text = textOf(candidate);
  let digits = 0;
  for (const digit of text.replace(/[^1-9]/g, '')) digits += Number(digit);
  return 10 * text.length + digits;
}

function textOf({ program, vectors }: Candidate): string {
  const told = { leg: '', vectorIndex: 0, vector: [], value: '', element: 0, expected: '', found: '' };
  return printReproducer(program, told, vectors);
}
