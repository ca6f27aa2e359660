/** Where the files of a run go. */
import { isAbsolute, join } from 'node:path';
import { Problems } from '../../base/diagnostic.js';
import { checkWritable } from '../../base/files.js';
import type { Config } from '../config/schema.js';

/** The configuration with every relative path of a file that is written placed in `directory`. */
export function placedIn(directory: string, config: Config): Config {
  const place = (path: string): string => (isAbsolute(path) ? path : join(directory, path));
  const maybe = (path: string | null): string | null => (path === null ? null : place(path));
  const { data_config, callback, store, report } = config;
  return {
    ...config,
    data_config: { ...data_config, Processed_data_path: place(data_config.Processed_data_path) },
    callback: { ...callback, csv_log: { path: maybe(callback.csv_log.path) } },
    store: {
      ...store,
      lite_path: place(store.lite_path),
      complete_path: place(store.complete_path),
      temp_path: place(store.temp_path),
      build_model_path: maybe(store.build_model_path),
    },
    report: {
      html_report: { ...report.html_report, path: place(report.html_report.path) },
      pdf_report: { ...report.pdf_report, path: place(report.pdf_report.path) },
    },
  };
}

/**
 * Of what is written when training is over, hours from now.
 * @throws AxocError (user) naming every file that cannot be written
 */
export function checkOutputs({ store, report, callback }: Config): void {
  const problems = new Problems();
  const outputs = [
    store.lite_path,
    ...(store.skip_saving_complete ? [] : [store.complete_path]),
    ...(callback.csv_log.path === null ? [] : [callback.csv_log.path]),
    ...[report.html_report, report.pdf_report].flatMap(({ generate, path }) => (generate ? [path] : [])),
  ];
  for (const path of outputs) problems.attempt(() => checkWritable(path));
  problems.throwIfAny();
}
