/** Names of what is being written, and the removal of what a killed process has left behind. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stagedName } from '../../src/base/staged-name.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'axoc-staged-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('are beside the file, and never twice the same', () => {
  const target = path.join(directory, 'lite.h5');
  const names = [stagedName(target), stagedName(target)];
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/lite\.h5\.[0-9a-f]{8}-\d+-[0-9a-f]{8}\.partial$/);
  expect(() => stagedName(path.join(directory, 'nowhere', 'lite.h5'))).not.toThrow();
});

it('only what a process of this machine that has ended left for the same file is removed', () => {
  const target = path.join(directory, 'lite.h5');
  const mine = path.basename(stagedName(target));
  const ended = spawnSync(process.execPath, ['-e', '0']).pid;
  const dead = mine.replace(`-${process.pid}-`, `-${ended}-`);
  const kept = [
    mine,
    dead.replace('lite.h5', 'complete.h5'),
    dead.replace(/h5\.[0-9a-f]{8}/, 'h5.00000000'),
    'lite.h5',
    'lite.h5.partial',
  ];
  for (const name of [...kept, dead]) writeFileSync(path.join(directory, name), '');
  const deadTree = dead.replace('lite.h5', '.firmware');
  mkdirSync(path.join(directory, deadTree));
  writeFileSync(path.join(directory, deadTree, 'build_prj.tcl'), '');
  stagedName(target);
  expect(readdirSync(directory).sort()).toEqual([...kept, deadTree].sort());
  stagedName(path.join(directory, '.firmware'));
  expect(readdirSync(directory).sort()).toEqual([...kept].sort());
});
