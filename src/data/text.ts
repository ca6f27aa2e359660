/** Bytes to text: UTF-8 without control characters, or a refusal. */
import { userError } from '../base/diagnostic.js';

/** Below the space, text holds only tab (9), line feed (10) to carriage return (13). */
const control = /[^\t-\r -\uffff]/;

/**
 * @param isCut whether the last character may be incomplete, and is left out then
 * @throws AxocError (user) for what is no text
 */
export function textOf(bytes: Uint8Array, source: string, isCut = false): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    throw notText(source);
  }
  if (control.test(text)) throw notText(source);
  return text;
}

function notText(source: string): Error {
  return unknownFormat(source, 'is neither npy, npz nor text in UTF-8');
}

export function unknownFormat(source: string, message: string): Error {
  return userError(
    'unknown-format',
    source,
    message,
    'give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not',
  );
}

/** Line and column, from 1, of a place in a text that is read in pieces. */
export class TextPosition {
  line = 1;
  column = 1;

  /** @param bytes whole characters that end at the place */
  advance(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let lineStart = -1;
    for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) {
      this.line++;
      lineStart = at + 1;
    }
    if (lineStart >= 0) this.column = 1;
    this.column += buffer.toString('utf8', Math.max(0, lineStart)).length;
  }
}
