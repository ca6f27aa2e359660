/** Attributes of Data.h5 that say what it was made from. */
import { basename } from 'node:path';
import { digestFile } from '../../base/file-digest.js';
import type { DataOptions } from './options.js';

/** JSON: the options and the content of the input files; equal text, equal file. */
export const configAttribute = 'config';
/** JSON: a `PrepareSummary`. */
export const summaryAttribute = 'summary';

/** Changes whenever the same options would give another file. */
const format = 1;

/** Identifies input files by name and content, not by place or date. */
export function cacheKey({ background, signal, out: _, ...others }: DataOptions): string {
  const { path, ...backgroundOptions } = background;
  const { paths, ...signalOptions } = signal;
  const fileOf = (one: string) => ({ name: basename(one), sha256: digestFile(one) });
  return JSON.stringify({
    format,
    background: { file: fileOf(path), ...backgroundOptions },
    signal: { files: paths.map(fileOf), ...signalOptions },
    ...others,
  });
}
