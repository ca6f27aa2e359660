/** Where a JSON value ends in bytes that arrive in pieces, found by its brackets and quotation marks alone. */
import { isBlank } from './rows.js';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What it takes for a value need not be one: whoever parses it finds that out. */
export class JsonExtent {
  /** How far the value has been read from its first byte, brackets that are open there, and whether inside a string. */
  #read = 0;
  #depth = 0;
  #inString = false;

  /**
   * The end of the value that begins at `start`; -1 when it may go on beyond the bytes. Asked again with more bytes, it
   * goes on where it stopped.
   */
  end(bytes: Uint8Array, start: number, isLast: boolean): number {
    const end = this.#find(bytes, start, isLast);
    if (end >= 0) this.forget();
    return end;
  }

  /** The value has been read in another way. */
  forget(): void {
    this.#read = 0;
    this.#depth = 0;
    this.#inString = false;
  }

  #find(bytes: Uint8Array, start: number, isLast: boolean): number {
    for (let at = start + this.#read; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (byte === backslash) at++;
        else if (byte === quote) {
          this.#inString = false;
          if (this.#depth === 0) return at + 1;
        }
      } else if (byte === quote) {
        // A quotation mark inside a bare word is no part of it.
        if (this.#depth === 0 && at > start) return at;
        this.#inString = true;
      } else if (byte === openBracket || byte === openBrace) {
        if (this.#depth === 0 && at > start) return at;
        this.#depth++;
      } else if (byte === closeBracket || byte === closeBrace) {
        if (this.#depth === 0) return at;
        this.#depth--;
        if (this.#depth === 0) return at + 1;
      } else if (this.#depth === 0 && (byte === comma || byte === colon || isBlank(byte))) {
        return at;
      }
      this.#read = at + 1 - start;
    }
    return isLast && this.#depth === 0 && !this.#inString ? bytes.length : -1;
  }
}
