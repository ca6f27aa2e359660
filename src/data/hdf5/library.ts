/** The HDF5 library as the readers and writers here use it: loaded once, its errors thrown, its gaps refused by name. */
import { AxocError, userError } from '../../base/diagnostic.js';

export type Library = typeof import('h5wasm/node');
export type LibraryFile = InstanceType<Library['File']>;
export type LibraryDataset = InstanceType<Library['Dataset']>;

/** Filters whose data the library really decodes: deflate, shuffle, fletcher32, n-bit, scale-offset. */
const readableFilters: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

export async function loadLibrary(): Promise<Library> {
  const library = await import('h5wasm/node');
  const module = await library.ready;
  // Without it the library prints errors and goes on with garbage.
  module.activate_throwing_error_handler();
  return library;
}

/** Refuses a dataset whose storage the library would not decode. */
export function checkFilters(dataset: LibraryDataset, place: string): void {
  const unknown = attempt(place, () => dataset.filters).find(({ id }) => !readableFilters.has(id));
  if (unknown === undefined) return;
  throw userError(
    'hdf5-filter',
    place,
    `the dataset is stored with the filter "${unknown.name}" (${unknown.id}), which is not read`,
    'store it without compression or with gzip: h5repack -f GZIP=4',
  );
}

/** Runs what asks the library, which reads even shapes and types only when they are asked for; what it throws is the user's problem with the file. */
export function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof AxocError ? error : damaged(path, error);
  }
}

/** What the library threw, as the user's problem with the file. */
function damaged(path: string, error: unknown): Error {
  return userError(
    'damaged-hdf5',
    path,
    `cannot be read as HDF5: ${innermostReason((error as Error).message)}`,
    'write or copy the file again',
  );
}

/** The library tells what failed from the outside in, `#000: file line in function(): reason` each. */
function innermostReason(message: string): string {
  const reasons = [...message.matchAll(/^ *#\d+: .*\(\): (.+)$/gm)];
  return reasons.at(-1)?.[1] ?? message.split('\n')[0]!;
}
