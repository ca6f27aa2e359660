/** Events from an HDF5 file, read in slabs. */
import { userError } from '../../base/diagnostic.js';
import { checkNotEmpty, type EventStream, type Events } from '../events.js';
import { TableProblems } from '../table-problems.js';
import { attempt, checkFilters, type Library, type LibraryDataset, type LibraryFile, loadLibrary } from './library.js';
import { rowReader } from './whole-chunks.js';

/**
 * Opens the dataset `name` of the file, or its only one of two axes or more. The first axis counts the events; all others
 * together are the values of one event, last index fastest.
 * @throws AxocError (user) when it is not there, is not numbers, or is stored in a way that is not read
 */
export async function openHdf5(path: string, name?: string): Promise<EventStream> {
  const library = await loadLibrary();
  const file = attempt(path, () => new library.File(path, 'r'));
  try {
    const dataset = attempt(path, () => findDataset(library, file, path, name));
    const shape = dataset.shape!;
    const [count, ...inner] = shape as [number, ...number[]];
    const width = inner.reduce((product, length) => product * length, 1);
    checkNotEmpty(path, count, width);
    attempt(path, () => checkReadable(dataset, path));
    return {
      source: path,
      count,
      blocks: (size) => blocksOf(dataset, { source: path, count, width }, size),
      close: () => attempt(path, () => void file.close()),
    };
  } catch (error) {
    attempt(path, () => void file.close());
    throw error;
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

interface Table {
  readonly source: string;
  readonly count: number;
  readonly width: number;
}

async function* blocksOf(
  dataset: LibraryDataset,
  { source, count, width }: Table,
  size: number,
): AsyncIterable<Events> {
  const read = attempt(source, () => rowReader(dataset));
  const problems = new TableProblems(source);
  for (let first = 0; first < count; first += size) {
    const rows = Math.min(size, count - first);
    const values = attempt(source, () => read(first, first + rows));
    if (values instanceof Float32Array || values instanceof Float64Array)
      problems.addAllNotFinite(values, width, first);
    if (!problems.any) yield { source, count: rows, width, values };
  }
  problems.throwIfAny();
}
