/** Files of any size: read piece by piece, and written piece by piece yet whole or not at all. */
import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { userError } from './diagnostic.js';
import { discard, ensureDirectory, reasonOf, replacedFile } from './files.js';
import { stagedName } from './staged-name.js';

/** Bytes that can be read at any place. */
export interface RandomAccess {
  readonly size: number;
  /** The bytes from `offset` on, fewer than `length` only at the end. */
  read(offset: number, length: number): Uint8Array;
}

export interface OpenFile extends RandomAccess {
  close(): void;
}

/** @throws AxocError (user) when the file cannot be opened, and from `read` when it cannot be read */
export function openFile(path: string): OpenFile {
  const file = attemptRead(path, () => openSync(path, 'r'));
  return {
    size: attemptRead(path, () => fstatSync(file).size),
    read: (offset, length) =>
      attemptRead(path, () => {
        const bytes = new Uint8Array(length);
        let filled = 0;
        while (filled < length) {
          const count = readSync(file, bytes, filled, length - filled, offset + filled);
          if (count === 0) return bytes.subarray(0, filled);
          filled += count;
        }
        return bytes;
      }),
    close: () => closeSync(file),
  };
}

function attemptRead<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  }
}

/** A file that stands under its name only once it is complete; until then an older one does. */
export interface StagedFile {
  append(bytes: Uint8Array): void;
  /** Writes over what was appended before. */
  overwrite(offset: number, bytes: Uint8Array): void;
  /** Takes the place of an older file, in one step. */
  commit(): void;
  /** Leaves nothing behind; after `commit` it does nothing. */
  discard(): void;
}

/**
 * Starts a file beside `path`. An interrupt (SIGINT, SIGTERM) removes it before the process ends.
 * @throws AxocError (user) when `path` cannot be written, from all methods but `discard`
 */
export function stageFile(path: string): StagedFile {
  const target = replacedFile(path);
  const staged = stagedName(target);
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      end();
      throw userError('unwritable-file', path, reasonOf(error), 'choose a path that can be written');
    }
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    end();
    process.kill(process.pid, signal);
  };
  let file: number | undefined;
  let length = 0;
  const end = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
    if (file !== undefined) closeSync(file);
    file = undefined;
    discard(staged);
  };
  const write = (bytes: Uint8Array, offset: number): void =>
    attempt(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file!, bytes, at, bytes.length - at, offset + at);
    });
  attempt(() => {
    ensureDirectory(dirname(target));
    file = openSync(staged, 'wx');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupted);
  return {
    append(bytes) {
      write(bytes, length);
      length += bytes.length;
    },
    overwrite: (offset, bytes) => write(bytes, offset),
    commit() {
      attempt(() => {
        closeSync(file!);
        file = undefined;
        renameSync(staged, target);
      });
      end();
    },
    discard: end,
  };
}
