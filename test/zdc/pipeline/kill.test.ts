/** A pipeline killed in every stage, and gone on with: the same results as without, and nothing left running. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakePipeline } from './workplace.js';

let place: FakePipeline;
beforeEach(() => {
  place = new FakePipeline();
});
afterEach(() => place.remove());

/** Processes of this machine that came of a pipeline in this directory. */
function leftRunning(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').includes(place.home) ? [pid] : [];
      } catch {
        return [];
      }
    });
}

it('killed in every stage, it ends with the same results, and does again only what was under way', async () => {
  const whole = new FakePipeline();
  await whole.run();
  const expected = new Map([...whole.results()].filter(([name]) => !name.includes('checkpoint')));
  whole.remove();

  const calls: string[][] = [];
  for (const stage of ['simulate-3', 'extract-1', 'prepare', 'train', 'export']) {
    const when =
      stage === 'train' ? () => existsSync(place.path('out/work/train/1/out/work/checkpoint-even.axoc')) : undefined;
    await place.runAndKill(stage, when);
    calls.push(place.takeCalls());
  }
  // What was under way has outlived its pipeline: the next one ends it.
  expect(leftRunning().length).toBeGreaterThan(0);
  await place.run();
  expect(leftRunning()).toEqual([]);
  calls.push(place.takeCalls());

  expect(calls.map((list) => [...new Set(list.map((call) => call.replace(/-\d/, '')))])).toEqual([
    ['simulate'],
    ['extract', 'simulate'],
    ['extract', 'prepare'],
    ['prepare', 'train'],
    ['export', 'train --resume'],
    ['export'],
  ]);
  // Runs 1 and 2 were done when the third was killed: they are not simulated again.
  expect(calls[1]!.filter((call) => call.startsWith('simulate'))).toEqual(['simulate-3']);
  expect(new Map([...place.results()].filter(([name]) => !name.includes('checkpoint')))).toEqual(expected);
  expect(readdirSync(place.path('out')).sort()).toEqual(
    ['export', 'extract', 'journal.json', 'logs', 'prepare', 'settings', 'simulate', 'train', 'work'].sort(),
  );
});
