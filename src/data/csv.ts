/** Events from text: one event a line, values separated by comma, semicolon, tab or spaces. */
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { userError } from '../base/diagnostic.js';
import { checkNotEmpty, type Events, exactInteger, makeEvents } from './events.js';
import { TableProblems } from './table-problems.js';

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const nonFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/**
 * The separator is the first of semicolon, comma, tab and space that the first line holds. Blank lines and what follows
 * a `#` are skipped. A first row of nothing but names is a header. Digits
 * alone are an exact integer of any size; a number with a point or an exponent is the nearest double.
 * @throws AxocError with all problems of the table, by row and column from 0 and line from 1.
 */
export function readCsv(text: string, source: string): Events {
  const separator = separatorOf(text);
  const table = new TextTable(source);
  parseText(separator === ' ' ? singleSpaced(text) : text, source, {
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    comment: '#',
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    on_record: (cells: string[], { lines }) => {
      table.addRow(cells, lines);
      return null;
    },
  });
  return table.finish();
}

function parseText(text: string, source: string, options: Options): void {
  try {
    parse(text, options);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const place = `${source}: line ${(error as CsvError & { lines: number }).lines}`;
    throw userError(
      'csv-syntax',
      place,
      'a quotation mark is misplaced or has no partner',
      'remove the quotation marks',
    );
  }
}

function separatorOf(text: string): string {
  const firstLine = /^[^\S\n\r]*[^\s#][^#\n\r]*/m.exec(text)?.[0].trim() ?? '';
  return [';', ',', '\t'].find((separator) => firstLine.includes(separator)) ?? ' ';
}

/** One space between any two values, none at the ends of a line. */
function singleSpaced(text: string): string {
  return text.replace(/[ \t]+/g, ' ').replace(/^ | $/gm, '');
}

/** Collects rows; the first one that is no header sets the width. */
class TextTable {
  readonly #source: string;
  readonly #problems: TableProblems;
  readonly #values: (number | bigint)[] = [];
  #isFirst = true;
  #count = 0;
  #width = 0;

  constructor(source: string) {
    this.#source = source;
    this.#problems = new TableProblems(source);
  }

  addRow(cells: readonly string[], line: number): void {
    const isHeader = this.#isFirst && cells.every(isName);
    this.#isFirst = false;
    if (isHeader) return;
    const row = this.#count++;
    if (row === 0) this.#width = cells.length;
    if (cells.length !== this.#width) this.#problems.addRagged({ row, line }, cells.length, this.#width, 'value');
    for (const [column, cell] of cells.entries()) this.#addCell(cell, row, column, line);
  }

  finish(): Events {
    this.#problems.throwIfAny();
    checkNotEmpty(this.#source, this.#count, 1);
    return makeEvents(this.#source, this.#count, this.#width, this.#values);
  }

  #addCell(cell: string, row: number, column: number, line: number): void {
    if (integer.test(cell)) this.#values.push(exactInteger(cell));
    else if (decimal.test(cell)) this.#addDecimal(cell, row, column, line);
    else if (nonFinite.test(cell)) this.#problems.addNotFinite({ row, column, line }, cell);
    else this.#problems.addNotANumber({ row, column, line }, describe(cell), hintFor(cell));
  }

  #addDecimal(cell: string, row: number, column: number, line: number): void {
    const value = Number(cell);
    if (Number.isFinite(value)) this.#values.push(value);
    else this.#problems.addNotFinite({ row, column, line }, cell);
  }
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
