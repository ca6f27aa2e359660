/** How events and results lie in memory: rows of integers of one size, one row an event. */
import type { Interval } from '../../fixed/interval.js';
import type { Elements } from '../../ir/evaluate.js';
import type { Ranges } from '../../ir/intervals.js';
import { elementCount, fractionAt, inputsOf, namedOps, type Op, opsById, type Program } from '../../ir/op.js';
import { signedBits } from './graph.js';

/** Bits of one word of a row. */
export type WordBits = 16 | 32 | 64;

/** One value of a program in a row; element i starts at word `words[i]`. */
export interface Column {
  readonly id: string;
  readonly shape: readonly number[];
  /** Fraction bits of each element. */
  readonly fractions: readonly number[];
  readonly words: readonly number[];
  /** Words of one element: 1, or the 64-bit limbs, lowest first, of a number that needs more. */
  readonly limbs: readonly number[];
}

/** Row-major; the numbers are raw integers in two's complement, unsigned ones too (the word has room for the sign). */
export interface RowLayout {
  readonly wordBits: WordBits;
  readonly wordsPerRow: number;
  readonly columns: readonly Column[];
}

/** What a module reads and what it writes. */
export interface RowLayouts {
  readonly input: RowLayout;
  readonly output: RowLayout;
}

export function inputLayout(program: Program, ranges: Ranges): RowLayout {
  return rowLayout(inputsOf(program), ranges);
}

/** @param trace all named values instead of the outputs alone */
export function outputLayout(program: Program, ranges: Ranges, trace: boolean): RowLayout {
  const ops = opsById(program);
  return rowLayout(trace ? namedOps(program) : program.outputs.map((id) => ops.get(id)!), ranges);
}

function rowLayout(ops: readonly Op[], ranges: Ranges): RowLayout {
  const widest = Math.max(1, ...ops.flatMap((op) => ranges.get(op.id)!.map(signedBits)));
  const wordBits = widest <= 16 ? 16 : widest <= 32 ? 32 : 64;
  let wordsPerRow = 0;
  const columns = ops.map((op): Column => {
    const limbs = limbsOf(ranges.get(op.id)!);
    const words = limbs.map((count) => {
      const word = wordsPerRow;
      wordsPerRow += count;
      return word;
    });
    const fractions = Array.from({ length: elementCount(op.type) }, (_, index) => fractionAt(op.type, index));
    return { id: op.id, shape: op.type.shape, fractions, words, limbs };
  });
  return { wordBits, wordsPerRow, columns };
}

function limbsOf(elements: Elements<Interval>): number[] {
  return elements.map((interval) => Math.ceil(signedBits(interval) / 64));
}
