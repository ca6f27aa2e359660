/** The pipeline on a real Slurm: arrays, retries, limits, interruption, and jobs that outlive the pipeline. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakePipeline, type Settings } from '../pipeline/workplace.js';
import { missingPrograms, SlurmCluster } from './slurm-cluster.js';

const missing = missingPrograms();
const isOptional = missing.length > 0 && process.env.CI === undefined;

/** Quick, so that a test is quick; everything on Slurm. */
const slurm = { poll_seconds: 0.2, settle_seconds: 2, start_minutes: 5, silence_minutes: 0.2 };
const onSlurm = (further: Settings = {}): Settings => ({ executor: 'slurm', slurm, ...further });
const attempts = (count: number, further: Settings = {}): Settings => ({
  jobs: { simulate: { attempts: count, ...further }, extract: { executor: 'local' }, prepare: { executor: 'local' } },
});

describe.skipIf(isOptional)(
  `slurm${isOptional ? ` (skipped: no ${missing.join(', ')}; apt-get install slurm-wlm munge)` : ''}`,
  () => {
    let cluster: SlurmCluster;
    let place: FakePipeline;
    beforeAll(async () => {
      if (missing.length > 0) throw new Error(`${missing.join(', ')} missing: apt-get install slurm-wlm munge`);
      cluster = new SlurmCluster();
      Object.assign(process.env, cluster.environment);
      await cluster.start();
    });
    afterAll(async () => {
      delete process.env.SLURM_CONF;
      await cluster?.stop();
    });
    beforeEach(() => {
      place = new FakePipeline();
    });
    afterEach(() => place.remove());

    const errorOf = async (work: Promise<unknown>): Promise<string> => {
      try {
        await work;
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await setTimeout(50);
    };

    it('runs every stage, an array for the runs, and one task of it twice', async () => {
      place.order('simulate-2', 'fail');
      const jobs = { simulate: { attempts: 2, cpus: 1, memory_gb: 0.1, minutes: 5 } };
      expect((await place.run(onSlurm({ jobs }))).kind).toBe('complete');
      expect(place.takeCalls().filter((call) => call.startsWith('simulate'))).toEqual([
        'simulate-1',
        'simulate-2',
        'simulate-2',
        'simulate-3',
      ]);
      expect(place.told).toContain('simulate, run 2: tried again, 2 of 2');
      const results = place.results();
      const local = new FakePipeline();
      await local.run();
      expect(results).toEqual(local.results());
      local.remove();
    });

    it('hands over no more tasks at once than an array may have here', async () => {
      await place.run(onSlurm({ runs: 4 }), 'simulate');
      expect([...place.results().keys()]).toEqual([1, 2, 3, 4].map((run) => `simulate/run-${run}/kine.txt`));
    });

    it('passes hostile paths and arguments on as they are', async () => {
      place.remove();
      place = new FakePipeline(`it's "a" $HOME \`id\` ; {run} %a & ünïcode`);
      await place.run(onSlurm(attempts(1)), 'extract');
      expect(place.results().has('extract/run-3/examples_run3.txt')).toBe(true);
    });

    it('tells a task that fails too often with the end of its log', async () => {
      place.order('simulate-3', 'fail', 'fail');
      const message = await errorOf(place.run(onSlurm(attempts(2))));
      expect(message).toContain(
        'error[job-failed]: simulate, run 3: failed 2 times; the last time it ended with status 5',
      );
      expect(message).toContain('| simulate-3: something went wrong on purpose');
    });

    it('ends a task at its time limit', async () => {
      place.order('simulate-1', 'hang');
      const message = await errorOf(place.run(onSlurm(attempts(1, { minutes: 0.02 }))));
      expect(message).toContain('simulate, run 1: took longer than 0.02 minutes and was ended');
      expect(cluster.queued()).toEqual([]);
    });

    it('does not wait for ever for a task to start', async () => {
      cluster.setNode('DRAIN');
      try {
        const message = await errorOf(place.run(onSlurm({ ...attempts(1), slurm: { ...slurm, start_minutes: 0.02 } })));
        expect(message).toMatch(
          /simulate, run 1: did not start within 0.02 minutes and was cancelled \(Slurm: PENDING, /,
        );
        expect(cluster.queued()).toEqual([]);
      } finally {
        cluster.setNode('RESUME');
      }
    });

    it('notices that somebody else has cancelled a task', async () => {
      place.order('simulate-2', 'hang');
      const running = errorOf(place.run(onSlurm(attempts(1))));
      await until(() => place.told.filter((line) => /^simulate, run [13]: done/.test(line)).length === 2);
      cluster.cancelAll();
      expect(await running).toContain('simulate, run 2: was cancelled (Slurm: CANCELLED)');
    });

    it('cancels everything when it is interrupted', async () => {
      for (const run of [1, 2, 3]) place.order(`simulate-${run}`, 'hang');
      const interruption = new AbortController();
      const running = place.run(onSlurm(), 'export', interruption.signal);
      await until(() => cluster.queued().some((line) => line.includes('RUNNING')));
      interruption.abort();
      expect(await running).toEqual({ kind: 'interrupted' });
      expect(cluster.queued()).toEqual([]);
    });

    it('gives the words of sbatch when it refuses', async () => {
      const message = await errorOf(place.run(onSlurm({ slurm: { ...slurm, partition: 'nowhere' } })));
      expect(message).toMatch(/error\[slurm-refused\]: sbatch: Slurm does not take the jobs: .*partition/);
    });

    it('gives up when Slurm is silent', async () => {
      place.order('simulate-1', 'hang');
      const { PATH } = process.env;
      const running = errorOf(place.run(onSlurm({ slurm: { ...slurm, silence_minutes: 0.02 } })));
      await until(() => place.takeCalls().length > 0);
      // Another squeue stands in the way, which never answers well.
      mkdirSync(place.path('bin'));
      writeFileSync(place.path('bin/squeue'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      process.env.PATH = `${place.path('bin')}:${PATH}`;
      try {
        expect(await running).toContain('error[slurm-silent]: squeue: Slurm has given no answer for 0.02 minutes');
      } finally {
        process.env.PATH = PATH;
        cluster.cancelAll();
        await until(() => cluster.queued().length === 0);
      }
    });

    it('is waited for, and not started twice, when the pipeline is killed meanwhile', async () => {
      await place.runAndKill('simulate-3', () => cluster.queued().length === 1, onSlurm(), 5000);
      expect(cluster.queued()).toHaveLength(1);
      await place.run(onSlurm(), 'simulate');
      expect(place.takeCalls().filter((call) => call.startsWith('simulate'))).toEqual([
        'simulate-1',
        'simulate-2',
        'simulate-3',
      ]);
      expect(place.results().has('simulate/run-3/kine.txt')).toBe(true);
    });

    it('ends what a killed pipeline has left, when something else is asked for now', async () => {
      place.order('simulate-3', 'hang');
      await place.runAndKill('simulate-3', () => cluster.queued().length === 1, onSlurm());
      await place.run({ seed: 8 }, 'simulate');
      expect(cluster.queued()).toEqual([]);
      expect(place.takeCalls().filter((call) => call === 'simulate-3')).toHaveLength(2);
    });
  },
);
