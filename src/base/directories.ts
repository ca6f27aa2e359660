/** Directories that other programs fill: made, moved into place, and what stands in them. */
import { copyFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { userError } from './diagnostic.js';
import { openFile } from './file-streams.js';
import { discard, ensureDirectory, fileExists, reasonOf, statsOf } from './files.js';

/** Makes a directory and those above it; one that is there stays as it is. @throws AxocError (user) */
export function makeDirectory(path: string): void {
  attempt(path, () => ensureDirectory(path));
}

/** Puts the directory or file `from` in the place of `to`; what stood there is gone once that is done. @throws AxocError (user) */
export function moveInto(from: string, to: string): void {
  attempt(to, () => {
    ensureDirectory(dirname(to));
    const replaced = `${to}.replaced`;
    if (fileExists(to)) {
      discard(replaced);
      renameSync(to, replaced);
    }
    renameSync(from, to);
    discard(replaced);
  });
}

/** Copies a file, and makes the directories above the copy. @throws AxocError (user) */
export function copyFile(from: string, to: string): void {
  attempt(to, () => {
    ensureDirectory(dirname(to));
    copyFileSync(from, to);
  });
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw userError('unwritable-directory', path, reasonOf(error), 'choose a directory that can be written');
  }
}

/** Size in bytes and time of the last change in ms since 1970. */
export interface FileState {
  readonly bytes: number;
  readonly modified: number;
}

/** Undefined when there is no file of this name, or none that can be looked at. */
export function fileState(path: string): FileState | undefined {
  const state = statsOf(path);
  return state?.isFile() ? { bytes: state.size, modified: Math.round(state.mtimeMs) } : undefined;
}

/** Of its end so much is looked at, in bytes. */
const tailLength = 2 ** 16;

/** The last lines of a file of any size, at most so many; none when it cannot be read. */
export function lastLines(path: string, count: number): readonly string[] {
  if (fileState(path) === undefined) return [];
  const file = openFile(path);
  try {
    const start = Math.max(0, file.size - tailLength);
    const lines = Buffer.from(file.read(start, tailLength)).toString('utf8').trimEnd().split('\n');
    return lines.at(-1) === '' ? [] : lines.slice(-count);
  } finally {
    file.close();
  }
}
