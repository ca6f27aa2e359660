/** A fit that is killed again and again ends as if it had not been; checkpoints that are damaged or foreign are refused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { RowDescriptor } from '../../src/data/hdf5/rows.js';
import { newestCheckpoint } from '../../src/train/checkpoint.js';
import { type FitResult, fit } from '../../src/train/fit.js';
import type { FitOptions } from '../../src/train/fit-options.js';
import { linearRows, options, quiet, temporaryDirectory, writeRows } from './problems.js';
import { smallVae } from './small-vae.js';

const directory = temporaryDirectory();
const path = (name: string): string => join(directory, name);
let training: RowDescriptor;

beforeAll(async () => {
  training = await writeRows(path('training.h5'), linearRows(500, 6), 4);
});

/** Runs the child, which ends or, with `moment`, is killed so many milliseconds after it has finished so many epochs. @returns epochs it has printed */
async function runChild(
  home: string,
  result: string,
  moment?: { epochs: number; milliseconds: number },
): Promise<string[]> {
  const script = fileURLToPath(new URL('./resume-child.ts', import.meta.url));
  const when = moment === undefined ? [] : [moment.epochs, moment.milliseconds].map(String);
  const child = spawn(process.execPath, ['--import', 'tsx', script, home, training.path, result, ...when], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(...chunk.toString().trim().split('\n')));
  const [, signal] = await once(child, 'close');
  expect(signal).toBe(moment === undefined ? null : 'SIGKILL');
  return printed;
}

/** What a child prints that finishes so many epochs, none left out and none twice. */
const epochsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

describe('kill -9', () => {
  it('at any moment, then resuming, ends with the same bits, history and log as no kill', async () => {
    mkdirSync(path('killed'));
    mkdirSync(path('whole'));
    const random = Random.seeded(Number(process.env.AXOC_SEED ?? 1));
    const doneEpochs = (): number => newestCheckpoint(path('killed'))?.state.progress.epoch ?? 0;
    for (let kill = 0; kill < 4; kill++) {
      const done = doneEpochs();
      const moment = { epochs: random.integer(1, 5), milliseconds: random.integer(0, 40) };
      const printed = await runChild(path('killed'), path('killed.json'), moment);
      expect(printed).toEqual(epochsFrom(done + 1, printed.length));
    }
    // Four kills took effect: nothing was finished yet, and something was already done.
    expect(readdirSync(directory)).not.toContain('killed.json');
    const done = doneEpochs();
    expect(done).toBeGreaterThan(3);
    expect(await runChild(path('killed'), path('killed.json'))).toEqual(epochsFrom(done + 1, 30 - done));
    expect(await runChild(path('whole'), path('whole.json'))).toEqual(epochsFrom(1, 30));
    expect(readFileSync(path('killed.json'), 'utf8')).toBe(readFileSync(path('whole.json'), 'utf8'));
    expect(readFileSync(path('killed/log.csv'), 'utf8')).toBe(readFileSync(path('whole/log.csv'), 'utf8'));
  });
});

const checkpoint = (name: string, resume: boolean) => ({
  directory: path(name),
  everySteps: 0,
  everySeconds: 0,
  resume,
});
const run = (name: string, resume: boolean, changes: Partial<FitOptions> = {}): Promise<FitResult> =>
  fit(smallVae, { training }, { ...options, checkpoint: checkpoint(name, resume), ...changes }, quiet);

