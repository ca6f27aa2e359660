/** Rows of a JSON table one after the other: row 0 sets how all of them nest, every other way is a problem. */
import { AxocError, userError } from '../../base/diagnostic.js';
import { checkNotEmpty, type Events, exactInteger } from '../events.js';
import { RowCollector } from '../row-collector.js';
import { NumberScanner } from '../scan-number.js';
import { TableProblems } from '../table-problems.js';

/** numpy knows no more dimensions either. */
const deepestNesting = 64;

const numberHint = 'every value must be a number, or a string of digits for an integer beyond 2^53';
const [openBracket, closeBracket, comma, space] = [0x5b, 0x5d, 0x2c, 0x20];

export class JsonRows {
  readonly #source: string;
  readonly #problems: TableProblems;
  readonly #scanner = new NumberScanner();
  /** What row 0 showed to be wrong with the whole table; rows after it are not looked at. */
  #fatal: AxocError | undefined;
  #shape: readonly number[] = [];
  #values: RowCollector | undefined;
  #row = 0;
  #column = 0;

  constructor(source: string) {
    this.#source = source;
    this.#problems = new TableProblems(source);
  }

  /** Takes the next row, as JSON.parse gives it. */
  add(content: unknown): void {
    if (this.#row === 0) this.#begin(content);
    if (this.#fatal === undefined) {
      this.#column = 0;
      this.#readArray(content, 0);
    }
    this.#row++;
  }

  /**
   * Takes the next row from the bytes at `at` if it is flat, after row 0, and holds nothing but plain numbers.
   * @returns where it ends; -1 when it is none of that or may go on beyond `limit`
   */
  addPlain(bytes: Uint8Array, at: number, limit: number): number {
    const values = this.#values;
    if (values === undefined || this.#shape.length !== 1 || !values.takesDoubles) return -1;
    const { width } = values;
    values.reserve(width);
    const { doubles } = values;
    let position = at;
    for (let column = 0; column < width; column++) {
      if (bytes[position] !== (column === 0 ? openBracket : comma)) return -1;
      position = this.#scanner.scan(bytes, skipBlanks(bytes, position + 1), limit);
      if (position < 0) return -1;
      doubles[values.length + column] = this.#scanner.value;
      position = skipBlanks(bytes, position);
    }
    if (position >= limit || bytes[position] !== closeBracket) return -1;
    values.length += width;
    this.#row++;
    return position + 1;
  }

  finish(): void {
    if (this.#fatal !== undefined) throw this.#fatal;
    checkNotEmpty(this.#source, this.#row, 1);
    this.#problems.throwIfAny();
  }

  /** See `EventParser.take`. */
  take(size: number, rest: boolean): Iterable<Events> {
    if (!this.#problems.any) return this.#values?.take(size, rest) ?? [];
    this.#values?.clear();
    return [];
  }

  #begin(first: unknown): void {
    try {
      this.#shape = shapeOfTable(first, this.#source);
      this.#values = new RowCollector(this.#source, sizeOf(this.#shape));
    } catch (error) {
      if (!(error instanceof AxocError)) throw error;
      this.#fatal = error;
    }
  }

  #readArray(content: unknown, depth: number): void {
    const place = depth === 0 ? { row: this.#row } : { row: this.#row, column: this.#column };
    const length = this.#shape[depth]!;
    const isInnermost = depth === this.#shape.length - 1;
    if (!Array.isArray(content)) {
      this.#problems.addNotAnArray(place, describe(content));
    } else if (content.length !== length) {
      this.#problems.addRagged(place, content.length, length, isInnermost ? 'value' : 'array');
    } else {
      for (const inner of content) {
        if (isInnermost) this.#readValue(inner);
        else this.#readArray(inner, depth + 1);
      }
      return;
    }
    this.#column += sizeOf(this.#shape.slice(depth));
  }

  #readValue(content: unknown): void {
    const value = numberOf(content);
    const place = { row: this.#row, column: this.#column++ };
    if (value === undefined) this.#problems.addNotANumber(place, describe(content), numberHint);
    else if (typeof value === 'bigint' || Number.isSafeInteger(value)) this.#values!.add(value);
    else if (!Number.isFinite(value)) this.#problems.addNotFinite(place, value);
    else if (Math.abs(value) > Number.MAX_SAFE_INTEGER) this.#problems.addInexactInteger(place, value);
    else this.#values!.add(value);
  }
}

/** Row 0 shows how all rows nest, so it must be an array, and hold something. */
function shapeOfTable(first: unknown, source: string): readonly number[] {
  if (numberOf(first) !== undefined) throw flatEvents(source);
  if (!Array.isArray(first)) {
    const problems = new TableProblems(source);
    problems.addNotAnArray({ row: 0 }, describe(first));
    problems.throwIfAny();
  }
  const shape = shapeOf(first, source);
  checkNotEmpty(source, 1, sizeOf(shape));
  return shape;
}

/** A list of numbers is ambiguous: one event of many values, or many events of one? */
function flatEvents(source: string): Error {
  return userError(
    'flat-events',
    source,
    'a flat list of numbers: one event must be an array of values',
    'write [[1, 2, 3]] for one event of three values, [[1], [2], [3]] for three events of one value',
  );
}

/** Lengths of the nested arrays of row 0, outermost first. */
function shapeOf(row: unknown, source: string): readonly number[] {
  const shape: number[] = [];
  for (let inner = row; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > deepestNesting) {
      throw userError('deep-nesting', source, `row 0 nests more than ${deepestNesting} arrays`, 'flatten the events');
    }
  }
  return shape;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Where the next byte stands that JSON does not pass over. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let position = at;
  while (bytes[position]! <= space && isBlank(bytes[position]!)) position++;
  return position;
}

export function isBlank(byte: number): boolean {
  return byte === space || byte === 10 || byte === 13 || byte === 9;
}

function numberOf(content: unknown): number | bigint | undefined {
  if (typeof content === 'number') return content;
  if (typeof content === 'string' && /^-?\d+$/.test(content)) return exactInteger(content);
  return undefined;
}

function describe(content: unknown): string {
  if (Array.isArray(content)) return 'an array';
  if (typeof content === 'object' && content !== null) return 'an object';
  const text = JSON.stringify(content);
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}
