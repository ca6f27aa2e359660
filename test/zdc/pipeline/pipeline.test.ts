/** The pipeline with fake programs: what is done, redone, retried, and told. */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { version } from '../../../src/base/version.js';
import { readZdcConfig } from '../../../src/zdc/config.js';
import { tasksOf } from '../../../src/zdc/pipeline/plan.js';
import { FakePipeline, fake } from './workplace.js';

let place: FakePipeline;
beforeEach(() => {
  place = new FakePipeline();
});
afterEach(() => place.remove());

const stages = (calls: readonly string[]): string[] => [...new Set(calls.map((call) => call.split('-')[0]!))].sort();
const messageOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    return (error as Error).message.replaceAll(place.home, 'HOME');
  }
  return 'no error';
};

describe('a pipeline', () => {
  it('does every stage, and nothing again', async () => {
    const end = await place.run();
    expect(end).toEqual({
      kind: 'complete',
      results: [place.path('out/export/generator.onnx'), place.path('out/train/scales.txt')],
    });
    expect(place.takeCalls()).toEqual(
      [
        'export',
        'extract-1',
        'extract-2',
        'extract-3',
        'prepare',
        'simulate-1',
        'simulate-2',
        'simulate-3',
        'train',
      ].sort(),
    );
    const results = place.results();
    await place.run();
    expect(place.takeCalls()).toEqual([]);
    expect(place.results()).toEqual(results);
    expect(place.told.slice(-5)).toEqual(
      ['simulate', 'extract', 'prepare', 'train', 'export'].map((stage) => `${stage}: done before`),
    );
  });

  it('gives every run a seed of its own, the same every time', async () => {
    await place.run({}, 'simulate');
    const seeds = [1, 2, 3].map((run) => /seed (\d+)/.exec(place.results().get(`simulate/run-${run}/kine.txt`)!)![1]!);
    expect(new Set(seeds).size).toBe(3);
    await place.run({ seed: 8 }, 'simulate');
    expect(seeds).not.toContain(/seed (\d+)/.exec(place.results().get('simulate/run-1/kine.txt')!)![1]!);
  });

  it('redoes what a changed configuration changes, and what follows from it', async () => {
    await place.run({ runs: 1 });
    place.takeCalls();
    await place.run({ runs: 1, train: { epochs: 3 } });
    expect(place.takeCalls()).toEqual(['export', 'train']);
    await place.run({ runs: 1, train: { epochs: 3 }, calorimeter: 'ZP' });
    expect(place.takeCalls()).toEqual(['export', 'prepare', 'train']);
  });

  it('does only the runs that are new, and sets aside those that are no longer wanted', async () => {
    await place.run();
    place.takeCalls();
    await place.run({ runs: 4 });
    expect(place.takeCalls()).toEqual(['export', 'extract-4', 'prepare', 'simulate-4', 'train']);
    const { size } = place.results();
    await place.run({ runs: 2 });
    expect(place.takeCalls()).toEqual(['export', 'prepare', 'train']);
    expect(place.results().size).toBe(size - 4);
    expect(readFileSync(place.path('out/superseded/simulate/run-4/kine.txt'), 'utf8')).toContain('run 4');
  });

  it('redoes what is gone or no longer as it was left, and not what only looks newer', async () => {
    await place.run();
    place.takeCalls();
    utimesSync(place.path('out/train/generator.h5'), 1, 1);
    await place.run();
    expect(place.takeCalls()).toEqual([]);
    writeFileSync(place.path('out/simulate/run-2/kine.txt'), 'other\n');
    rmSync(place.path('out/export/generator.onnx'));
    await place.run();
    // The same simulation again gives the same file: nothing that follows from it is redone.
    expect(place.takeCalls()).toEqual(['export', 'simulate-2']);
  });

  it('notices that a file a command reads has changed', async () => {
    const simulate = {
      command: [process.execPath, fake, 'simulate', '{run}', '{seed}', '{out}'],
      outputs: ['kine.txt'],
      inputs: ['macro.C'],
    };
    writeFileSync(place.path('macro.C'), 'one');
    await place.run({ simulate }, 'extract');
    place.takeCalls();
    writeFileSync(place.path('macro.C'), 'two');
    await place.run({ simulate }, 'extract');
    expect(stages(place.takeCalls())).toEqual(['simulate']);
  });

  it('begins with text files that are there, and sees when one changes', async () => {
    mkdirSync(place.path('texts'));
    writeFileSync(place.path('texts/a.txt'), 'a');
    const settings = { simulate: undefined, extract: undefined, texts: 'texts' };
    await place.run(settings);
    expect(place.takeCalls()).toEqual(['export', 'prepare', 'train']);
    writeFileSync(place.path('texts/a.txt'), 'b');
    await place.run(settings);
    expect(place.takeCalls()).toEqual(['export', 'prepare', 'train']);
  });

  it('passes paths on as they are, whatever is in them', async () => {
    place.remove();
    place = new FakePipeline(`it's "a" $HOME \`id\` ; {run} %a\\n & ünïcode`);
    await place.run({ runs: 1 });
    expect(place.results().get('extract/run-1/examples_run1.txt')).toMatch(/^extracted run 1 seed \d+\n$/);
    expect(place.results().has('export/generator.onnx')).toBe(true);
  });
});

