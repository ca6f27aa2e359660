/** Between rows in memory and lanes: transposes eight input rows, writes eight output rows. */
import binaryen from 'binaryen';
import { type Code, inputPointer, type Local, outputPointer } from './code.js';
import type { Bits } from './graph.js';
import { type Lanes, narrow, vectorCount, widen } from './lane-arithmetic.js';
import type { RowLayout } from './layout.js';

const events = 8;

/** Reads input columns in one function; columns that share a vector are transposed together, once. */
export class InputReader {
  readonly #blocks = new Map<number, readonly Lanes[]>();
  readonly #words: readonly number[];

  constructor(
    private readonly code: Code,
    private readonly layout: RowLayout,
  ) {
    this.#words = layout.columns.flatMap(({ words }) => words);
  }

  /** Where the number at this place of the event begins in a row. */
  wordOf(place: number): number {
    return this.#words[place]!;
  }

  /** Eight numbers of one word each, in the narrowest lane that is proved to hold them. */
  read(word: number, bits: Bits): Lanes {
    const { wordBits } = this.layout;
    if (wordBits === 64) return narrow(this.code, this.#gathered(word), 64, bits);
    const perVector = 128 / wordBits;
    const first = word - (word % perVector);
    let block = this.#blocks.get(first);
    if (block === undefined) {
      block = this.#transposed(first);
      this.#blocks.set(first, block);
    }
    return narrow(this.code, block[word - first]!, wordBits, bits);
  }

  #rowBytes(): number {
    return (this.layout.wordsPerRow * this.layout.wordBits) / 8;
  }

  #transposed(first: number): readonly Lanes[] {
    const { code } = this;
    const bytes = this.layout.wordBits / 8;
    const rows = Array.from({ length: events }, (_, event) =>
      code.keep(code.module.v128.load(event * this.#rowBytes() + first * bytes, bytes, code.pointer(inputPointer))),
    );
    if (bytes === 2) return transposed(code, rows, 2).map((column) => [column]);
    const [early, late] = [transposed(code, rows.slice(0, 4), 4), transposed(code, rows.slice(4), 4)];
    return early.map((column, index) => [column, late[index]!]);
  }

  #gathered(word: number): Lanes {
    const { code } = this;
    const { v128 } = code.module;
    return [0, 2, 4, 6].map((event) => {
      const offset = event * this.#rowBytes() + word * 8;
      const low = v128.load64_zero(offset, 8, code.pointer(inputPointer));
      return code.keep(v128.load64_lane(offset + this.#rowBytes(), 8, 1, code.pointer(inputPointer), low));
    });
  }
}

/**
 * Columns of a square of numbers of `bytes` bytes. One step puts number j of vectors i and i + half side by side: seen as
 * bits, (vector, place) rotates by one, so that after as many steps as a row number has bits both have changed sides.
 */
function transposed(code: Code, rows: readonly Local[], bytes: number): readonly Local[] {
  const half = rows.length / 2;
  let vectors = rows;
  for (let step = 1; step < rows.length; step *= 2) {
    const before = vectors;
    vectors = before.slice(0, half).flatMap((a, index) => {
      const b = before[index + half]!;
      return [unpacked(code, a, b, bytes, 0), unpacked(code, a, b, bytes, 8)];
    });
  }
  return vectors;
}

/** Numbers of `bytes` bytes by turns from the halves of a and b that start at byte `from`. */
export function unpacked(code: Code, a: Local, b: Local, bytes: number, from: number): Local {
  const order = Array.from({ length: 16 }, (_, byte) => {
    const number = Math.floor(byte / bytes);
    return from + Math.floor(number / 2) * bytes + (byte % bytes) + (number % 2) * 16;
  });
  return code.keep(code.module.i8x16.shuffle(code.get(a), code.get(b), order));
}

/** Writes eight numbers of one word each. */
export function writeColumn(code: Code, layout: RowLayout, word: number, lanes: Lanes, bits: Bits): void {
  const { wordBits } = layout;
  const { v128 } = code.module;
  const vectors = bits < wordBits ? widen(code, lanes, bits, wordBits) : narrow(code, lanes, bits, wordBits);
  const perVector = events / vectorCount(wordBits);
  const store = wordBits === 16 ? v128.store16_lane : wordBits === 32 ? v128.store32_lane : v128.store64_lane;
  for (let event = 0; event < events; event++) {
    const offset = ((event * layout.wordsPerRow + word) * wordBits) / 8;
    const vector = code.get(vectors[Math.floor(event / perVector)]!);
    code.do(store(offset, wordBits / 8, event % perVector, code.pointer(outputPointer), vector));
  }
}

/** Copies numbers of several limbs from the input rows to a place. */
export function gatherWide(code: Code, layout: RowLayout, word: number, address: number, limbs: number): void {
  const { module: m } = code;
  const row = m.i32.add(code.pointer(inputPointer), m.i32.const(word * 8));
  const operands = [m.i32.const(address), m.i32.const(limbs), row, m.i32.const(layout.wordsPerRow * 8)];
  code.do(m.call('wide_gather', operands, binaryen.none));
}
