/** Jobs as arrays of Slurm: submitted, watched until each has ended, cancelled on interruption, and found again by a later axoc. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { userError } from '../../../base/diagnostic.js';
import { makeDirectory } from '../../../base/directories.js';
import { writeFileWhole } from '../../../base/files.js';
import type { Executor, Job, JobEnd } from '../executor.js';
import { askAccounting, askArraySize, askTasks, cancel, submit, type TaskState } from './control.js';
import { type SlurmPlace, sbatchArguments, slurmScript } from './submission.js';
import { explainState, hasEnded, type Patience, statusOf, Watch } from './watch.js';

/** Longest that cancelled jobs are waited for, in seconds. */
const cancelSeconds = 120;

export interface SlurmOptions extends SlurmPlace {
  readonly patience: Patience;
  /** Absolute path of the directory that takes scripts and what Slurm itself says; all nodes see it. */
  readonly directory: string;
}

export function slurmExecutor(options: SlurmOptions): Executor {
  return {
    mostJobs: () => askArraySize(),
    run: (jobs, tell, signal) => new SlurmRun(options, jobs, tell, signal).run(),
    async takeOver(job) {
      if (statusOf(job) !== undefined) return true;
      const tasks = await answered(job.batch, options.patience);
      return tasks.some(({ index }) => index === job.index);
    },
    abandon: ({ batch, index }) => cancelTasks(batch, [index], options.patience),
  };
}

/** Asks until Slurm answers. @throws AxocError (user) when it is silent too long */
async function answered(batch: string, { silence, poll }: Patience): Promise<readonly TaskState[]> {
  const started = seconds();
  for (;;) {
    const tasks = await askTasks(batch);
    if (tasks !== undefined) return tasks;
    if (seconds() - started > silence) throw silent(silence);
    await delay(poll * 1000);
  }
}

function silent(silence: number) {
  return userError(
    'slurm-silent',
    'squeue',
    `Slurm has given no answer for ${Number((silence / 60).toPrecision(3))} minutes`,
    'once it answers, run the pipeline again: jobs that are still there are waited for, not started twice',
  );
}

const seconds = (): number => performance.now() / 1000;

class SlurmRun {
  readonly #watched: Set<Watch>;
  #lastAnswer = seconds();

  constructor(
    private readonly options: SlurmOptions,
    jobs: readonly Job[],
    private readonly tell: (job: Job, end: JobEnd) => void,
    private readonly signal: AbortSignal,
  ) {
    this.#watched = new Set(jobs.map((job) => new Watch(job, options.patience, seconds())));
  }

  async run(): Promise<void> {
    await this.#submit();
    while (this.#watched.size > 0 && !this.signal.aborted) {
      for (const batch of this.#batches()) await this.#look(batch);
      if (this.#watched.size > 0) await this.#pause();
    }
    if (this.signal.aborted) await this.#cancelAll();
  }

  #batches(): string[] {
    return [...new Set([...this.#watched].map(({ job }) => job.batch))];
  }

  async #submit(): Promise<void> {
    const fresh = [...this.#watched].map(({ job }) => job).filter(({ isStarted }) => !isStarted);
    if (fresh.length === 0 || this.signal.aborted) return;
    const { batch } = fresh[0]!;
    makeDirectory(this.options.directory);
    const script = join(this.options.directory, `${batch}.sh`);
    writeFileWhole(script, slurmScript(fresh));
    await submit(sbatchArguments(fresh, this.options, script, join(this.options.directory, batch)));
  }

  /** Asks for the tasks of a batch, and takes out those that have ended. */
  async #look(batch: string): Promise<void> {
    const tasks = await askTasks(batch);
    if (tasks === undefined) {
      const { silence } = this.options.patience;
      if (seconds() - this.#lastAnswer > silence) throw silent(silence);
      return;
    }
    this.#lastAnswer = seconds();
    const byIndex = new Map(tasks.map((task) => [task.index, task]));
    for (const watch of [...this.#watched].filter(({ job }) => job.batch === batch)) {
      const task = byIndex.get(watch.job.index);
      const verdict = watch.judge(task, seconds());
      switch (verdict.kind) {
        case 'wait':
          break;
        case 'end':
          this.#end(watch, verdict.end);
          break;
        case 'cancel':
          await cancelTasks(batch, [watch.job.index], this.options.patience);
          // It may have come to its end just before.
          this.#end(watch, statusOf(watch.job) === 0 ? {} : verdict.end);
          break;
        case 'lost':
          this.#end(watch, { failure: await this.#explainLoss(watch.job) });
          break;
      }
    }
  }

  async #explainLoss({ batch, index }: Job): Promise<string> {
    const state = await askAccounting(batch, index);
    return state === undefined ? 'is no longer known to Slurm and has left no status' : explainState(state);
  }

  #end(watch: Watch, end: JobEnd): void {
    this.#watched.delete(watch);
    this.tell(watch.job, end);
  }

  async #pause(): Promise<void> {
    try {
      await delay(this.options.patience.poll * 1000, undefined, { signal: this.signal });
    } catch {
      // The signal has aborted: the loop sees it.
    }
  }

  async #cancelAll(): Promise<void> {
    for (const batch of this.#batches()) {
      const indices = [...this.#watched].filter(({ job }) => job.batch === batch).map(({ job }) => job.index);
      await cancelTasks(batch, indices, this.options.patience);
    }
  }
}

/** Returns once the tasks have left their nodes, as far as Slurm says: a later attempt must not meet them. */
async function cancelTasks(batch: string, indices: readonly number[], { poll }: Patience): Promise<void> {
  const started = seconds();
  while (seconds() - started < cancelSeconds) {
    const tasks = (await askTasks(batch)) ?? [];
    const left = tasks.filter((task) => indices.includes(task.index) && !hasEnded(task));
    if (left.length === 0) return;
    await cancel(left.map(({ id }) => id));
    await delay(Math.min(1, poll) * 1000);
  }
}