describe('a job that fails', () => {
  it('is tried again, and does not disturb the others', async () => {
    place.order('simulate-2', 'fail');
    await place.run({}, 'simulate');
    expect(place.takeCalls().filter((call) => call.startsWith('simulate'))).toEqual([
      'simulate-1',
      'simulate-2',
      'simulate-2',
      'simulate-3',
    ]);
    expect(place.told).toContain('simulate, run 2: tried again, 2 of 2');
  });

  it('too often is an error with its run and the end of its log; the others are done', async () => {
    place.order('simulate-2', 'fail', 'fail');
    expect(await messageOf(place.run({}, 'simulate'))).toMatchInlineSnapshot(`
      "error[job-failed]: simulate, run 2: failed 2 times; the last time it ended with status 5; the end of logs/simulate/run-2/2.log:
          | simulate-2 obeys: fail
          | simulate-2: something went wrong on purpose
        help: correct the cause and give the same command again: what is done stays done"
    `);
    place.takeCalls();
    await place.run({}, 'simulate');
    expect(place.takeCalls().filter((call) => call.startsWith('simulate'))).toEqual(['simulate-2']);
  });

  it('of axoc itself, by its input, is not tried again', async () => {
    place.order('prepare', 'refuse');
    expect(await messageOf(place.run({ runs: 1 }))).toContain(
      'error[job-failed]: prepare: ended with status 2; the end',
    );
    expect(place.takeCalls()).toEqual(['extract-1', 'prepare', 'simulate-1']);
  });

  it('leaves older results in place', async () => {
    await place.run({ runs: 1 });
    const older = place.results();
    place.order('train', 'fail', 'fail');
    expect(await messageOf(place.run({ runs: 1, train: { epochs: 5 } }))).toContain(
      'error[job-failed]: train: failed 2 times',
    );
    expect(place.results()).toEqual(older);
  });

  it.each([
    ['empty', 'left kine.txt empty'],
    ['die', 'was ended by the signal SIGKILL'],
  ] as const)('by its end (%s) is told how', async (order, reason) => {
    place.order('simulate-1', order, order);
    expect(await messageOf(place.run({ runs: 1 }))).toContain(
      `simulate, run 1: failed 2 times; the last time it ${reason}`,
    );
  });

  it('by hanging is ended at its time limit, with all its children', async () => {
    place.order('simulate-1', 'hang');
    const jobs = { simulate: { attempts: 1, minutes: 0.01 } };
    expect(await messageOf(place.run({ jobs, runs: 1 }))).toContain('took longer than 0.01 minutes and was ended');
  });

  it('may be given more time than a timer can count', async () => {
    await place.run({ jobs: { simulate: { attempts: 1, minutes: 50_000 } }, runs: 1 }, 'simulate');
    expect(place.takeCalls()).toEqual(['simulate-1']);
  });

  it('for want of its program names it', async () => {
    const simulate = { command: ['no-such-program', '{run}'], outputs: ['kine.txt'] };
    expect(await messageOf(place.run({ simulate, runs: 1 }))).toMatchInlineSnapshot(`
      "error[missing-program]: no-such-program: the program that is needed (simulate, run 1) was not found
        help: install it, load its environment before axoc is started, or name it with its whole path"
    `);
  });

  it('by leaving a ROOT file that is cut off is found out', async () => {
    const root = Buffer.alloc(64);
    root.write('root');
    root.writeUInt32BE(63000, 4);
    root.writeUInt32BE(100, 8);
    root.writeUInt32BE(65, 12);
    writeFileSync(place.path('short.root'), root);
    const simulate = { command: ['cp', '{config}/short.root', '{out}/kine.root'], outputs: ['kine.root'] };
    expect(await messageOf(place.run({ simulate, runs: 1 }))).toContain('left kine.root cut off, or not closed');
    root.writeUInt32BE(64, 12);
    writeFileSync(place.path('short.root'), root);
    await place.run({ simulate, runs: 1 }, 'simulate');
    expect(place.results().has('simulate/run-1/kine.root')).toBe(true);
  });
});

