/** The identity of a file's content, or of a text's. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { breathe } from './breathe.js';
import { userError } from './diagnostic.js';
import { reasonOf } from './files.js';

/** SHA-256 of a text in UTF-8, in hexadecimal. */
export function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of all bytes, in hexadecimal; read piece by piece. */
export function digestFile(path: string): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(path)) hash.update(piece);
  return hash.digest('hex');
}

/** The same of a file of any size: signals and timers have their turn between pieces. */
export async function digestLargeFile(path: string, afterPiece: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  for (const piece of piecesOf(path)) {
    hash.update(piece);
    await breathe();
    afterPiece(piece.length);
  }
  return hash.digest('hex');
}

/** Each piece is overwritten by the next. */
function* piecesOf(path: string): Generator<Uint8Array> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const piece = Buffer.alloc(2 ** 22);
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece))
      yield piece.subarray(0, length);
  } catch (error) {
    // Not what the reader of the pieces throws: a generator never sees that.
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
