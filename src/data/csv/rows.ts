/** Rows of a text table one after the other; the first one that is no header sets the width. */
import { checkNotEmpty, type Events, exactInteger } from '../events.js';
import { RowCollector } from '../row-collector.js';
import { NumberScanner } from '../scan-number.js';
import { TableProblems } from '../table-problems.js';

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const nonFinite = /^[+-]?(?:nan|inf|infinity)$/i;
const [space, tab, lineFeed, carriageReturn] = [0x20, 9, 10, 13];

export class CsvRows {
  readonly #source: string;
  readonly #problems: TableProblems;
  readonly #scanner = new NumberScanner();
  #values: RowCollector | undefined;
  #isFirst = true;
  #count = 0;

  constructor(source: string) {
    this.#source = source;
    this.#problems = new TableProblems(source);
  }

  /** @param line number in the file, from 1 */
  add(cells: readonly string[], line: number): void {
    const isHeader = this.#isFirst && cells.every(isName);
    this.#isFirst = false;
    if (isHeader) return;
    this.#values ??= new RowCollector(this.#source, cells.length);
    const { width } = this.#values;
    const row = this.#count++;
    if (cells.length !== width) this.#problems.addRagged({ row, line }, cells.length, width, 'value');
    for (const [column, cell] of cells.entries()) this.#addCell(this.#values, cell, row, column, line);
  }

  /**
   * Takes the next row from the bytes at `at` if it is not the first and its line holds nothing but plain numbers.
   * @returns where the next line begins; -1 when it is none of that
   */
  addPlain(bytes: Uint8Array, at: number, separator: number): number {
    const values = this.#values;
    if (values === undefined || !values.takesDoubles) return -1;
    const { width } = values;
    values.reserve(width);
    const { doubles } = values;
    let position = at;
    for (let column = 0; column < width; column++) {
      const end = this.#scanner.scan(bytes, skipBlanks(bytes, position, separator), bytes.length);
      if (end < 0) return -1;
      doubles[values.length + column] = this.#scanner.value;
      position = skipBlanks(bytes, end, separator);
      if (column === width - 1) break;
      if (separator === space ? position === end : bytes[position++] !== separator) return -1;
    }
    const next = bytes[position];
    if (next !== lineFeed && next !== carriageReturn) return -1;
    values.length += width;
    this.#count++;
    return next === carriageReturn && bytes[position + 1] === lineFeed ? position + 2 : position + 1;
  }

  finish(): void {
    this.#problems.throwIfAny();
    checkNotEmpty(this.#source, this.#count, 1);
  }

  /** See `EventParser.take`. */
  take(size: number, rest: boolean): Iterable<Events> {
    if (!this.#problems.any) return this.#values?.take(size, rest) ?? [];
    this.#values?.clear();
    return [];
  }

  #addCell(values: RowCollector, cell: string, row: number, column: number, line: number): void {
    if (integer.test(cell)) values.add(exactInteger(cell));
    else if (decimal.test(cell)) this.#addDecimal(values, cell, row, column, line);
    else if (nonFinite.test(cell)) this.#problems.addNotFinite({ row, column, line }, cell);
    else this.#problems.addNotANumber({ row, column, line }, describe(cell), hintFor(cell));
  }

  #addDecimal(values: RowCollector, cell: string, row: number, column: number, line: number): void {
    const value = Number(cell);
    if (Number.isFinite(value)) values.add(value);
    else this.#problems.addNotFinite({ row, column, line }, cell);
  }
}

/** Blanks around a value; a tab that separates values is none. */
function skipBlanks(bytes: Uint8Array, at: number, separator: number): number {
  let position = at;
  while (bytes[position] === space || (bytes[position] === tab && separator !== tab)) position++;
  return position;
}

function isName(cell: string): boolean {
  return cell !== '' && !integer.test(cell) && !decimal.test(cell) && !nonFinite.test(cell);
}

function describe(cell: string): string {
  if (cell === '') return 'nothing';
  return JSON.stringify(cell.length <= 40 ? cell : `${cell.slice(0, 40)}...`);
}

function hintFor(cell: string): string {
  if (/^[+-]?\d*,\d+$/.test(cell)) return 'write decimals with a point';
  return 'every value must be a number; a first row of nothing but names is a header';
}