describe('an interruption', () => {
  it('ends what runs; the next time goes on, training from its checkpoint', async () => {
    const interruption = new AbortController();
    process.env.FAKE_PAUSE = '2000';
    const settings = { simulate: undefined, extract: undefined, texts: 'texts' };
    mkdirSync(place.path('texts'));
    writeFileSync(place.path('texts/a.txt'), 'a');
    const running = place.run(settings, 'export', interruption.signal);
    try {
      while (!place.told.some((line) => line.startsWith('train: runs'))) await setTimeout(20);
      while (!existsSync(place.path('out/work/train/1/out/work/checkpoint-even.axoc'))) await setTimeout(20);
    } finally {
      delete process.env.FAKE_PAUSE;
    }
    interruption.abort();
    expect(await running).toEqual({ kind: 'interrupted' });
    place.takeCalls();
    await place.run(settings);
    expect(place.takeCalls()).toEqual(['export', 'train --resume']);
    const resumed = place.results();
    rmSync(place.path('out'), { recursive: true });
    await place.run(settings);
    expect(resumed.get('train/generator.h5')).toBe(place.results().get('train/generator.h5'));
  });

  it('is not shared: a second pipeline in the same directory is refused', async () => {
    place.order('simulate-1', 'hang');
    const interruption = new AbortController();
    const running = place.run({}, 'simulate', interruption.signal);
    while (!place.told.some((line) => line.startsWith('simulate'))) await setTimeout(10);
    expect(await messageOf(place.run())).toContain('error[directory-in-use]: HOME/out/lock: process');
    interruption.abort();
    expect(await running).toEqual({ kind: 'interrupted' });
  });
});

