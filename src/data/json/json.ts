/** Events from JSON, in pieces of any size: an array of rows, or an object whose key `events` holds one. */
import { userError } from '../../base/diagnostic.js';
import type { EventParser } from '../event-parser.js';
import type { Events } from '../events.js';
import { TextPosition, textOf } from '../text.js';
import { JsonExtent } from './extent.js';
import { findJsonMistake, type JsonState } from './mistake.js';
import { mistakeError, unexplained } from './parse-json.js';
import { JsonRows, skipBlanks } from './rows.js';

const codes = { '[': 0x5b, ']': 0x5d, '{': 0x7b, '}': 0x7d, ',': 0x2c, ':': 0x3a, '"': 0x22 } as const;

/** A row, or another value beside the events, of more bytes is taken for a mistake. */
const longestValue = 1 << 28;
/** As many characters after a mistake are enough to name it. */
const lookAhead = 16;

/**
 * Each row is an array of numbers; nested rows such as (19,3) are flattened, last index fastest, and all rows nest as row 0
 * does. An integer beyond 2^53 - 1 is written as a string of digits; as a number it is refused, because JSON would round it.
 * Memory: the bytes of one row beyond those it was given last, and rows that were not yet taken.
 * @throws AxocError with all problems of the table, by row and column from 0; a syntax error by line and column from 1.
 */
export class JsonParser implements EventParser {
  readonly #source: string;
  readonly #rows: JsonRows;
  readonly #extent = new JsonExtent();
  /** Where `#bytes` begin in the file. */
  readonly #position = new TextPosition();
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #isLast = false;

  #open: ('[' | '{')[] = [];
  #state: JsonState = 'a value';
  /** Keys of the outer object so far; undefined when the rows stand alone. */
  #keys: Set<string> | undefined;
  #key = '';
  #foundEvents = false;

  constructor(source: string) {
    this.#source = source;
    this.#rows = new JsonRows(source);
  }

  push(bytes: Uint8Array): void {
    this.#bytes = this.#at < this.#bytes.length ? Buffer.concat([this.#bytes.subarray(this.#at), bytes]) : bytes;
    this.#at = 0;
    this.#parse();
    this.#position.advance(this.#bytes.subarray(0, this.#at));
    // What is left is copied: the bytes are the caller's.
    this.#bytes = Uint8Array.from(this.#bytes.subarray(this.#at));
    this.#at = 0;
    if (this.#bytes.length > longestValue)
      throw userError(
        'too-large',
        `${this.#source}: line ${this.#position.line}, column ${this.#position.column}`,
        `the value that begins here has more than ${longestValue} bytes`,
        'look for a missing bracket or quotation mark, and leave out everything but the events',
      );
  }

  finish(): void {
    this.#isLast = true;
    this.#parse();
    if (this.#state !== 'nothing more') throw this.#mistake();
    if (this.#keys !== undefined && !this.#foundEvents) throw missingEvents(this.#keys, this.#source);
    this.#rows.finish();
  }

  take(size: number, rest: boolean): Iterable<Events> {
    return this.#rows.take(size, rest);
  }

  /** Goes on as far as the bytes reach. */
  #parse(): void {
    for (;;) {
      this.#at = skipBlanks(this.#bytes, this.#at);
      if (this.#at >= this.#bytes.length || !this.#step()) return;
    }
  }

  /** Takes one token, or one whole value inside the outer array or object; false when it may go on beyond the bytes. */
  #step(): boolean {
    const byte = this.#bytes[this.#at]!;
    switch (this.#state) {
      case 'a value or "]"':
        return byte === codes[']'] ? this.#close() : this.#row();
      case 'a value':
        if (this.#open.length === 0) return this.#begin(byte);
        return this.#open.at(-1) === '[' ? this.#row() : this.#member(byte);
      case '"," or "]"':
        if (byte === codes[',']) return this.#pass('a value');
        return byte === codes[']'] ? this.#close() : this.#refuse();
      case 'a key or "}"':
        return byte === codes['}'] ? this.#close() : this.#readKey(byte);
      case 'a key':
        return this.#readKey(byte);
      case '":"':
        return byte === codes[':'] ? this.#pass('a value') : this.#refuse();
      case '"," or "}"':
        if (byte === codes[',']) return this.#pass('a key');
        return byte === codes['}'] ? this.#close() : this.#refuse();
      case 'nothing more':
        return this.#refuse();
    }
  }

  #pass(next: JsonState): true {
    this.#at++;
    this.#state = next;
    return true;
  }

  #begin(byte: number): boolean {
    if (byte !== codes['['] && byte !== codes['{']) return this.#refuse();
    if (byte === codes['[']) return this.#enterRows();
    this.#open.push('{');
    this.#keys = new Set();
    return this.#pass('a key or "}"');
  }

  #enterRows(): true {
    this.#open.push('[');
    return this.#pass('a value or "]"');
  }

  #close(): true {
    this.#open.pop();
    return this.#pass(this.#open.length === 0 ? 'nothing more' : '"," or "}"');
  }

  #row(): boolean {
    const end = this.#rows.addPlain(this.#bytes, this.#at, this.#bytes.length);
    if (end < 0) return this.#value('"," or "]"', (content) => this.#rows.add(content));
    this.#extent.forget();
    this.#at = end;
    this.#state = '"," or "]"';
    return true;
  }

  #member(byte: number): boolean {
    if (this.#key !== 'events') return this.#value('"," or "}"', () => {});
    if (this.#foundEvents)
      throw userError(
        'json-syntax',
        this.#source,
        'the key "events" stands twice in the object',
        'give it once, with all rows',
      );
    if (byte !== codes['[']) return this.#value('"," or "}"', () => {});
    this.#foundEvents = true;
    return this.#enterRows();
  }

  #readKey(byte: number): boolean {
    if (byte !== codes['"']) return this.#refuse();
    return this.#value('":"', (key) => {
      this.#key = key as string;
      this.#keys!.add(this.#key);
    });
  }

  /** Takes a whole value, whatever it is. */
  #value(next: JsonState, take: (content: unknown) => void): boolean {
    const end = this.#extent.end(this.#bytes, this.#at, this.#isLast);
    if (end < 0) return false;
    if (end === this.#at) return this.#refuse();
    const text = textOf(this.#bytes.subarray(this.#at, end), this.#source);
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      return this.#refuse();
    }
    take(content);
    this.#at = end;
    this.#state = next;
    return true;
  }

  /** Throws what is wrong at this place; waits for more bytes if they are needed to name it. */
  #refuse(): false {
    if (!this.#isLast && this.#bytes.length - this.#at < lookAhead) return false;
    throw this.#mistake();
  }

  #mistake(): Error {
    const text = textOf(this.#bytes.subarray(this.#at), this.#source, !this.#isLast);
    const mistake = findJsonMistake(text, { open: this.#open, state: this.#state });
    if (mistake === undefined) return unexplained(this.#source);
    this.#position.advance(this.#bytes.subarray(0, this.#at));
    return mistakeError(text, mistake, this.#source, this.#position);
  }
}

function missingEvents(keys: ReadonlySet<string>, source: string): Error {
  return userError(
    'missing-events',
    source,
    'the object has no array "events"',
    `give the array of rows the key "events" (keys found: ${[...keys].slice(0, 10).join(', ') || 'none'})`,
  );
}
