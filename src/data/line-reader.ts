/** Lines of a text file one after the other, as bytes: files of any size in constant memory. */
import { userError } from '../base/diagnostic.js';
import type { RandomAccess } from '../base/file-streams.js';

const chunkSize = 1 << 20;
const [lineFeed, carriageReturn] = [10, 13];

export class LineReader {
  /** The current line stands in `bytes` from `start` to `end`, without its line feed; valid until `next`. */
  bytes: Uint8Array = new Uint8Array();
  start = 0;
  end = 0;
  /** Number of the current line, from 1. */
  line = 0;
  /** Whether the file ended before the current line did. */
  isUnended = false;
  #position = 0;
  #offset = 0;

  /** @param source the file's name, for messages */
  constructor(
    private readonly file: RandomAccess,
    private readonly source: string,
  ) {}

  /**
   * Goes to the next line; false at the end.
   * @throws AxocError (user) when the file cannot be read, and for a line longer than any of a text
   */
  next(): boolean {
    let feed = this.bytes.indexOf(lineFeed, this.#position);
    if (feed < 0) {
      this.#readOn();
      feed = this.bytes.indexOf(lineFeed, this.#position);
      if (feed < 0 && this.#offset < this.file.size) throw this.#tooLong();
      if (feed < 0 && this.#position === this.bytes.length) return false;
    }
    this.line++;
    this.start = this.#position;
    this.isUnended = feed < 0;
    this.end = feed < 0 ? this.bytes.length : feed;
    this.#position = feed < 0 ? this.end : feed + 1;
    if (this.end > this.start && this.bytes[this.end - 1] === carriageReturn) this.end--;
    return true;
  }

  get text(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.start, this.end - this.start).toString('latin1');
  }

  /** Whether the rest of the file is blanks, or nothing. Goes to its end, or to the first line that is not. */
  restIsBlank(): boolean {
    while (this.next()) if (this.text.trim() !== '') return false;
    return true;
  }

  /** Keeps the beginning of a line and puts the next piece of the file behind it. */
  #readOn(): void {
    const rest = this.bytes.subarray(this.#position);
    const more = this.file.read(this.#offset, chunkSize);
    this.#offset += more.length;
    this.#position = 0;
    this.bytes = rest.length === 0 ? more : new Uint8Array(Buffer.concat([rest, more]));
  }

  #tooLong(): Error {
    return userError(
      'unknown-format',
      `${this.source}: line ${this.line + 1}`,
      'is longer than a megabyte: this is no table of numbers',
      'check that the file is the one that was meant',
    );
  }
}