describe('a configuration', () => {
  it('that does not go together is refused before anything runs', async () => {
    const wrong = {
      'no calorimeter': { calorimeter: undefined },
      'no source of text files': { simulate: undefined, extract: undefined },
      'two sources': { texts: 'texts' },
      'placeholders that are none': {
        simulate: { command: ['x', '{rum}', '{from}', 'a{axoc}'], outputs: ['../{out}'] },
      },
      'an input that is not there': { simulate: { command: ['x'], outputs: ['a'], inputs: ['macro.C'] } },
      'stages that cannot run on the GRID': { executor: 'grid' },
    };
    const messages: string[] = [];
    for (const [name, settings] of Object.entries(wrong))
      messages.push(`${name}\n${await messageOf(place.run(settings))}`);
    expect(messages.join('\n\n').replaceAll(/line 1, column \d+/g, 'LINE')).toMatchInlineSnapshot(`
      "no calorimeter
      error[missing-key]: zdc.yaml: LINE: calorimeter: the key is missing
        help: calorimeter: ZN, or ZP

      no source of text files
      error[missing-key]: zdc.yaml: LINE: extract: nothing says where the text files come from
        help: give extract (and simulate), or texts with a directory that holds them

      two sources
      error[config-conflict]: zdc.yaml: LINE: texts: text files that are there are not made anew
        help: give either texts, or simulate and extract

      placeholders that are none
      error[unknown-placeholder]: zdc.yaml: LINE: simulate.command[1]: {rum} stands for nothing here
        help: known here: {run}, {seed}, {out}, {config}, {axoc}, {macro}; a brace itself is written twice: {{
      error[unknown-placeholder]: zdc.yaml: LINE: simulate.command[2]: {from} stands for nothing here
        help: known here: {run}, {seed}, {out}, {config}, {axoc}, {macro}; a brace itself is written twice: {{
      error[bad-value]: zdc.yaml: LINE: simulate.command[3]: {axoc} stands for several arguments
        help: make it an entry of its own
      error[unknown-placeholder]: zdc.yaml: LINE: simulate.outputs[0]: {out} stands for nothing here
        help: known here: {run}, {seed}; a brace itself is written twice: {{
      error[bad-value]: zdc.yaml: LINE: simulate.outputs[0]: an output stands in the directory of its run
        help: give its name there

      an input that is not there
      error[unreadable-file]: HOME/macro.C: is not there; zdc.yaml: LINE: simulate.inputs[0] names it
        help: correct the path

      stages that cannot run on the GRID
      error[missing-key]: zdc.yaml: LINE: grid.directory: the GRID needs this key
        help: docs/zdc-pipeline.md explains it
      error[missing-key]: zdc.yaml: LINE: grid.packages: the GRID needs this key
        help: docs/zdc-pipeline.md explains it
      error[config-conflict]: zdc.yaml: LINE: jobs.extract.executor: extract needs what stands here, and cannot run on the GRID
        help: set jobs.extract.executor to local or slurm
      error[config-conflict]: zdc.yaml: LINE: jobs.prepare.executor: prepare needs what stands here, and cannot run on the GRID
        help: set jobs.prepare.executor to local or slurm
      error[config-conflict]: zdc.yaml: LINE: jobs.train.executor: train needs what stands here, and cannot run on the GRID
        help: set jobs.train.executor to local or slurm
      error[config-conflict]: zdc.yaml: LINE: jobs.export.executor: export needs what stands here, and cannot run on the GRID
        help: set jobs.export.executor to local or slurm"
    `);
    expect(place.takeCalls()).toEqual([]);
  });

  it('is refused when ROOT could not be given its paths', async () => {
    place.remove();
    place = new FakePipeline('a "b" (c)');
    const extract = { command: ['root', '-q', '{macro}("{from}/o2sim.root", {run}, ".")'], outputs: ['a'] };
    expect((await messageOf(place.run({ extract }))).replace(/line 1, column \d+/, 'LINE')).toMatchInlineSnapshot(`
      "error[bad-value]: zdc.yaml: LINE: extract.command[2]: ROOT cannot be given a path with "\\"": HOME/out
        help: choose a directory without such a sign, here for the pipeline itself"
    `);
    expect(place.takeCalls()).toEqual([]);
  });

  it('counts the version of axoc where a command is axoc itself', () => {
    const extract = { command: ['{axoc}', 'zdc', 'synthesise', '--first-run', '{run}'], outputs: ['a'] };
    const file = readZdcConfig(place.configure({ runs: 1, simulate: undefined, extract }));
    const [task] = tasksOf('extract', { file, directory: place.path('out'), axoc: ['axoc'] });
    expect(task!.identity).toMatchObject({ version });
  });

  it('is not needed to read a journal that is none', async () => {
    await place.run({}, 'simulate');
    writeFileSync(place.path('out/journal.json'), '{"tasks": 3}');
    expect(await messageOf(place.run({}, 'simulate'))).toContain(
      'error[bad-journal]: HOME/out/journal.json: is not the journal of a pipeline',
    );
  });
});
