/** Events from text, in pieces of any size: one event a line, values separated by comma, semicolon, tab or spaces. */
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { userError } from '../../base/diagnostic.js';
import type { EventParser } from '../event-parser.js';
import type { Events } from '../events.js';
import { textOf } from '../text.js';
import { CsvRows } from './rows.js';

const [lineFeed, carriageReturn, quote] = [10, 13, 0x22];
const lineEnd = /\r\n|\n|\r/g;

/** Bytes looked at together; lines are never cut. */
const pieceSize = 1 << 20;
/** A line, or a value in quotation marks, of more bytes is taken for a mistake. */
const longestLine = 1 << 24;

/**
 * The separator is the first of semicolon, comma, tab and space that the first line holds. Blank lines and what follows
 * a `#` are skipped. A first row of nothing but names is a header. Digits
 * alone are an exact integer of any size; a number with a point or an exponent is the nearest double.
 * @throws AxocError with all problems of the table, by row and column from 0 and line from 1.
 */
export class CsvParser implements EventParser {
  readonly #source: string;
  readonly #rows: CsvRows;
  #bytes: Uint8Array = new Uint8Array();
  /** Of the first line with values. */
  #separator: string | undefined;
  /** Lines before those that are being read. */
  #lines = 0;

  constructor(source: string) {
    this.#source = source;
    this.#rows = new CsvRows(source);
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += pieceSize) this.#pushPiece(bytes.subarray(at, at + pieceSize));
  }

  finish(): void {
    this.#parse(this.#bytes);
    this.#rows.finish();
  }

  take(size: number, rest: boolean): Iterable<Events> {
    return this.#rows.take(size, rest);
  }

  #pushPiece(piece: Uint8Array): void {
    const bytes = this.#bytes.length > 0 ? Buffer.concat([this.#bytes, piece]) : piece;
    const end = endOfLines(bytes);
    const isWhole = end > 0 && !endsInQuotes(bytes.subarray(0, end), this.#source);
    if (isWhole) this.#parse(bytes.subarray(0, end));
    // What is left is copied: the bytes are the caller's.
    this.#bytes = Uint8Array.from(isWhole ? bytes.subarray(end) : bytes);
    if (this.#bytes.length > longestLine)
      throw userError(
        'too-large',
        `${this.#source}: line ${this.#lines + 1}`,
        `the line, or the value in quotation marks, has more than ${longestLine} bytes`,
        'write one event a line, and look for a quotation mark without partner',
      );
  }

  /** @param bytes whole lines */
  #parse(bytes: Uint8Array): void {
    const end = this.#separator === undefined ? 0 : this.#parsePlain(bytes, this.#separator);
    if (end < bytes.length) this.#parseText(textOf(bytes.subarray(end), this.#source));
  }

  /** Reads lines of nothing but plain numbers, up to the first that is none. */
  #parsePlain(bytes: Uint8Array, separator: string): number {
    const code = separator.charCodeAt(0);
    let at = 0;
    for (let end = this.#rows.addPlain(bytes, 0, code); end >= 0; end = this.#rows.addPlain(bytes, at, code)) {
      at = end;
      this.#lines++;
    }
    return at;
  }

  #parseText(text: string): void {
    this.#separator ??= separatorOf(text);
    const separator = this.#separator ?? ' ';
    const linesBefore = this.#lines;
    this.#parseCells(separator === ' ' ? singleSpaced(text) : text, {
      delimiter: separator,
      record_delimiter: ['\r\n', '\n', '\r'],
      comment: '#',
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (cells: string[], { lines }) => {
        this.#rows.add(cells, linesBefore + lines);
        return null;
      },
    });
    this.#lines += text.match(lineEnd)?.length ?? 0;
  }

  #parseCells(text: string, options: Options): void {
    try {
      parse(text, options);
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const line = this.#lines + (error as CsvError & { lines: number }).lines;
      throw userError(
        'csv-syntax',
        `${this.#source}: line ${line}`,
        'a quotation mark is misplaced or has no partner',
        'remove the quotation marks',
      );
    }
  }
}

/** Where the last whole line ends; 0 when none does. A carriage return counts once it is known that no line feed follows. */
function endOfLines(bytes: Uint8Array): number {
  const feed = bytes.lastIndexOf(lineFeed);
  return feed >= 0 ? feed + 1 : bytes.subarray(0, -1).lastIndexOf(carriageReturn) + 1;
}

/** Whether a value in quotation marks goes on after these lines. */
function endsInQuotes(bytes: Uint8Array, source: string): boolean {
  if (!bytes.includes(quote)) return false;
  let inQuotes = false;
  let inComment = false;
  for (const character of textOf(bytes, source)) {
    if (character === '\n' || character === '\r') inComment = false;
    else if (character === '#' && !inQuotes) inComment = true;
    else if (character === '"' && !inComment) inQuotes = !inQuotes;
  }
  return inQuotes;
}

/** Undefined when no line holds values. */
function separatorOf(text: string): string | undefined {
  const firstLine = /^[^\S\n\r]*[^\s#][^#\n\r]*/m.exec(text)?.[0].trim();
  return firstLine === undefined ? undefined : ([';', ',', '\t'].find((one) => firstLine.includes(one)) ?? ' ');
}

/** One space between any two values, none at the ends of a line. */
function singleSpaced(text: string): string {
  return text.replace(/[ \t]+/g, ' ').replace(/^ | $/gm, '');
}
