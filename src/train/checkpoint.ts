/**
 * Checkpoints of a directory: two files written in turn, so that the newest whole one survives whatever happens while the next is written.
 */
import { join } from 'node:path';
import { AxocError, type Diagnostic, userError } from '../base/diagnostic.js';
import { fileExists, readBytes, writeFileWhole } from '../base/files.js';
import { flattened } from '../base/flatten.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Identity } from './checkpoint-format.js';
import type { FitState } from './fit-state.js';

const fileNames = ['checkpoint-even.axoc', 'checkpoint-odd.axoc'] as const;

export interface FoundCheckpoint extends Checkpoint {
  readonly path: string;
}

/** What a directory holds, the newest first, and what is wrong with the rest. */
function checkpointsIn(directory: string): { found: readonly FoundCheckpoint[]; problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const found = fileNames
    .map((name) => join(directory, name))
    .filter(fileExists)
    .flatMap((path) => {
      try {
        return [{ ...decodeCheckpoint(readBytes(path), path), path }];
      } catch (error) {
        if (!(error instanceof AxocError)) throw error;
        problems.push(...error.diagnostics);
        return [];
      }
    })
    .toSorted((a, b) => b.generation - a.generation);
  return { found, problems };
}

/** Whether there is anything to resume from, whole or not. */
export function hasCheckpoint(directory: string): boolean {
  return fileNames.some((name) => fileExists(join(directory, name)));
}

/** Undefined when there is none; files that are damaged are no checkpoints. */
export function newestCheckpoint(directory: string): FoundCheckpoint | undefined {
  return checkpointsIn(directory).found[0];
}

/** Writes checkpoints of one fit. */
export class CheckpointWriter {
  #generation: number;
  /** Where the last one is. */
  path: string | undefined;

  constructor(
    private readonly directory: string,
    private readonly identity: Identity,
    last: FoundCheckpoint | undefined,
  ) {
    this.#generation = last?.generation ?? 0;
  }

  write(state: FitState): void {
    this.#generation++;
    const path = join(this.directory, fileNames[this.#generation % 2]!);
    writeFileWhole(path, encodeCheckpoint({ generation: this.#generation, identity: this.identity, state }));
    this.path = path;
  }
}

/** The checkpoint to go on from. @throws AxocError (user) when there is none, none is whole, or it is of a different fit */
export function checkpointToResume(directory: string, identity: Identity): FoundCheckpoint {
  const { found, problems } = checkpointsIn(directory);
  const [newest] = found;
  if (newest === undefined && problems.length > 0) throw new AxocError('user', problems);
  if (newest === undefined)
    throw userError(
      'no-checkpoint',
      directory,
      'there is no checkpoint to resume from',
      'check the directory, or train without resuming',
    );
  checkSame(newest, newest.identity, identity);
  return newest;
}

/**
 * Whether a part of what a fit depends on is that of the checkpoint it would go on from: asked before anything is written.
 * @throws AxocError (user) when it is another
 */
export function checkResumable(directory: string, part: Identity): void {
  const newest = newestCheckpoint(directory);
  if (newest === undefined) return;
  checkSame(newest, Object.fromEntries(Object.keys(part).map((key) => [key, newest.identity[key]])), part);
}

function checkSame({ path }: FoundCheckpoint, before: Identity, now: Identity): void {
  const differing = differencesOf(before, now);
  if (differing === undefined) return;
  throw userError(
    'checkpoint-differs',
    path,
    `it was written by a fit with ${differing}`,
    'resume with the configuration it was trained with, or train anew without resuming',
  );
}

/** Longer values, and digests, tell nobody anything. */
const longestShown = 60;
/** More values than these are not read. */
const mostShown = 8;

/** What of a fit has changed, and the values of what can be shown in a few words; undefined when nothing has. */
function differencesOf(before: Identity, now: Identity): string | undefined {
  const flat = (identity: Identity, key: string) => flattened(plain(identity[key] ?? null), key);
  const changed = Object.keys({ ...now, ...before })
    .map((key) => ({ key, was: flat(before, key), is: flat(now, key) }))
    .map(({ key, was, is }) => ({
      key,
      leaves: [...new Set([...was.keys(), ...is.keys()])]
        .map((name) => ({ name, was: was.get(name) ?? 'not there', is: is.get(name) ?? 'not there' }))
        .filter((leaf) => leaf.was !== leaf.is),
    }))
    .filter(({ leaves }) => leaves.length > 0);
  if (changed.length === 0) return undefined;
  const shown = changed
    .flatMap(({ leaves }) => leaves)
    .filter(({ was, is }) => Math.max(was.length, is.length) <= longestShown)
    .map(({ name, was, is }) => `${name} was ${was} and is ${is}`);
  const names = `other ${changed.map(({ key }) => key).join(', ')}`;
  if (shown.length === 0) return names;
  const more = shown.length > mostShown ? `; and ${shown.length - mostShown} more` : '';
  return `${names}: ${shown.slice(0, mostShown).join('; ')}${more}`;
}

/** As it is read from a checkpoint. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
