/**
 * Checkpoints of a directory: two files written in turn, so that the newest whole one survives whatever happens while the next is written.
 */
import { join } from 'node:path';
import { AxocError, type Diagnostic, userError } from '../base/diagnostic.js';
import { fileExists, readBytes, writeFileWhole } from '../base/files.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Identity } from './checkpoint-format.js';
import type { FitState } from './fit-state.js';

const fileNames = ['checkpoint-even.axoc', 'checkpoint-odd.axoc'] as const;

export interface FoundCheckpoint extends Checkpoint {
  readonly path: string;
}

/**
 * @returns the newest whole checkpoint; undefined when there is no file at all
 * @throws AxocError (user) when there are files, but none is whole
 */
export function newestCheckpoint(directory: string): FoundCheckpoint | undefined {
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
  if (found.length === 0 && problems.length > 0) throw new AxocError('user', problems);
  return found[0];
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

/** The checkpoint to go on from. @throws AxocError (user) when there is none, or one of a different fit */
export function checkpointToResume(directory: string, identity: Identity): FoundCheckpoint {
  const found = newestCheckpoint(directory);
  if (found === undefined)
    throw userError(
      'no-checkpoint',
      directory,
      'there is no checkpoint to resume from',
      'check the directory, or train without resuming',
    );
  const differing = Object.keys({ ...identity, ...found.identity }).filter(
    (key) => JSON.stringify(identity[key]) !== JSON.stringify(found.identity[key]),
  );
  if (differing.length > 0)
    throw userError(
      'checkpoint-differs',
      found.path,
      `it was written by a fit with other ${differing.join(', ')}: ${differing
        .map((key) => `${key} was ${JSON.stringify(found.identity[key])} and is ${JSON.stringify(identity[key])}`)
        .join('; ')}`,
      'resume with the configuration it was trained with, or train anew without resuming',
    );
  return found;
}
