/** Events from an npy file whose bytes come in order: unpacked on the way. */
import type { EventParser } from '../event-parser.js';
import type { Events } from '../events.js';
import { TableProblems } from '../table-problems.js';
import { headerLength } from './header.js';
import { checkLength, inMemory, type NpyTable, npyBlocks, npyTable, npyValues } from './npy.js';

/** Memory: rows that were not yet taken; the whole file where the first index is fastest, since its last row is complete last. */
export class NpyParser implements EventParser {
  readonly #source: string;
  readonly #problems: TableProblems;
  /** Bytes that no block has yet, after the header once that is known. */
  #pieces: Uint8Array[] = [];
  #waiting = 0;
  #table: NpyTable | undefined;
  #row = 0;
  /** Bytes of elements so far. */
  #found = 0;

  constructor(source: string) {
    this.#source = source;
    this.#problems = new TableProblems(source);
  }

  push(bytes: Uint8Array): void {
    this.#keep(Uint8Array.from(bytes));
    this.#found += bytes.length;
    if (this.#table === undefined) this.#readHeader();
    // Bytes beyond the last row are counted for the message, not kept.
    if (this.#table !== undefined && this.#row === this.#table.count) this.#keepOnly(new Uint8Array());
  }

  finish(): void {
    this.#table ??= npyTable(this.#all(), this.#source);
    checkLength(this.#found, this.#table);
    this.#problems.throwIfAny();
  }

  *take(size: number, rest: boolean): Iterable<Events> {
    yield* this.#takeRows(size, rest);
    if (rest) this.#problems.throwIfAny();
  }

  *#takeRows(size: number, rest: boolean): Iterable<Events> {
    const table = this.#table;
    if (table === undefined) return;
    if (table.fortranOrder) {
      if (rest) yield* npyBlocks(inMemory(this.#all()), { ...table, dataOffset: 0 }, size);
      return;
    }
    const rowBytes = table.width * table.size;
    const ready = Math.min(table.count - this.#row, Math.floor(this.#waiting / rowBytes));
    const taken = rest ? ready : ready - (ready % size);
    if (taken === 0) return;
    const bytes = this.#all();
    const first = this.#row;
    this.#row += taken;
    this.#keepOnly(bytes.subarray(taken * rowBytes));
    for (let row = 0; row < taken; row += size) {
      const count = Math.min(size, taken - row);
      const values = npyValues(
        bytes.slice(row * rowBytes, (row + count) * rowBytes),
        table,
        first + row,
        this.#problems,
      );
      if (!this.#problems.any) yield { source: this.#source, count, width: table.width, values };
    }
  }

  #readHeader(): void {
    if (this.#waiting < 12) return;
    const bytes = this.#all();
    const length = headerLength(bytes, this.#source);
    if (bytes.length < length) return;
    this.#table = npyTable(bytes.subarray(0, length), this.#source);
    this.#found = bytes.length - length;
    this.#keepOnly(bytes.subarray(length));
  }

  #keep(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#waiting += bytes.length;
  }

  #keepOnly(bytes: Uint8Array): void {
    this.#pieces = [bytes];
    this.#waiting = bytes.length;
  }

  #all(): Uint8Array {
    if (this.#pieces.length !== 1) this.#pieces = [new Uint8Array(Buffer.concat(this.#pieces))];
    return this.#pieces[0]!;
  }
}
