/** Events from an HDF5 file, read in slabs. */
import { userError } from '../base/diagnostic.js';
import type { EventStream } from './event-stream.js';
import { checkNotEmpty, type Events } from './events.js';
import {
  checkFilters,
  damaged,
  type Library,
  type LibraryDataset,
  type LibraryFile,
  loadLibrary,
} from './hdf5-library.js';
import { TableProblems } from './table-problems.js';

const magic = '\x89HDF\r\n\x1a\n';

export function isHdf5(head: Uint8Array): boolean {
  return Buffer.from(head).toString('latin1') === magic;
}

/**
 * Opens the dataset `name` of the file, or its only one of two axes or more. The first axis counts the events; all others
 * together are the values of one event, last index fastest.
 * @throws AxocError (user) when it is not there, is not numbers, or is stored in a way that is not read
 */
export async function openHdf5(path: string, name?: string): Promise<EventStream> {
  const library = await loadLibrary();
  const file = openFile(library, path);
  try {
    const dataset = findDataset(library, file, path, name);
    const shape = dataset.shape!;
    const [count, ...inner] = shape as [number, ...number[]];
    const width = inner.reduce((product, length) => product * length, 1);
    checkNotEmpty(path, count, width);
    checkReadable(dataset, path);
    return {
      source: path,
      count,
      width,
      *blocks(size) {
        for (let row = 0; row < count; row += size) {
          const rows = Math.min(size, count - row);
          yield { source: path, count: rows, width, values: readSlab(dataset, row, rows, width, path) };
        }
      },
      close: () => void file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function openFile(library: Library, path: string): LibraryFile {
  try {
    return new library.File(path, 'r');
  } catch (error) {
    throw damaged(path, error);
  }
}

function findDataset(library: Library, file: LibraryFile, path: string, name: string | undefined): LibraryDataset {
  const found = file.paths().flatMap((item) => {
    const entity = file.get(item);
    return entity instanceof library.Dataset ? [{ item: item.replace(/^\//, ''), entity }] : [];
  });
  const tables = found.filter(({ entity }) => (entity.shape?.length ?? 0) >= 2);
  const listed =
    found.map(({ item, entity }) => `${item} (${entity.shape?.join(', ') ?? 'empty'})`).join('; ') || 'none';
  const wanted = name === undefined ? tables : found.filter(({ item }) => item === name.replace(/^\//, ''));
  const [only] = wanted;
  if (only === undefined || wanted.length > 1 || only.entity.shape === null || only.entity.shape.length === 0) {
    const message =
      name === undefined
        ? `holds ${tables.length} datasets that could be events`
        : `has no dataset of events "${name}"`;
    throw userError('hdf5-dataset', path, `${message}; datasets here: ${listed}`, 'name the dataset with --dataset');
  }
  return only.entity;
}

function checkReadable(dataset: LibraryDataset, path: string): void {
  const { dtype } = dataset;
  if (typeof dtype !== 'string' || !/^[<>|]?[bBhHiIqQfd]$/.test(dtype)) {
    throw userError(
      'hdf5-type',
      path,
      `the dataset's elements are ${JSON.stringify(dtype)}, not plain numbers`,
      'store integers or floats',
    );
  }
  checkFilters(dataset, path);
}

function readSlab(dataset: LibraryDataset, row: number, rows: number, width: number, path: string): Events['values'] {
  let slab: unknown;
  try {
    slab = dataset.slice([[row, row + rows], ...dataset.shape!.slice(1).map((): [] => [])]);
  } catch (error) {
    throw damaged(path, error);
  }
  const values = slab as Float64Array | BigInt64Array;
  if (values.length !== rows * width)
    throw damaged(path, new Error(`${values.length} values where ${rows * width} were asked for`));
  if (values instanceof Float32Array || values instanceof Float64Array) checkFinite(values, row, width, path);
  return values;
}

function checkFinite(values: Float32Array | Float64Array, firstRow: number, width: number, path: string): void {
  const problems = new TableProblems(path);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value))
      problems.addNotFinite({ row: firstRow + Math.floor(index / width), column: index % width }, value);
  }
  problems.throwIfAny();
}
