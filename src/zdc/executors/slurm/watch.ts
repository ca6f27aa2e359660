/** How a task of a Slurm array ends: by its own status, by Slurm's word, or by the clock. Nothing is waited for without end. */
import { fileExists, readText } from '../../../base/files.js';
import type { Job, JobEnd } from '../executor.js';
import type { TaskState } from './control.js';

/** Times in seconds. */
export interface Patience {
  /** A job may wait so long to start. */
  readonly start: number;
  /** Slurm may give no answer so long. */
  readonly silence: number;
  /** A job that has left Slurm may leave no status so long: shared file systems show files late. */
  readonly settle: number;
  /** Between two questions. */
  readonly poll: number;
}

/** States of Slurm in which a task has ended. */
const ended: ReadonlySet<string> = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
]);
/** States in which it computes; in all others it waits. */
const running: ReadonlySet<string> = new Set([
  'RUNNING',
  'COMPLETING',
  'STAGE_OUT',
  'SUSPENDED',
  'STOPPED',
  'SIGNALING',
]);

export const hasEnded = (task: TaskState | undefined): boolean => task === undefined || ended.has(task.state);

/** What to do about a task now. */
export type Verdict =
  | { readonly kind: 'wait' }
  | { readonly kind: 'end'; readonly end: JobEnd }
  /** Slurm is to end it first. */
  | { readonly kind: 'cancel'; readonly end: JobEnd }
  /** It has left Slurm without a word of its own: accounting may know more. */
  | { readonly kind: 'lost' };

const wait: Verdict = { kind: 'wait' };

/** One task, watched from its submission on. */
export class Watch {
  #waitingSince: number;
  #runningSince: number | undefined;
  #goneSince: number | undefined;

  /** @param now in seconds, of a clock that only goes forward */
  constructor(
    readonly job: Job,
    private readonly patience: Patience,
    now: number,
  ) {
    this.#waitingSince = now;
  }

  /** @param task what Slurm says of it; undefined when it does not know it */
  judge(task: TaskState | undefined, now: number): Verdict {
    const status = statusOf(this.job);
    if (status !== undefined)
      return { kind: 'end', end: status === 0 ? {} : { failure: `ended with status ${status}`, status } };
    if (task === undefined || ended.has(task.state)) return this.#judgeGone(task, now);
    this.#goneSince = undefined;
    return running.has(task.state) ? this.#judgeRunning(now) : this.#judgeWaiting(task, now);
  }

  #judgeGone(task: TaskState | undefined, now: number): Verdict {
    this.#goneSince ??= now;
    // A job that Slurm itself has ended writes no status: there is nothing to wait for.
    if (task !== undefined && task.state !== 'COMPLETED' && task.state !== 'FAILED')
      return { kind: 'end', end: { failure: explainState(task.state) } };
    if (now - this.#goneSince < this.patience.settle) return wait;
    if (task === undefined) return { kind: 'lost' };
    return { kind: 'end', end: { failure: `left no status, though Slurm says ${task.state}` } };
  }

  #judgeRunning(now: number): Verdict {
    this.#runningSince ??= now;
    const { minutes } = this.job.limits;
    if (minutes === undefined || now - this.#runningSince <= minutes * 60) return wait;
    return { kind: 'cancel', end: { failure: `took longer than ${minutes} minutes and was ended` } };
  }

  #judgeWaiting({ state, reason }: TaskState, now: number): Verdict {
    if (this.#runningSince !== undefined) {
      this.#runningSince = undefined;
      this.#waitingSince = now;
    }
    if (now - this.#waitingSince <= this.patience.start) return wait;
    const minutes = Number((this.patience.start / 60).toPrecision(3));
    return {
      kind: 'cancel',
      end: { failure: `did not start within ${minutes} minutes and was cancelled (Slurm: ${state}, ${reason})` },
    };
  }
}

/** Undefined until the job has written it. */
export function statusOf({ status }: Job): number | undefined {
  if (!fileExists(status)) return undefined;
  const text = readText(status).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

export function explainState(state: string): string {
  const words: Readonly<Record<string, string>> = {
    TIMEOUT: 'was ended by Slurm at its time limit',
    OUT_OF_MEMORY: 'was ended by Slurm for want of memory',
    NODE_FAIL: 'was lost with its node',
    CANCELLED: 'was cancelled',
    PREEMPTED: 'had to give way to another job',
  };
  const known = words[state.split(' ')[0]!];
  return known === undefined ? `ended without a status (Slurm: ${state})` : `${known} (Slurm: ${state})`;
}
