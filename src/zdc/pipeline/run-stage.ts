/** One stage: what is not done is run, what fails is tried again, and what succeeds is put in its place and written down. */
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import { AxocError, type Diagnostic } from '../../base/diagnostic.js';
import { lastLines } from '../../base/directories.js';
import type { RunningKind } from '../executors/choose.js';
import type { Executor, Job, JobEnd, Limits } from '../executors/executor.js';
import type { Attempts } from './attempts.js';
import type { Journal } from './journal.js';
import type { JobOptions } from './options.js';
import { describeOutputs, findFault, isUnchanged } from './outputs.js';
import { digestOf, type Task } from './task.js';

/** What all stages of a pipeline share. */
export interface Workshop {
  /** Of the pipeline, absolute. */
  readonly directory: string;
  readonly journal: Journal;
  readonly attempts: Attempts;
  /** Told what goes on, line by line. */
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Lines of a log that stand in an error. */
const shownLines = 8;
/** Failures that are told one by one. */
const shownFailures = 10;

/** Tasks whose results are not there, or come from something else than what is asked for now. */
export function tasksToDo(tasks: readonly Task[], { directory, journal }: Workshop): readonly Task[] {
  return tasks.filter((task) => {
    const entry = journal.entryOf(task.id);
    if (entry === undefined || entry.digest !== digestOf(task, journal)) return true;
    return !entry.outputs.every((output) => isUnchanged(join(directory, task.id), output));
  });
}

/** Puts results in their place and writes them down: from here on the task is done. */
export function acceptResults(task: Task, directory: string, accept: () => void, { journal }: Workshop): void {
  const outputs = describeOutputs(directory, task.outputs);
  const digest = digestOf(task, journal);
  accept();
  journal.record(task.id, { digest, outputs: [...outputs] });
}

/**
 * Runs tasks that do not need each other.
 * @throws AxocError (user) with every task that failed as often as it may; the others are done
 */
export async function runTasks(
  tasks: readonly Task[],
  kind: RunningKind,
  executor: Executor,
  options: JobOptions,
  workshop: Workshop,
): Promise<void> {
  const failures = new Map<Task, Failure>();
  let left = tasks;
  const batchSize = left.length === 0 ? 1 : await executor.mostJobs();
  for (let round = 1; left.length > 0 && round <= options.attempts && !workshop.signal.aborted; round++) {
    if (round > 1)
      for (const task of left) workshop.tell(`${task.title}: tried again, ${round} of ${options.attempts}`);
    const again: Task[] = [];
    for (let first = 0; first < left.length; first += batchSize) {
      const batch = left.slice(first, first + batchSize);
      for (const task of batch) failures.delete(task);
      for (const failure of await runBatch(batch, kind, executor, options, workshop)) {
        failures.set(failure.task, { ...failure, attempts: round });
        if (!failure.isFinal) again.push(failure.task);
      }
    }
    left = again;
  }
  if (failures.size > 0 && !workshop.signal.aborted) throw stageFailed([...failures.values()], workshop);
}

interface Failure {
  readonly task: Task;
  readonly log: string;
  readonly reason: string;
  /** It would fail again. */
  readonly isFinal: boolean;
  readonly attempts: number;
}

/** Gives those that failed. */
async function runBatch(
  tasks: readonly Task[],
  kind: RunningKind,
  executor: Executor,
  options: JobOptions,
  workshop: Workshop,
): Promise<readonly Omit<Failure, 'attempts'>[]> {
  const { attempts, journal, signal, tell } = workshop;
  const batch = randomUUID();
  const tasksOfJobs = new Map<Job, Task>();
  const limits = limitsOf(options);
  for (const [index, task] of tasks.entries()) {
    const digest = digestOf(task, journal);
    tasksOfJobs.set(await attempts.begin({ task, digest, kind, batch, index, limits }), task);
  }
  if (tasks.length === 1) for (const { title, log } of tasksOfJobs.keys()) tell(`${title}: runs, and prints to ${log}`);
  const failed: Omit<Failure, 'attempts'>[] = [];
  let ended = 0;
  const onEnd = (job: Job, { failure, status }: JobEnd): void => {
    const task = tasksOfJobs.get(job)!;
    const reason = failure ?? findFault(job.directory, task.outputs);
    ended += 1;
    if (reason !== undefined) {
      attempts.reject(job);
      const isFinal = status !== undefined && (task.finalStatuses?.includes(status) ?? false);
      failed.push({ task, log: job.log, reason, isFinal });
      tell(`${task.title}: ${reason} (${job.log})`);
      return;
    }
    acceptResults(task, job.directory, () => attempts.accept(task, job), workshop);
    tell(`${task.title}: done${tasks.length > 1 ? ` (${ended} of ${tasks.length})` : ''}`);
  };
  await executor.run([...tasksOfJobs.keys()], onEnd, signal);
  return failed;
}

function limitsOf({ minutes, cpus, memory_gb }: JobOptions): Limits {
  return {
    ...(minutes === undefined ? {} : { minutes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory_gb === undefined ? {} : { memoryGb: memory_gb }),
  };
}

function stageFailed(failures: readonly Failure[], { directory }: Workshop): AxocError {
  const told = failures.slice(0, shownFailures).map(({ task, log, reason, attempts }): Diagnostic => {
    const lines = lastLines(log, shownLines).map((line) => `\n    | ${line}`);
    const end = lines.length === 0 ? 'it printed nothing' : `the end of ${relative(directory, log)}:${lines.join('')}`;
    const times = attempts === 1 ? '' : `failed ${attempts} times; the last time it `;
    return {
      code: 'job-failed',
      place: task.title,
      message: `${times}${reason}; ${end}`,
      hint: 'correct the cause and give the same command again: what is done stays done',
    };
  });
  const further = failures.length - told.length;
  const rest = {
    code: 'job-failed',
    place: failures[0]!.task.stage,
    message: `${further} more jobs of this stage failed`,
    hint: `their logs are in ${join(directory, 'logs')}`,
  };
  return new AxocError('user', further > 0 ? [...told, rest] : told);
}
