/** Writes an npz file (as numpy.savez_compressed does) with one array of float64 that comes row by row, whole or not at all. */
import { internalError } from '../../base/diagnostic.js';
import { type StagedFile, stageFile } from '../../base/file-streams.js';
import { ZipWriter } from '../zip/zip-write.js';
import { npyMagic } from './header.js';

export interface NpzArrayOptions {
  /** Name of the array; `numpy.savez` calls an array without one `arr_0`. */
  readonly name: string;
  /** All rows that will come, and the shape of one. */
  readonly shape: readonly number[];
  /** The archive's comment: numpy passes over it, every tool for zip files shows it. */
  readonly comment?: string;
}

/** Values that are packed at a time: a megabyte. */
const valuesAtOnce = 2 ** 17;

/** An older file stands until `commit`; after an error, or instead of `commit`, call `discard`. */
export class NpzWriter {
  readonly #file: StagedFile;
  readonly #zip: ZipWriter;
  readonly #options: NpzArrayOptions;
  readonly #buffer = new Float64Array(valuesAtOnce);
  #buffered = 0;
  #missing: number;

  /** @throws AxocError (user) when `path` cannot be written, as the other methods but `discard` do */
  constructor(path: string, options: NpzArrayOptions) {
    this.#options = options;
    this.#missing = options.shape.reduce((product, length) => product * length, 1);
    this.#file = stageFile(path);
    this.#zip = new ZipWriter(this.#file);
    this.#zip.begin(`${options.name}.npy`);
    this.#zip.add(npyHeader(options.shape));
  }

  /** The next values, last index fastest. */
  append(values: Float32Array | Float64Array): void {
    this.#missing -= values.length;
    for (let from = 0; from < values.length; ) {
      const piece = values.subarray(from, from + valuesAtOnce - this.#buffered);
      this.#buffer.set(piece, this.#buffered);
      this.#buffered += piece.length;
      from += piece.length;
      if (this.#buffered === valuesAtOnce) this.#flush();
    }
  }

  /** Completes the archive; its place it takes with `commit`. */
  finish(): void {
    if (this.#missing !== 0) throw internalError('npz', `${this.#missing} values did not come`);
    this.#flush();
    this.#zip.finish(this.#options.comment);
  }

  commit(): void {
    this.#file.commit();
  }

  discard(): void {
    this.#file.discard();
  }

  #flush(): void {
    if (this.#buffered > 0) this.#zip.add(new Uint8Array(this.#buffer.buffer, 0, 8 * this.#buffered));
    this.#buffered = 0;
  }
}

/** Version 1.0; padded so that the elements begin at a multiple of 64 bytes. */
function npyHeader(shape: readonly number[]): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const header = Buffer.from(`${npyMagic}\x01\0\0\0${dictionary.padEnd(length - 11)}\n`, 'latin1');
  header.writeUInt16LE(length - 10, 8);
  return header;
}
