/** Files that a library writes by itself: under another name until they are complete, and corrected in place. */
import { closeSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { userError } from './diagnostic.js';
import { discard, ensureDirectory, reasonOf, replacedFile } from './files.js';
import { stagedName } from './staged-name.js';

/**
 * `write` makes a file at the path it is given; once it is done, that file replaces `path` in one step. If `write` fails, an
 * older file stays and nothing else is left; nor does an interrupt leave anything, unless someone else handles it.
 */
export async function withStagedPath<T>(path: string, write: (staged: string) => Promise<T>): Promise<T> {
  const target = replacedFile(path);
  const staged = stagedName(target);
  const forget = discardWhenInterrupted(staged);
  try {
    ensureDirectory(dirname(target));
    const result = await write(staged);
    renameSync(staged, target);
    return result;
  } catch (error) {
    discard(staged);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw userError('unwritable-file', path, reasonOf(error), 'choose a path that can be written');
  } finally {
    forget();
  }
}

/** Gives what ends it. */
function discardWhenInterrupted(path: string): () => void {
  const signals = (['SIGINT', 'SIGTERM'] as const).filter((signal) => process.listenerCount(signal) === 0);
  const interrupted = (signal: NodeJS.Signals): void => {
    forget();
    discard(path);
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    for (const signal of signals) process.off(signal, interrupted);
  };
  for (const signal of signals) process.on(signal, interrupted);
  return forget;
}

/** Bytes of a file that can be read and replaced at any place. */
export interface PatchAccess {
  read(offset: number, length: number): Buffer;
  write(offset: number, bytes: Uint8Array): void;
}

/** Opens an existing file for `work` to correct. */
export function patchFile(path: string, work: (file: PatchAccess) => void): void {
  const file = openSync(path, 'r+');
  try {
    work({
      read(offset, length) {
        const bytes = Buffer.alloc(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
      },
      write: (offset, bytes) => void writeSync(file, bytes, 0, bytes.length, offset),
    });
  } finally {
    closeSync(file);
  }
}