describe('resuming', () => {
  it('goes on with more epochs as if they had been wanted at once', async () => {
    await run('more', false, { epochs: 1 });
    const resumed = await run('more', true, { epochs: 3 });
    const atOnce = await run('once', false, { epochs: 3 });
    expect({ ...resumed, checkpoint: '' }).toEqual({ ...atOnce, checkpoint: '' });
    const again = await run('more', true, { epochs: 3 });
    expect(again).toEqual(resumed);
  });

  it('after an interruption, with several workers too', async () => {
    const controller = new AbortController();
    let steps = 0;
    const startProgress = () => ({ advance: () => void (++steps === 20 && controller.abort()), done() {} });
    const interrupted = await fit(
      smallVae,
      { training },
      { ...options, workers: 2, checkpoint: checkpoint('stop', false) },
      { signal: controller.signal, startProgress },
    );
    expect([interrupted.end, interrupted.steps]).toEqual(['interrupted', 20]);
    const resumed = await run('stop', true, { workers: 2 });
    const whole = await run('unstopped', false, { workers: 2 });
    expect({ ...resumed, checkpoint: '' }).toEqual({ ...whole, checkpoint: '' });
  });

  it('takes the previous checkpoint when the newest is damaged, and says so when both are', async () => {
    const whole = await run('damaged', false);
    const newest = newestCheckpoint(path('damaged'))!;
    const bytes = readFileSync(newest.path);
    for (const [name, damage] of [
      ['cut off', bytes.subarray(0, bytes.length - 5)],
      ['changed', Buffer.from(bytes).fill(bytes.at(-3)! ^ 1, bytes.length - 3, bytes.length - 2)],
      ['empty', Buffer.alloc(0)],
    ] as const) {
      writeFileSync(newest.path, damage);
      expect(newestCheckpoint(path('damaged'))!.generation, name).toBe(newest.generation - 1);
    }
    const { history, parameters } = await run('damaged', true);
    expect({ history, parameters }).toEqual({ history: whole.history, parameters: whole.parameters });
    for (const name of readdirSync(path('damaged')))
      writeFileSync(join(path('damaged'), name), 'axoc-checkpoint 2 abc\n');
    await expect(run('damaged', true)).rejects.toThrow(
      /damaged-checkpoint\]: .*checkpoint-even\.axoc: it has version 2[\s\S]*checkpoint-odd/,
    );
    // As its remedy says.
    const anew = await run('damaged', false);
    expect(anew.parameters).toEqual(whole.parameters);
    expect(newestCheckpoint(path('damaged'))!.state.progress.epoch).toBe(whole.history.length);
  });

  it('refuses what is not there, and checkpoints of another fit', async () => {
    await expect(run('nothing', true)).rejects.toThrow(/no-checkpoint\]: .*nothing: there is no checkpoint/);
    await run('other', false);
    await expect(run('other', true, { seed: 8, batch: 16 })).rejects.toThrow(
      /checkpoint-differs\]: .*with other seed, batch: seed was 7 and is 8; batch was 32 and is 16/,
    );
    await expect(run('other', true, { epochs: 1 })).rejects.toThrow(
      /checkpoint-differs\]: .*it has \d+ epochs behind it, the fit is to have 1 epochs/,
    );
    const dependsOn = { model: { latent: 8, nodes: [3, 4], digest: 'a'.repeat(64) }, loss: null };
    await run('depends', false, { dependsOn });
    await expect(
      run('depends', true, { dependsOn: { ...dependsOn, model: { latent: 4, nodes: [3], digest: 'b'.repeat(64) } } }),
    ).rejects.toThrow(/with other model: model\.latent was 8 and is 4; model\.nodes was \[3,4\] and is \[3\]\n/);
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`key${index}`, index]));
    await expect(run('depends', true, { dependsOn: { ...dependsOn, loss: many } })).rejects.toThrow(
      /with other loss: loss was null and is not there; loss\.key0 was not there and is 0; .*; and 3 more\n/,
    );
  });

  it('never goes back to an older fit that was there before', async () => {
    await run('reused', false, { epochs: 6 });
    const before = newestCheckpoint(path('reused'))!;
    const keep = path('older.axoc');
    copyFileSync(before.path, keep);
    await run('reused', false, { epochs: 0 });
    const started = newestCheckpoint(path('reused'))!;
    expect(started.state.progress.step).toBe(0);
    expect(started.generation).toBe(before.generation + 1);
    rmSync(keep);
  });
});
