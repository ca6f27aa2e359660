/** Digests of files: the same at once and piece by piece, and errors that say what cannot be read. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { digestFile, digestLargeFile } from '../../src/base/file-digest.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-digest-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('of several pieces', async () => {
  const file = path.join(directory, 'large');
  const bytes = Buffer.alloc(2 ** 22 + 12_345, 'axoc');
  writeFileSync(file, bytes);
  const pieces: number[] = [];
  const digest = await digestLargeFile(file, (length) => pieces.push(length));
  expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(digestFile(file)).toBe(digest);
  expect(pieces).toEqual([2 ** 22, 12_345]);
});

it('ends where whoever follows it wants it to', async () => {
  const stop = (): never => {
    throw new Error('interrupted');
  };
  await expect(digestLargeFile(path.join(directory, 'large'), stop)).rejects.toThrow('interrupted');
});

it('of what cannot be read', async () => {
  const missing = path.join(directory, 'missing');
  expect(() => digestFile(missing)).toThrow(`error[unreadable-file]: ${missing}: no such file or directory`);
  await expect(digestLargeFile(missing, () => {})).rejects.toThrow('error[unreadable-file]');
  expect(() => digestFile(directory)).toThrow('error[unreadable-file]');
});
