/** Writing HDF5 files: whole or not at all, the same bytes for the same content. */
import { internalError, userError } from '../../base/diagnostic.js';
import { patchFile, withStagedPath } from '../../base/staged-path.js';
import { type LibraryDataset, type LibraryFile, loadLibrary } from './library.js';
import { clearTime } from './times.js';
import { libraryTypes, type NumberArray, type NumberType, numberTypeOf } from './types.js';

export interface StorageOptions {
  /** gzip level, 1 to 9; none: not compressed. */
  readonly gzip?: number;
}

/** A dataset that grows by rows along its first axis. */
export interface Appender {
  /** Rows so far; what is buffered counts. */
  readonly count: number;
  /** Adds whole rows; values are converted to the dataset's type as typed arrays convert them. */
  append(rows: ArrayLike<number>): void;
}

/** Groups are made as names need them: `Background_data/Train/DATA` makes both. */
export interface Hdf5Writer {
  group(name: string): void;
  /** On a group or dataset that exists; `''` is the root. Whole numbers become int32 where they fit, others float64. */
  attribute(name: string, key: string, value: string | number | readonly string[] | readonly number[]): void;
  /** A dataset of known content, of the type of its array; `shape` is all of it, [] a single value. */
  dataset(name: string, data: NumberArray, shape: readonly number[], options?: StorageOptions): void;
  /** A dataset of UTF-8 strings with one axis. */
  strings(name: string, values: readonly string[]): void;
  /**
   * A dataset of shape [0, ...rowShape] that grows; stored in chunks of at most a quarter of a megabyte, and written when that much has come
   * together. All of them are complete once the file is.
   */
  appender(name: string, type: NumberType, rowShape: readonly number[], options?: StorageOptions): Appender;
}

/**
 * Makes the file `path` with what `write` puts into it; an older one is replaced once the new one is complete.
 * @param replacing called just before that
 * @throws AxocError (user) when it cannot be written
 */
export async function writeHdf5File<T>(
  path: string,
  write: (file: Hdf5Writer) => T | Promise<T>,
  replacing: () => void = () => {},
): Promise<T> {
  const library = await loadLibrary();
  return withStagedPath(path, async (staged) => {
    // The first format has no checksums over its times, and every HDF5 tool reads it.
    const file = new library.File(staged, 'w', { libver: ['earliest', 'v108'] });
    const writer = new FileWriter(file);
    let result: T;
    let headers: readonly number[];
    try {
      try {
        result = await write(writer);
        headers = writer.finish();
      } finally {
        file.close();
      }
    } catch (error) {
      throw writeProblem(path, error);
    }
    patchFile(staged, (access) => {
      for (const header of headers) clearTime(access, header);
    });
    replacing();
    return result;
  });
}

/** The library's own errors are the disk's; anything else is passed on. */
function writeProblem(path: string, error: unknown): unknown {
  const isLibrary = error instanceof Error && error.message.startsWith('HDF5-DIAG');
  if (!isLibrary) return error;
  const reason = 'the HDF5 library could not write it (is the disk full?)';
  return userError('unwritable-file', path, reason, 'choose a path that can be written');
}

class FileWriter implements Hdf5Writer {
  readonly #file: LibraryFile;
  readonly #groups = new Set<string>();
  readonly #datasets = new Set<string>();
  readonly #growing: GrowingDataset[] = [];

  constructor(file: LibraryFile) {
    this.#file = file;
  }

