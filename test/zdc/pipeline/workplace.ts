/** A directory with a pipeline of fake programs: its configuration, orders to them, and what they were called for. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readZdcConfig } from '../../../src/zdc/config.js';
import type { StageName } from '../../../src/zdc/pipeline/options.js';
import { type PipelineEnd, runPipeline } from '../../../src/zdc/pipeline/pipeline.js';

export const fake = fileURLToPath(new URL('./fake.mjs', import.meta.url));

/** Keys and values as YAML takes them, JSON among it. */
export type Settings = Readonly<Record<string, unknown>>;

export class FakePipeline {
  /** @param name of the directory: its path is part of every argument */
  constructor(name = 'pipeline') {
    this.home = path.join(mkdtempSync(path.join(tmpdir(), 'axoc-pipeline-')), name);
    for (const directory of ['plans', 'out']) mkdirSync(this.path(directory), { recursive: true });
    writeFileSync(this.path('calls'), '');
  }

  readonly home: string;
  readonly told: string[] = [];

  path(...names: readonly string[]): string {
    return path.join(this.home, ...names);
  }

  /** Three runs with fake programs on this machine; `settings` override whole sections. */
  configure(settings: Settings = {}): string {
    const file = this.path('zdc.yaml');
    const common = {
      calorimeter: 'ZN',
      seed: 7,
      runs: 3,
      simulate: { command: [process.execPath, fake, 'simulate', '{run}', '{seed}', '{out}'], outputs: ['kine.txt'] },
      extract: {
        command: [process.execPath, fake, 'extract', '{run}', '{from}', '{out}'],
        outputs: ['examples_run{run}.txt'],
      },
      local: { processes: 2 },
      jobs: Object.fromEntries(
        ['simulate', 'extract', 'prepare', 'train', 'export'].map((stage) => [stage, { attempts: 2 }]),
      ),
    };
    writeFileSync(file, JSON.stringify({ ...common, ...settings }));
    return file;
  }

  /** The next calls of a program, `simulate-2` or `train`, obey these, in turn. */
  order(name: string, ...orders: readonly ('fail' | 'refuse' | 'hang' | 'empty' | 'die')[]): void {
    for (const [index, order] of orders.entries()) writeFileSync(this.path('plans', `${name}.${index + 1}`), order);
  }

  /** What the fake programs read. */
  get environment(): Readonly<Record<string, string>> {
    return { FAKE_PLANS: this.path('plans'), FAKE_CALLS: this.path('calls') };
  }

  async run(
    settings: Settings = {},
    until: StageName = 'export',
    signal = new AbortController().signal,
  ): Promise<PipelineEnd> {
    Object.assign(process.env, this.environment);
    return await runPipeline({
      file: readZdcConfig(this.configure(settings)),
      directory: this.path('out'),
      axoc: [process.execPath, fake],
      until,
      tell: (text) => void this.told.push(text),
      signal,
    });
  }

  /** Runs it in a process that is killed once the program has been called, and `when` is so; the program itself is not killed, and takes `pause` ms. */
  async runAndKill(
    program: string,
    when: () => boolean = () => true,
    settings: Settings = {},
    pause = 20_000,
  ): Promise<void> {
    const script = fileURLToPath(new URL('./child.ts', import.meta.url));
    const args = [this.configure(settings), this.path('out'), fake];
    const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // Time to be killed in.
      env: { ...process.env, ...this.environment, FAKE_PAUSE: String(pause), FAKE_SLOW: program },
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const isCalled = (): boolean => readFileSync(this.path('calls'), 'utf8').includes(program);
    while (child.exitCode === null && !(isCalled() && when())) await setTimeout(10);
    if (child.exitCode !== null) throw new Error(`the pipeline ended before ${program} was called`);
    child.kill('SIGKILL');
    await gone;
  }

  /** Calls since the last time, sorted: several run at once. */
  takeCalls(): string[] {
    const calls = readFileSync(this.path('calls'), 'utf8').split('\n').filter(Boolean).sort();
    writeFileSync(this.path('calls'), '');
    return calls;
  }

  /** Results by their path: everything but logs, journal and what is under way. */
  results(): ReadonlyMap<string, string> {
    return new Map(
      ['simulate', 'extract', 'prepare', 'train', 'export'].flatMap((stage) =>
        filesBelow(this.path('out', stage)).map((file): [string, string] => [
          path.relative(this.path('out'), file),
          readFileSync(file, 'utf8'),
        ]),
      ),
    );
  }

  remove(): void {
    rmSync(path.dirname(this.home), { recursive: true, force: true });
  }
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
