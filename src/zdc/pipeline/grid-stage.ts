/** A stage on the ALICE GRID: results that are there are taken, for the rest a submission is written. */
import { join } from 'node:path';
import { copyFile, makeDirectory, moveInto } from '../../base/directories.js';
import { discard, writeDirectoryWhole } from '../../base/files.js';
import { findResults, gridSubmission, submissionMarker, usualResults } from '../executors/grid/submission.js';
import type { StageName } from './options.js';
import { findFault } from './outputs.js';
import type { Plan } from './plan.js';
import { acceptResults, type Workshop } from './run-stage.js';
import { digestOf, type Task } from './task.js';

/** What the user has to do before the pipeline can go on. */
export interface GridWait {
  readonly stage: StageName;
  readonly jobs: number;
  /** Directory with the submission. */
  readonly submission: string;
  /** Directory that the results are to be copied to. */
  readonly results: string;
  /** Where they are in the catalogue. */
  readonly catalogue: string;
}

/** @returns undefined when all results are there */
export function runOnGrid(
  stage: 'simulate' | 'extract',
  tasks: readonly Task[],
  plan: Plan,
  workshop: Workshop,
): GridWait | undefined {
  const { file, directory } = plan;
  const { grid, jobs: jobOptions } = file.config;
  const { minutes, cpus, memory_gb } = jobOptions[stage];
  const results = grid.results === undefined ? usualResults(directory, stage) : join(file.directory, grid.results);
  const missing = takeResults(tasks, results, workshop);
  if (missing.length === 0) return undefined;
  const catalogue = `${grid.directory.replace(/\/+$/, '')}/${stage}`;
  const submission = join(directory, 'grid', stage, 'submission');
  const tree = gridSubmission(
    missing.map((task) => ({
      digest: digestOf(task, workshop.journal),
      argv: task.gridCommand!,
      outputs: task.outputs,
    })),
    file.config[stage]!.inputs.map((name) => join(file.directory, name)),
    { directory: catalogue, packages: grid.packages, partition: grid.partition },
    {
      ...(minutes === undefined ? {} : { minutes }),
      ...(cpus === undefined ? {} : { cpus }),
      ...(memory_gb === undefined ? {} : { memoryGb: memory_gb }),
    },
  );
  writeDirectoryWhole(submission, tree, submissionMarker);
  makeDirectory(results);
  return { stage, jobs: missing.length, submission, results, catalogue: `${catalogue}/results` };
}

/** Takes the results of these very jobs; gives the tasks whose results are not there or not whole. */
function takeResults(tasks: readonly Task[], results: string, workshop: Workshop): readonly Task[] {
  const found = findResults(results);
  return tasks.filter((task) => {
    const from = found.get(digestOf(task, workshop.journal));
    if (from === undefined) return true;
    const fault = findFault(from, task.outputs);
    if (fault !== undefined) {
      workshop.tell(`${task.title}: ${from}: the job ${fault}; it has to be submitted again`);
      return true;
    }
    const copy = join(workshop.directory, 'work', task.id, 'results');
    discard(copy);
    for (const name of task.outputs) copyFile(join(from, name), join(copy, name));
    acceptResults(task, copy, () => moveInto(copy, join(workshop.directory, task.id)), workshop);
    workshop.tell(`${task.title}: taken from ${from}`);
    return false;
  });
}
