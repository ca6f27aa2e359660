/** The events of a run: synthesised where the configuration names no file, then prepared. */
import { dirname, join } from 'node:path';
import { fileExists } from '../../base/files.js';
import { startProgress } from '../../base/progress.js';
import { version } from '../../base/version.js';
import type { Config } from '../config/schema.js';
import { type PrepareResult, prepareData } from '../data/prepare.js';
import { synthesise } from '../synthesis/synthesise.js';
import { dataOptionsOf, type EventFiles } from './data-options.js';

export interface PreparedRun extends PrepareResult {
  readonly files: EventFiles;
}

/** @throws AxocError as `synthesise` and `prepareData` do */
export async function prepareRun(config: Config): Promise<PreparedRun> {
  const files = await eventFiles(config);
  const prepared = await prepareData(dataOptionsOf(config, files), startProgress);
  return { ...prepared, files };
}

async function eventFiles({ data_config }: Config): Promise<EventFiles> {
  const { BACKGROUND, SIGNAL } = data_config.Read_configs;
  if (BACKGROUND.file_path !== null) {
    const signals = SIGNAL.file_path === null ? [] : [SIGNAL.file_path];
    return { background: BACKGROUND.file_path, signals, isSynthetic: false };
  }
  const { background, signal, seed } = data_config.Synthesis;
  const out = join(dirname(data_config.Processed_data_path), `synthetic-${version}-${seed}-${background}-${signal}`);
  const made = { background: join(out, 'background.h5'), signals: [join(out, 'signals.h5')], isSynthetic: true };
  // Both are written whole, the signals last, and their directory's name says all they depend on.
  if (![made.background, ...made.signals].every(fileExists))
    await synthesise({ out, background, signal, seed }, startProgress);
  return SIGNAL.file_path === null ? made : { ...made, signals: [SIGNAL.file_path] };
}
