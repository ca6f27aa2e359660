/** The identity of a file's content, or of a text's. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { userError } from './diagnostic.js';
import { reasonOf } from './files.js';

/** SHA-256 of a text in UTF-8, in hexadecimal. */
export function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of all bytes, in hexadecimal; read piece by piece. */
export function digestFile(path: string): string {
  const hash = createHash('sha256');
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const piece = Buffer.alloc(2 ** 22);
    for (let length = -1; length !== 0; ) {
      length = readSync(file, piece, 0, piece.length, null);
      hash.update(piece.subarray(0, length));
    }
  } catch (error) {
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return hash.digest('hex');
}
