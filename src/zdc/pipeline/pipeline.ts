/** The pipeline: simulate, extract, prepare, train, export; what is done is not done again. */
import { basename, join, relative, resolve } from 'node:path';
import { makeDirectory, moveInto } from '../../base/directories.js';
import { listDirectory, listFiles, writeFileWhole } from '../../base/files.js';
import { takeLock } from '../../base/lock.js';
import type { ZdcConfigFile } from '../config.js';
import { chooseExecutor } from '../executors/choose.js';
import { extractMacro } from '../extract.js';
import { Attempts } from './attempts.js';
import { checkPlan } from './check.js';
import { type GridWait, runOnGrid } from './grid-stage.js';
import { Journal } from './journal.js';
import { type StageName, stageNames } from './options.js';
import { describeOutputs, isUnchanged } from './outputs.js';
import { macroSettings, type Plan, tasksOf, textsName, trainSettings } from './plan.js';
import { runTasks, tasksToDo, type Workshop } from './run-stage.js';

export interface PipelineRequest {
  readonly file: ZdcConfigFile;
  /** Directory of results, logs and journal; made when absent. */
  readonly directory: string;
  /** Program and first arguments of axoc itself, for the stages that it computes. */
  readonly axoc: readonly string[];
  /** The last stage that is wanted. */
  readonly until: StageName;
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

export type PipelineEnd =
  | { readonly kind: 'complete'; readonly results: readonly string[] }
  | { readonly kind: 'interrupted' }
  /** Something has to be done on the GRID first. */
  | { readonly kind: 'waiting'; readonly wait: GridWait };

/**
 * Does every stage that is not done, or whose configuration or input has changed, and those after it. Results of a stage are replaced only
 * by whole ones.
 * @throws AxocError (user) for a configuration that does not go together, and with every job that failed
 */
export async function runPipeline(request: PipelineRequest): Promise<PipelineEnd> {
  const plan: Plan = { file: request.file, directory: resolve(request.directory), axoc: request.axoc };
  checkPlan(plan);
  makeDirectory(plan.directory);
  const release = takeLock(join(plan.directory, 'lock'));
  try {
    return await runStages(plan, request);
  } finally {
    release();
  }
}

async function runStages(plan: Plan, { until, tell, signal }: PipelineRequest): Promise<PipelineEnd> {
  const { file, directory } = plan;
  const { config } = file;
  const journal = Journal.open(join(directory, 'journal.json'));
  const attempts = new Attempts(directory, (kind) => chooseExecutor(kind, config, directory));
  const workshop: Workshop = { directory, journal, attempts, tell, signal };
  if (config.texts !== undefined) recordTexts(join(file.directory, config.texts), journal);
  writeFileWhole(join(directory, macroSettings), extractMacro());
  writeFileWhole(join(directory, trainSettings), `${JSON.stringify({ train: config.train }, undefined, 1)}\n`);
  for (const stage of stageNames.slice(0, stageNames.indexOf(until) + 1)) {
    const tasks = tasksOf(stage, plan);
    if (tasks.length === 0) continue;
    setOthersAside(stage, plan, tell);
    const toDo = tasksToDo(tasks, workshop);
    tell(summary(stage, tasks.length, toDo.length));
    const options = config.jobs[stage];
    const kind = options.executor ?? config.executor;
    if (kind === 'grid') {
      const wait = runOnGrid(stage as 'simulate' | 'extract', toDo, plan, workshop);
      if (wait !== undefined) return { kind: 'waiting', wait };
    } else await runTasks(toDo, kind, chooseExecutor(kind, config, directory), options, workshop);
    if (signal.aborted) return { kind: 'interrupted' };
  }
  const results = tasksOf(until, plan).flatMap(({ id, outputs }) => outputs.map((name) => join(directory, id, name)));
  // O2 reads both.
  const scales = until === 'export' ? [join(directory, 'train', 'scales.txt')] : [];
  return { kind: 'complete', results: [...results, ...scales] };
}

function summary(stage: StageName, count: number, toDo: number): string {
  if (toDo === 0) return `${stage}: done before`;
  if (count === 1) return `${stage}: to do`;
  return `${stage}: ${toDo} of ${count} runs to do`;
}

/** Runs that the configuration no longer has would otherwise be prepared with the others. */
function setOthersAside(stage: StageName, plan: Plan, tell: (text: string) => void): void {
  if (stage !== 'simulate' && stage !== 'extract') return;
  const wanted = new Set(tasksOf(stage, plan).map(({ id }) => basename(id)));
  for (const name of listDirectory(join(plan.directory, stage)).filter((other) => !wanted.has(other))) {
    moveInto(join(plan.directory, stage, name), join(plan.directory, 'superseded', stage, name));
    tell(`${stage}: ${name} is not in the configuration; moved to superseded/${stage}`);
  }
}

/** Text files that were there already are the input of the first stage. */
function recordTexts(directory: string, journal: Journal): void {
  const names = listFiles(directory).map((path) => relative(directory, path));
  const entry = journal.entryOf(textsName);
  const isSame =
    entry !== undefined &&
    entry.outputs.length === names.length &&
    entry.outputs.every((output) => names.includes(output.path) && isUnchanged(directory, output));
  if (!isSame) journal.record(textsName, { digest: 'given', outputs: [...describeOutputs(directory, names)] });
}
