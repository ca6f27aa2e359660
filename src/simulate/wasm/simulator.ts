/** Runs a compiled module: blocks of rows in typed arrays, and traces as the interpreter gives them. */
import type { Elements } from '../../ir/evaluate.js';
import type { Trace } from '../interpret.js';
import type { CompiledModule } from './compile.js';
import { type Exports, instantiate } from './instance.js';
import type { Column, RowLayout } from './layout.js';

/** Rows of raw integers, in words of the layout's size. */
export type Words = Int16Array | Int32Array | BigInt64Array;

/** One instance: has its own memory, so that each thread needs its own. */
export class Simulator {
  readonly module: CompiledModule;
  /** The input rows of a block: written by the caller before `run`. */
  readonly inputs: Words;
  /** The output rows of a block: valid after `run`, until the next one. */
  readonly outputs: Words;
  readonly memory: Exports['memory'];
  readonly #run: (groups: number) => void;

  constructor(module: CompiledModule) {
    const { memory, run } = instantiate(module.bytes);
    const { buffer } = memory;
    this.module = module;
    this.memory = memory;
    this.inputs = wordsOf(buffer, module.inputAddress, module.inputs, module.blockEvents);
    this.outputs = wordsOf(buffer, module.outputAddress, module.outputs, module.blockEvents);
    this.#run = run;
  }

  /**
   * Simulates the first `count` input rows, at most `module.blockEvents`; the numbers must lie inside their formats.
   * Computes whole groups of eight: what it gives beyond `count` rows is of no event.
   */
  run(count: number): void {
    if (count > this.module.blockEvents)
      throw new RangeError(`${count} events in a block of ${this.module.blockEvents}`);
    this.#run(Math.ceil(count / 8));
  }

  /**
   * Streams any number of events in constant memory.
   * @param fill writes the rows of events `first` to `first + count - 1` into `inputs`
   * @param take reads as many rows of `outputs`
   */
  stream(
    events: number,
    fill: (inputs: Words, first: number, count: number) => void,
    take: (outputs: Words, first: number, count: number) => void,
  ): void {
    const { blockEvents } = this.module;
    for (let first = 0; first < events; first += blockEvents) {
      const count = Math.min(blockEvents, events - first);
      fill(this.inputs, first, count);
      this.run(count);
      take(this.outputs, first, count);
    }
  }

  /** All values that the module was compiled to give, for events as the interpreter takes them. */
  traces(events: readonly Elements<bigint>[]): readonly Trace[] {
    const traces: Trace[] = [];
    this.stream(
      events.length,
      (inputs, first, count) => {
        for (let row = 0; row < count; row++) writeRow(inputs, this.module.inputs, row, events[first + row]!);
      },
      (outputs, _, count) => {
        for (let row = 0; row < count; row++) traces.push(readRow(outputs, this.module.outputs, row));
      },
    );
    return traces;
  }
}

function wordsOf(buffer: ArrayBuffer, address: number, { wordBits, wordsPerRow }: RowLayout, rows: number): Words {
  const Type = wordBits === 16 ? Int16Array : wordBits === 32 ? Int32Array : BigInt64Array;
  return new Type(buffer, address, wordsPerRow * rows);
}

/** @param event the raw integers of all columns' elements in order */
export function writeRow(
  words: Words,
  { columns, wordsPerRow }: RowLayout,
  row: number,
  event: Elements<bigint>,
): void {
  let position = 0;
  for (const column of columns) {
    for (const [index, word] of column.words.entries()) {
      const at = row * wordsPerRow + word;
      const raw = event[position++]!;
      if (!(words instanceof BigInt64Array)) words[at] = Number(raw);
      else for (let limb = 0; limb < column.limbs[index]!; limb++) words[at + limb] = raw >> BigInt(64 * limb);
    }
  }
}

export function readRow(words: Words, { columns, wordsPerRow }: RowLayout, row: number): Trace {
  return new Map(columns.map((column) => [column.id, readColumn(words, column, row * wordsPerRow)]));
}

function readColumn(words: Words, { words: places, limbs }: Column, start: number): bigint[] {
  return places.map((word, index) => {
    const highest = start + word + limbs[index]! - 1;
    // The highest limb has the sign; those below it are digits.
    let raw = BigInt(words[highest]!);
    for (let at = highest - 1; at >= start + word; at--) raw = (raw << 64n) | BigInt.asUintN(64, BigInt(words[at]!));
    return raw;
  });
}
