/** Attempts at a task: each in a directory of its own, so that what one has left behind never disturbs the next. */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeDirectory, moveInto } from '../../base/directories.js';
import { discard, fileExists, listDirectory, readText, writeFileWhole } from '../../base/files.js';
import type { RunningKind } from '../executors/choose.js';
import type { Executor, Job, Limits } from '../executors/executor.js';
import type { Task } from './task.js';

const recordSchema = z.strictObject({
  /** Of all that the task's result depends on. */
  digest: z.string(),
  executor: z.enum(['local', 'slurm']),
  batch: z.string(),
  index: z.number(),
});
type AttemptRecord = z.output<typeof recordSchema>;

/** What is needed to begin an attempt. */
export interface AttemptOptions {
  readonly task: Task;
  readonly digest: string;
  readonly kind: RunningKind;
  readonly batch: string;
  readonly index: number;
  readonly limits: Limits;
}

/** The attempts of the tasks of one pipeline. */
export class Attempts {
  /** @param directory of the pipeline, absolute */
  constructor(
    private readonly directory: string,
    private readonly executorOf: (kind: RunningKind) => Executor,
  ) {}

  /** A job for the task: one that an earlier axoc has started and that can be waited for, or a new one. */
  async begin(options: AttemptOptions): Promise<Job> {
    const { task, digest, kind } = options;
    const last = this.#lastNumber(task, 'work');
    const record = last === 0 ? undefined : this.#readRecord(task, last);
    if (record !== undefined) {
      const left = this.#job(task, last, { ...options, ...record }, true, []);
      const isSame = record.digest === digest && record.executor === kind;
      const isOpen = fileExists(left.directory) && !fileExists(this.#failedMark(left));
      if (!isSame) await this.executorOf(record.executor).abandon(left);
      else if (isOpen && (await this.executorOf(kind).takeOver(left))) return left;
    }
    return this.#start(options, record?.digest === digest ? last : undefined);
  }

  /** @param previous number of an attempt at the same work, which this one may continue */
  #start(options: AttemptOptions, previous: number | undefined): Job {
    const { task, digest, kind, batch, index } = options;
    const number = 1 + Math.max(this.#lastNumber(task, 'work'), this.#lastNumber(task, 'logs'));
    const place = this.#place(task, number);
    makeDirectory(place);
    const left = previous === undefined ? undefined : join(this.#place(task, previous), 'out');
    const { continues } = task;
    const goesOn = left !== undefined && (continues?.from.some((name) => fileExists(join(left, name))) ?? false);
    if (goesOn) moveInto(left!, join(place, 'out'));
    else makeDirectory(join(place, 'out'));
    for (const name of this.#numbers(task, 'work').filter((other) => other !== number))
      discard(this.#place(task, name));
    makeDirectory(join(this.directory, 'logs', task.id));
    const record: AttemptRecord = { digest, executor: kind, batch, index };
    writeFileWhole(join(place, 'attempt.json'), `${JSON.stringify(record)}\n`);
    return this.#job(task, number, options, false, goesOn ? continues!.arguments : []);
  }

  /** The attempt has failed: no later axoc waits for it. */
  reject(job: Job): void {
    writeFileWhole(this.#failedMark(job), '');
  }

  /** Puts what the job has left in its place, and forgets the attempt. */
  accept(task: Task, job: Job): void {
    moveInto(job.directory, join(this.directory, task.id));
    discard(join(this.directory, 'work', task.id));
  }

  #job(
    task: Task,
    number: number,
    { batch, index, limits }: AttemptOptions,
    isStarted: boolean,
    further: readonly string[],
  ): Job {
    const place = this.#place(task, number);
    const out = join(place, 'out');
    return {
      title: task.title,
      argv: [...task.command(out), ...further],
      directory: out,
      log: join(this.directory, 'logs', task.id, `${number}.log`),
      status: join(place, 'status'),
      batch,
      index,
      limits,
      isStarted,
    };
  }

  #failedMark({ directory }: Job): string {
    return join(dirname(directory), 'failed');
  }

  #place(task: Task, number: number): string {
    return join(this.directory, 'work', task.id, String(number));
  }

  #numbers(task: Task, below: 'work' | 'logs'): number[] {
    return listDirectory(join(this.directory, below, task.id))
      .map((name) => /^(\d+)(\.log)?$/.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number);
  }

  #lastNumber(task: Task, below: 'work' | 'logs'): number {
    return Math.max(0, ...this.#numbers(task, below));
  }

  /** Undefined when the axoc that began it was killed before anything was started. */
  #readRecord(task: Task, number: number): AttemptRecord | undefined {
    const path = join(this.#place(task, number), 'attempt.json');
    if (!fileExists(path)) return undefined;
    return recordSchema.safeParse(JSON.parse(readText(path))).data;
  }
}
