/** What a job has left: whether it is all there and whole, and its digests. */
import { join } from 'node:path';
import { z } from 'zod';
import { fileState } from '../../base/directories.js';
import { digestFile } from '../../base/file-digest.js';
import { readHead } from '../../base/files.js';

export const outputSchema = z.strictObject({
  /** Path from the directory of the job. */
  path: z.string(),
  bytes: z.number(),
  /** In ms since 1970: a file of the same size and time is not read again. */
  modified: z.number(),
  sha256: z.string(),
});
export type Output = z.output<typeof outputSchema>;

/** Why the outputs are not those of a job that succeeded; undefined when they are. */
export function findFault(directory: string, names: readonly string[]): string | undefined {
  for (const name of names) {
    const path = join(directory, name);
    const state = fileState(path);
    if (state === undefined) return `left no file ${name}`;
    if (state.bytes === 0) return `left ${name} empty`;
    if (name.endsWith('.root') && !isWholeRoot(path, state.bytes)) return `left ${name} cut off, or not closed`;
  }
  return undefined;
}

/** The head of a ROOT file says where it ends: `root`, version, begin, end (32 bits, 64 from version 1,000,000 on, big-endian). */
function isWholeRoot(path: string, bytes: number): boolean {
  const head = Buffer.from(readHead(path, 20));
  if (head.length < 20 || head.toString('latin1', 0, 4) !== 'root') return false;
  const isLarge = head.readUInt32BE(4) >= 1_000_000;
  const end = isLarge ? Number(head.readBigUInt64BE(12)) : head.readUInt32BE(12);
  return end > 0 && bytes >= end;
}

export function describeOutputs(directory: string, names: readonly string[]): readonly Output[] {
  return names.map((name) => {
    const path = join(directory, name);
    const { bytes, modified } = fileState(path)!;
    return { path: name, bytes, modified, sha256: digestFile(path) };
  });
}

/** Whether a file is still what was written down; it is read only when its time has changed. */
export function isUnchanged(directory: string, { path, bytes, modified, sha256 }: Output): boolean {
  const state = fileState(join(directory, path));
  if (state === undefined || state.bytes !== bytes) return false;
  return state.modified === modified || digestFile(join(directory, path)) === sha256;
}
