/** Attributes of Data.h5 that say what it was made from. */
import { basename } from 'node:path';
import { fileState } from '../../base/directories.js';
import { digestLargeFile } from '../../base/file-digest.js';
import type { StartProgress } from '../../base/progress.js';
import type { DataOptions } from './options.js';

/** JSON: the options and the content of the input files; equal text, equal file. */
export const configAttribute = 'config';
/** JSON: a `PrepareSummary`. */
export const summaryAttribute = 'summary';

/** Changes whenever the same options would give another file. */
const format = 2;

const mebibyte = 2 ** 20;

/** Identifies input files by name and content, not by place or date. */
export async function cacheKey(
  { background, signal, out: _, ...others }: DataOptions,
  startProgress: StartProgress,
): Promise<string> {
  const { path, ...backgroundOptions } = background;
  const { paths, ...signalOptions } = signal;
  const fileOf = async (one: string) => {
    const name = basename(one);
    const shown = startProgress(`checksum of ${name}, MiB`, Math.ceil((fileState(one)?.bytes ?? 0) / mebibyte));
    const sha256 = await digestLargeFile(one, (bytes) => shown.advance(Math.ceil(bytes / mebibyte)));
    shown.done();
    return { name, sha256 };
  };
  const file = await fileOf(path);
  const files: Awaited<ReturnType<typeof fileOf>>[] = [];
  for (const one of paths) files.push(await fileOf(one));
  return JSON.stringify({
    format,
    background: { file, ...backgroundOptions },
    signal: { files, ...signalOptions },
    ...others,
  });
}
