/** How a task of Slurm is judged: by its status, by Slurm's word, and by the clock. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../src/zdc/executors/executor.js';
import type { TaskState } from '../../../src/zdc/executors/slurm/control.js';
import { sbatchArguments } from '../../../src/zdc/executors/slurm/submission.js';
import { Watch } from '../../../src/zdc/executors/slurm/watch.js';

const patience = { start: 100, silence: 100, settle: 10, poll: 1 };
let home: string;
let job: Job;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'axoc-watch-'));
  job = {
    title: 'simulate, run 1',
    argv: ['true'],
    directory: home,
    log: path.join(home, 'log'),
    status: path.join(home, 'status'),
    batch: 'b',
    index: 3,
    limits: { minutes: 1 },
    isStarted: false,
  };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const task = (state: string, reason = 'None'): TaskState => ({ index: 3, id: '12_3', state, reason });
const failure = (text: string) => ({ kind: 'end', end: { failure: text } });

describe('a task', () => {
  it('ends with the status it has left, whatever Slurm says', () => {
    const watch = new Watch(job, patience, 0);
    writeFileSync(job.status, '');
    expect(watch.judge(task('RUNNING'), 1).kind).toBe('wait');
    writeFileSync(job.status, '7\n');
    expect(watch.judge(task('RUNNING'), 2)).toEqual({
      kind: 'end',
      end: { failure: 'ended with status 7', status: 7 },
    });
    writeFileSync(job.status, '0\n');
    expect(watch.judge(undefined, 3)).toEqual({ kind: 'end', end: {} });
  });

  it('that Slurm has forgotten is lost once its file system has had time', () => {
    const watch = new Watch(job, patience, 0);
    expect(watch.judge(task('RUNNING'), 1).kind).toBe('wait');
    expect(watch.judge(undefined, 2).kind).toBe('wait');
    expect(watch.judge(undefined, 11).kind).toBe('wait');
    expect(watch.judge(undefined, 12).kind).toBe('lost');
  });

  it('that has ended without a status has failed', () => {
    const watch = new Watch(job, patience, 0);
    expect(watch.judge(task('COMPLETED'), 0).kind).toBe('wait');
    expect(watch.judge(task('COMPLETED'), 10)).toEqual(failure('left no status, though Slurm says COMPLETED'));
    const other = new Watch(job, patience, 0);
    expect(other.judge(task('OUT_OF_MEMORY'), 0)).toEqual(
      failure('was ended by Slurm for want of memory (Slurm: OUT_OF_MEMORY)'),
    );
  });

  it('that comes back is not lost', () => {
    const watch = new Watch(job, patience, 0);
    watch.judge(undefined, 0);
    watch.judge(task('RUNNING'), 9);
    expect(watch.judge(undefined, 11).kind).toBe('wait');
  });

  it('may wait and run for its time, and begins to wait anew when Slurm takes it back', () => {
    const watch = new Watch(job, patience, 0);
    expect(watch.judge(task('PENDING'), 100).kind).toBe('wait');
    expect(watch.judge(task('RUNNING'), 100).kind).toBe('wait');
    expect(watch.judge(task('REQUEUED'), 150).kind).toBe('wait');
    expect(watch.judge(task('PENDING'), 250).kind).toBe('wait');
    expect(watch.judge(task('PENDING', 'Resources'), 251)).toEqual({
      kind: 'cancel',
      end: { failure: 'did not start within 1.67 minutes and was cancelled (Slurm: PENDING, Resources)' },
    });
    expect(watch.judge(task('RUNNING'), 300).kind).toBe('wait');
    expect(watch.judge(task('RUNNING'), 361).kind).toBe('cancel');
  });
});

it('is submitted with every option as one argument', () => {
  const place = { partition: 'long', account: 'a b', options: ['--constraint=x y'], atOnce: 8 };
  expect(sbatchArguments([job, { ...job, index: 5 }], place, '/s p/b.sh', '/100%/out')).toEqual([
    '--parsable',
    '--job-name=axoc-b',
    '--array=3,5%8',
    '--output=/100%%/out.%a.txt',
    '--open-mode=append',
    '--no-requeue',
    '--partition=long',
    '--account=a b',
    '--time=1',
    '--constraint=x y',
    '/s p/b.sh',
  ]);
});
