/** Reading HDF5 files: what is in them, attributes, datasets in slabs of rows. */
import { userError } from '../../base/diagnostic.js';
import { readHead } from '../../base/files.js';
import { suggest } from '../../base/nearest.js';
import { attempt, checkFilters, type Library, type LibraryDataset, type LibraryFile, loadLibrary } from './library.js';
import { type ElementType, elementTypeOf, type NumberArray } from './types.js';
import { type Elements, rowReader } from './whole-chunks.js';

/** A number is one element, a list more of them; integers beyond 2^53 are rounded. */
export type AttributeValue = string | number | readonly string[] | readonly number[];

export interface Hdf5Dataset {
  /** Inside the file, without leading slash: `Background_data/Train/DATA`. */
  readonly name: string;
  /** Empty for a single value. */
  readonly shape: readonly number[];
  /** Undefined: a type that cannot be read here. */
  readonly type: ElementType | undefined;
  /**
   * Rows `from` to `to` (excluded) along the first axis, row by row, last index fastest. 64-bit integers become doubles, which is
   * refused where one does not fit. A slab may have at most 2^31 - 1 bytes.
   */
  read(from: number, to: number): NumberArray;
  /** Every element of a dataset of numbers, in the same order. */
  readAll(): NumberArray;
  /** Every element of a dataset of strings. */
  readStrings(): string[];
}

export interface Hdf5File {
  readonly path: string;
  /** Names of all datasets, in the file's order. */
  readonly datasets: readonly string[];
  /** Names of all groups below the root. */
  readonly groups: readonly string[];
  has(name: string): boolean;
  /** @throws AxocError (user) when there is none of this name; the nearest one is named */
  dataset(name: string): Hdf5Dataset;
  /** Attributes of a group or dataset; `''` is the root. Types that are not read are left out. */
  attributes(name: string): ReadonlyMap<string, AttributeValue>;
  close(): void;
}

const magic = '\x89HDF\r\n\x1a\n';

/** Whether a file begins as HDF5 files do. @throws AxocError (user) when it cannot be read */
export function isHdf5File(path: string): boolean {
  return Buffer.from(readHead(path, magic.length)).toString('latin1') === magic;
}

/**
 * Opens a file for reading.
 * @throws AxocError (user) when it cannot be read or is no HDF5 file
 */
export async function openHdf5File(path: string): Promise<Hdf5File> {
  readHead(path, 1);
  const library = await loadLibrary();
  const file = attempt(path, () => new library.File(path, 'r'));
  const names = attempt(path, () => listNames(library, file));
  return {
    path,
    ...names,
    has: (name) => names.datasets.includes(name) || names.groups.includes(name),
    dataset: (name) => openDataset(path, file, name, names.datasets),
    attributes: (name) => attempt(path, () => attributesOf(file, name)),
    close: () => attempt(path, () => void file.close()),
  };
}

/** Opens a file for `work` and closes it, whatever happens. */
export async function withHdf5File<T>(path: string, work: (file: Hdf5File) => T | Promise<T>): Promise<T> {
  const file = await openHdf5File(path);
  try {
    return await work(file);
  } finally {
    file.close();
  }
}

function listNames(library: Library, file: LibraryFile): { datasets: string[]; groups: string[] } {
  const datasets: string[] = [];
  const groups: string[] = [];
  for (const path of file.paths()) {
    const name = path.replace(/^\//, '');
    const entity = file.get(name);
    if (entity instanceof library.Dataset) datasets.push(name);
    else if (entity instanceof library.Group && name !== '') groups.push(name);
  }
  return { datasets, groups };
}

function openDataset(path: string, file: LibraryFile, name: string, known: readonly string[]): Hdf5Dataset {
  if (!known.includes(name)) {
    const held = known.length === 1 ? '1 dataset' : `${known.length} datasets`;
    throw userError('hdf5-dataset', path, `has no dataset "${name}" among its ${held}`, suggest(name, known));
  }
  const place = `${path}: ${name}`;
  const dataset = attempt(path, () => file.get(name) as LibraryDataset);
  const { shape, type } = attempt(path, () => ({ shape: dataset.shape ?? [], type: elementTypeOf(dataset) }));
  const readRows = attempt(path, () => rowReader(dataset));
  const read = (from: number, to: number): NumberArray => {
    checkNumbers(type, place);
    checkFilters(dataset, place);
    const values = attempt(path, () => (shape.length === 0 ? (dataset.value as number | bigint) : readRows(from, to)));
    return numbersOf(values, place);
  };
  return {
    name,
    shape,
    type,
    read,
    readAll: () => read(0, shape[0] ?? 1),
    readStrings() {
      if (type !== 'string')
        throw userError('hdf5-type', place, 'does not hold strings', 'check the file and its layout');
      const value = attempt(path, () => dataset.value);
      return typeof value === 'string' ? [value] : (value as string[]);
    },
  };
}

function checkNumbers(type: ElementType | undefined, place: string): void {
  if (type !== undefined && type !== 'string') return;
  const found = type === 'string' ? 'strings' : 'of a type that is not read';
  throw userError('hdf5-type', place, `its elements are ${found}, not plain numbers`, 'store integers or floats');
}

/** Doubles for 64-bit integers, where they are exact. */
function numbersOf(slab: Elements | number | bigint, place: string): NumberArray {
  if (typeof slab === 'number' || typeof slab === 'bigint') return Float64Array.of(Number(slab));
  if (!(slab instanceof BigInt64Array || slab instanceof BigUint64Array)) return slab;
  const numbers = new Float64Array(slab.length);
  for (let index = 0; index < slab.length; index++) {
    const value = Number(slab[index]);
    if (!Number.isSafeInteger(value)) {
      throw userError('inexact-integer', place, `${slab[index]} has no exact double`, 'store smaller integers');
    }
    numbers[index] = value;
  }
  return numbers;
}

function attributesOf(file: LibraryFile, name: string): ReadonlyMap<string, AttributeValue> {
  const holder = name === '' ? file : file.get(name);
  const found = new Map<string, AttributeValue>();
  if (holder === null || !('attrs' in holder)) return found;
  for (const [key, attribute] of Object.entries(holder.attrs)) {
    const value = attributeValue(attribute.value);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

function attributeValue(value: unknown): AttributeValue | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>, Number);
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}
