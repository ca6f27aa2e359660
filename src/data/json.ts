/** Events from JSON: an array of rows, or an object whose key `events` holds one. */
import { userError } from '../base/diagnostic.js';
import { checkNotEmpty, type Events, exactInteger, makeEvents } from './events.js';
import { parseJson } from './parse-json.js';
import { TableProblems } from './table-problems.js';

/** numpy knows no more dimensions either. */
const deepestNesting = 64;

const numberHint = 'every value must be a number, or a string of digits for an integer beyond 2^53';

/**
 * Each row is an array of numbers; nested rows such as (19,3) are flattened, last index fastest, and all rows nest as row 0
 * does. An integer beyond 2^53 - 1 is written as a string of digits; as a number it is refused, because JSON would round it.
 * @throws AxocError with all problems of the table, by row and column from 0; a syntax error by line and column from 1.
 */
export function readJson(text: string, source: string): Events {
  const rows = rowsOf(parseJson(text, source), source);
  const shape = shapeOf(rows[0], source);
  checkNotEmpty(source, rows.length, sizeOf(shape));
  return new RowReader(source, shape).read(rows);
}

function rowsOf(parsed: unknown, source: string): readonly unknown[] {
  if (Array.isArray(parsed)) return checkRows(parsed, source);
  const events = (parsed as { events?: unknown }).events;
  if (Array.isArray(events)) return checkRows(events, source);
  const keys =
    Object.keys(parsed as object)
      .slice(0, 10)
      .join(', ') || 'none';
  throw userError(
    'missing-events',
    source,
    'the object has no array "events"',
    `give the array of rows the key "events" (keys found: ${keys})`,
  );
}

/** Row 0 shows how all rows nest, so it must be an array. */
function checkRows(rows: readonly unknown[], source: string): readonly unknown[] {
  checkNotEmpty(source, rows.length, 1);
  const [first] = rows;
  if (Array.isArray(first)) return rows;
  if (numberOf(first) !== undefined) throw flatEvents(source);
  const problems = new TableProblems(source);
  problems.addNotAnArray({ row: 0 }, describe(first));
  problems.throwIfAny();
  return rows;
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

/** Collects the values of all rows, and every way in which a row differs from row 0. */
class RowReader {
  readonly #source: string;
  readonly #shape: readonly number[];
  readonly #problems: TableProblems;
  readonly #values: (number | bigint)[] = [];
  #row = 0;
  #column = 0;

  constructor(source: string, shape: readonly number[]) {
    this.#source = source;
    this.#shape = shape;
    this.#problems = new TableProblems(source);
  }

  read(rows: readonly unknown[]): Events {
    for (const [row, content] of rows.entries()) {
      this.#row = row;
      this.#column = 0;
      this.#readArray(content, 0);
    }
    this.#problems.throwIfAny();
    return makeEvents(this.#source, rows.length, sizeOf(this.#shape), this.#values);
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
    else if (typeof value === 'bigint' || Number.isSafeInteger(value)) this.#values.push(value);
    else if (!Number.isFinite(value)) this.#problems.addNotFinite(place, value);
    else if (Math.abs(value) > Number.MAX_SAFE_INTEGER) this.#problems.addInexactInteger(place, value);
    else this.#values.push(value);
  }
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
