/** GRID submissions: what is written, the script run as the GRID would run it, and results taken only where they belong. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gridSubmission } from '../../../src/zdc/executors/grid/submission.js';
import { FakePipeline, type Settings } from '../pipeline/workplace.js';

let place: FakePipeline;
beforeEach(() => {
  place = new FakePipeline(`it's $HOME "x"`);
});
afterEach(() => place.remove());

/** A simulation of one line of shell: its arguments are as hostile as its directory. */
const settings: Settings = {
  simulate: {
    command: [
      'sh',
      '-c',
      'cat "$2" >kine.txt; echo "$0 $1" >>kine.txt',
      'run {run}',
      "seed {seed} it's $HOME",
      '{config}/macro.C',
    ],
    outputs: ['kine.txt'],
    inputs: ['macro.C'],
  },
  jobs: { simulate: { executor: 'grid', minutes: 30, cpus: 4 } },
  grid: { directory: '/alice/cern.ch/user/a/axoc/zdc', packages: ['VO_ALICE@O2sim::v20241014-1'] },
};

/** Computes sub-jobs as the GRID would: in a directory with the input files, given their number. */
function compute(...numbers: readonly number[]): void {
  const submission = place.path('out/grid/simulate/submission');
  for (const number of numbers) {
    const results = place.path('out/grid/simulate/results', String(number).padStart(3, '0'));
    cpSync(submission, results, { recursive: true });
    const { status, stderr } = spawnSync('bash', ['job.sh', String(number)], { cwd: results, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
}

describe('a stage on the GRID', () => {
  it('waits for what the user submits, takes what has come, and submits again what is missing', async () => {
    writeFileSync(place.path('macro.C'), 'macro\n');
    const first = await place.run(settings);
    expect(first).toMatchObject({
      kind: 'waiting',
      wait: { stage: 'simulate', jobs: 3, catalogue: '/alice/cern.ch/user/a/axoc/zdc/simulate/results' },
    });
    const submission = place.path('out/grid/simulate/submission');
    expect(readdirSync(submission)).toEqual(['job.jdl', 'job.sh', 'macro.C', 'submit.txt']);
    expect(readFileSync(`${submission}/job.jdl`, 'utf8')).toMatchInlineSnapshot(`
      "Executable = "/alice/cern.ch/user/a/axoc/zdc/simulate/job.sh";
      SplitArguments = "#alien_counter#";
      Split = "production:1-3";
      InputFile = { "LF:/alice/cern.ch/user/a/axoc/zdc/simulate/macro.C" };
      OutputDir = "/alice/cern.ch/user/a/axoc/zdc/simulate/results/#alien_counter_03i#";
      Output = { "kine.txt@disk=1", "axoc_job.txt@disk=1", "stdout@disk=1", "stderr@disk=1" };
      Packages = { "VO_ALICE@O2sim::v20241014-1" };
      Requirements = member(other.GridPartitions, "multicore_8");
      CPUCores = "4";
      MemorySize = "8GB";
      TTL = 1800;
      "
    `);
    expect(readFileSync(`${submission}/submit.txt`, 'utf8')).toMatchInlineSnapshot(`
      "mkdir -p /alice/cern.ch/user/a/axoc/zdc/simulate/results
      cp -f file:job.sh alien:/alice/cern.ch/user/a/axoc/zdc/simulate/job.sh
      cp -f file:job.jdl alien:/alice/cern.ch/user/a/axoc/zdc/simulate/job.jdl
      cp -f file:macro.C alien:/alice/cern.ch/user/a/axoc/zdc/simulate/macro.C
      submit /alice/cern.ch/user/a/axoc/zdc/simulate/job.jdl
      "
    `);

    compute(1, 3);
    const again = await place.run(settings);
    expect(again).toMatchObject({ kind: 'waiting', wait: { jobs: 1 } });
    // Results are known by what they were made from, not by their number: the submission has one job now.
    compute(1);
    expect((await place.run(settings)).kind).toBe('complete');
    const texts = [1, 2, 3].map((run) => place.results().get(`simulate/run-${run}/kine.txt`)!);
    for (const [index, text] of texts.entries())
      expect(text).toMatch(new RegExp(`^macro\\nrun ${index + 1} seed \\d+ it's \\$HOME\\n$`));
  });

  it('takes no results of another configuration, and none that are cut off', async () => {
    writeFileSync(place.path('macro.C'), 'macro\n');
    await place.run(settings);
    compute(1, 2, 3);
    truncateSync(place.path('out/grid/simulate/results/002/kine.txt'));
    expect(await place.run(settings)).toMatchObject({ kind: 'waiting', wait: { jobs: 1 } });
    expect(place.told.some((line) => line.includes('the job left kine.txt empty'))).toBe(true);
    expect(await place.run({ ...settings, seed: 8 })).toMatchObject({ kind: 'waiting', wait: { jobs: 3 } });
  });

  it('marks no results of a job that failed', async () => {
    writeFileSync(place.path('macro.C'), 'macro\n');
    await place.run({ ...settings, simulate: { command: ['false'], outputs: ['kine.txt'] } });
    expect(() => compute(1)).toThrow();
    await place.run({ ...settings, simulate: { command: ['true'], outputs: ['kine.txt'] } });
    expect(() => compute(2)).toThrow('the output kine.txt is missing or empty');
    expect(existsSync(place.path('out/grid/simulate/results/002/axoc_job.txt'))).toBe(false);
  });

  it('refuses names that the description of a job cannot hold', () => {
    const job = { digest: 'd', argv: ['x'], outputs: ['a "b"'] };
    const grid = { directory: '/alice', packages: ['p'], partition: 'multicore_8' };
    expect(() => gridSubmission([job], [], grid, {})).toThrow('error[bad-grid-name]: a "b"');
  });
});
