/** The events of a run: synthesised where the configuration names no file, then prepared. */
import { dirname, join } from 'node:path';
import { fileExists } from '../../base/files.js';
import { type StartProgress, startProgress } from '../../base/progress.js';
import { version } from '../../base/version.js';
import type { Config } from '../config/schema.js';
import { type PrepareResult, prepareData } from '../data/prepare.js';
import { synthesise } from '../synthesis/synthesise.js';
import { dataOptionsOf, type EventFiles } from './data-options.js';

export interface PreparedRun extends PrepareResult {
  readonly files: EventFiles;
}

/**
 * @param beforeMaking as for `prepareData`
 * @param signal when it aborts, reading ends with the next slab, and nothing half made is left
 * @throws AxocError as `synthesise` and `prepareData` do
 */
export async function prepareRun(
  config: Config,
  beforeMaking: (config: string) => void,
  signal?: AbortSignal,
): Promise<PreparedRun | 'interrupted'> {
  const start: StartProgress = (label, total) => {
    const progress = startProgress(label, total);
    return {
      advance(events) {
        if (signal?.aborted === true) {
          progress.done();
          throw new Interruption();
        }
        progress.advance(events);
      },
      done: () => progress.done(),
    };
  };
  try {
    const files = await eventFiles(config, start);
    const prepared = await prepareData(dataOptionsOf(config, files), start, beforeMaking);
    return { ...prepared, files };
  } catch (error) {
    if (error instanceof Interruption) return 'interrupted';
    throw error;
  }
}

/** Ends reading from within. */
class Interruption extends Error {}

async function eventFiles({ data_config }: Config, start: StartProgress): Promise<EventFiles> {
  const { BACKGROUND, SIGNAL } = data_config.Read_configs;
  if (BACKGROUND.file_path !== null) {
    const signals = SIGNAL.file_path === null ? [] : [SIGNAL.file_path];
    return { background: BACKGROUND.file_path, signals, isSynthetic: false };
  }
  const { background, signal, seed } = data_config.Synthesis;
  const out = join(dirname(data_config.Processed_data_path), `synthetic-${version}-${seed}-${background}-${signal}`);
  const made = { background: join(out, 'background.h5'), signals: [join(out, 'signals.h5')], isSynthetic: true };
  // Both are written whole, the signals last, and their directory's name says all they depend on.
  if (![made.background, ...made.signals].every(fileExists)) await synthesise({ out, background, signal, seed }, start);
  return SIGNAL.file_path === null ? made : { ...made, signals: [SIGNAL.file_path] };
}
