/** One piece of a pipeline's work, known by the place of its results, and what its results depend on. */
import { createHash } from 'node:crypto';
import { internalError } from '../../base/diagnostic.js';
import type { Journal } from './journal.js';
import type { StageName } from './options.js';

export interface Task {
  readonly stage: StageName;
  /** Where its results stand in the directory of the pipeline: `simulate/run-3`, `train`. */
  readonly id: string;
  /** For messages: `simulate, run 3`. */
  readonly title: string;
  /** Files that it leaves, as paths from the directory of its results. */
  readonly outputs: readonly string[];
  /** All that its results depend on, besides those of its needs: plain data. */
  readonly identity: unknown;
  /** Names in the journal of what has to be done before. */
  readonly needs: readonly string[];
  /** @param out absolute path of the directory that it fills, in which it starts */
  command(out: string): readonly string[];
  /** Statuses by which the command says that trying again is of no use. */
  readonly finalStatuses?: readonly number[];
  /** The command on the GRID, where it fills the directory in which it starts. */
  readonly gridCommand?: readonly string[];
  /** How one that was broken off goes on, when one of the files is there. */
  readonly continues?: { readonly from: readonly string[]; readonly arguments: readonly string[] };
}

/** Of the identity of a task and the content of all that it needs, in hexadecimal. */
export function digestOf(task: Task, journal: Journal): string {
  const needs = task.needs.map((name) => {
    const entry = journal.entryOf(name);
    if (entry === undefined) throw internalError(task.id, `${name} is not done`);
    return [name, entry.outputs.map(({ path, sha256 }) => [path, sha256])];
  });
  const { stage, outputs, identity } = task;
  return createHash('sha256').update(JSON.stringify({ stage, outputs, identity, needs })).digest('hex');
}