  group(name: string): void {
    let path = '';
    for (const part of name.split('/')) {
      path = path === '' ? part : `${path}/${part}`;
      if (this.#groups.has(path)) continue;
      this.#file.create_group(path);
      this.#groups.add(path);
    }
  }

  attribute(name: string, key: string, value: string | number | readonly string[] | readonly number[]): void {
    const holder = name === '' ? this.#file : this.#file.get(name);
    if (holder === null || !('create_attribute' in holder)) throw internalError(name, 'an attribute of nothing');
    if (typeof value === 'string' || (Array.isArray(value) && typeof value[0] === 'string')) {
      holder.create_attribute(key, value as string | string[]);
      return;
    }
    const numbers = (typeof value === 'number' ? [value] : [...value]) as number[];
    const type = numbers.every((number) => Number.isInteger(number) && Math.abs(number) < 2 ** 31) ? '<i' : '<d';
    holder.create_attribute(key, numbers, typeof value === 'number' ? [] : [numbers.length], type);
  }

  dataset(name: string, data: NumberArray, shape: readonly number[], options: StorageOptions = {}): void {
    this.#add(name, {
      data,
      shape: [...shape],
      dtype: libraryTypes[numberTypeOf(data)],
      ...(options.gzip === undefined || data.length === 0
        ? {}
        : { chunks: chunkOf(shape, data.BYTES_PER_ELEMENT), compression: options.gzip }),
    });
  }

  strings(name: string, values: readonly string[]): void {
    this.#add(name, { data: [...values], shape: [values.length], dtype: 'S' });
  }

  appender(name: string, type: NumberType, rowShape: readonly number[], options: StorageOptions = {}): Appender {
    const empty = emptyArray(type);
    const chunks = chunkOf([Number.POSITIVE_INFINITY, ...rowShape], empty.BYTES_PER_ELEMENT);
    const dataset = this.#add(name, {
      data: empty,
      shape: [0, ...rowShape],
      maxshape: [null, ...rowShape],
      dtype: libraryTypes[type],
      chunks,
      ...(options.gzip === undefined ? {} : { compression: options.gzip }),
    });
    const growing = new GrowingDataset(dataset, type, rowShape, chunks[0]!);
    this.#growing.push(growing);
    return growing;
  }

  /** Writes what is buffered; gives where in the file the datasets' headers stand. */
  finish(): readonly number[] {
    for (const growing of this.#growing) growing.flush();
    return [...this.#datasets].map((name) => {
      const { ref_data: address } = (this.#file.get(name) as LibraryDataset).create_reference();
      return Number(new DataView(Uint8Array.from(address).buffer).getBigUint64(0, true));
    });
  }

  #add(name: string, stored: Omit<Parameters<LibraryFile['create_dataset']>[0], 'name'>): LibraryDataset {
    if (name.includes('/')) this.group(name.slice(0, name.lastIndexOf('/')));
    this.#datasets.add(name);
    return this.#file.create_dataset({ name, ...stored });
  }
}

/** Collects rows to whole chunks, so that each chunk is written once. */
class GrowingDataset implements Appender {
  readonly #dataset: LibraryDataset;
  readonly #rowShape: readonly number[];
  readonly #width: number;
  readonly #buffer: NumberArray;
  #buffered = 0;
  #written = 0;

  constructor(dataset: LibraryDataset, type: NumberType, rowShape: readonly number[], chunkRows: number) {
    this.#dataset = dataset;
    this.#rowShape = rowShape;
    this.#width = rowShape.reduce((product, length) => product * length, 1);
    this.#buffer = emptyArray(type, chunkRows * this.#width);
  }

  get count(): number {
    return this.#written + this.#buffered / this.#width;
  }

  append(rows: ArrayLike<number>): void {
    if (rows.length % this.#width !== 0) {
      throw internalError(this.#dataset.path, `${rows.length} values are no whole rows of ${this.#width}`);
    }
    for (let from = 0; from < rows.length; ) {
      const length = Math.min(rows.length - from, this.#buffer.length - this.#buffered);
      this.#buffer.set(part(rows, from, from + length), this.#buffered);
      from += length;
      this.#buffered += length;
      if (this.#buffered === this.#buffer.length) this.flush();
    }
  }

  flush(): void {
    if (this.#buffered === 0) return;
    const end = this.count;
    this.#dataset.resize([end, ...this.#rowShape]);
    this.#dataset.write_slice(
      [[this.#written, end], ...this.#rowShape.map((length): [number, number] => [0, length])],
      this.#buffer.subarray(0, this.#buffered),
    );
    this.#written = end;
    this.#buffered = 0;
  }
}

function part(rows: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  return ArrayBuffer.isView(rows)
    ? (rows as NumberArray).subarray(from, to)
    : Array.prototype.slice.call(rows, from, to);
}

/** Large enough for fast reading of slabs; a dataset of few rows takes as much all the same. */
const chunkBytes = 2 ** 18;

function chunkOf(shape: readonly number[], elementBytes: number): number[] {
  const rowShape = shape.slice(1);
  const rowBytes = rowShape.reduce((product, length) => product * length, elementBytes);
  const rows = Math.max(1, Math.floor(chunkBytes / rowBytes));
  // A power of two, so that slabs of usual batch sizes begin and end with chunks.
  return [Math.min(2 ** (31 - Math.clz32(rows)), shape[0]!), ...rowShape];
}

const arrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

function emptyArray(type: NumberType, length = 0): NumberArray {
  return new arrays[type](length);
}
