/**
 * Rows of a dataset whose chunks are compressed, each chunk unpacked once where rows are read in order. The library by itself unpacks a chunk for every
 * read that touches it, and keeps no more than a megabyte of what it has unpacked.
 */
import type { LibraryDataset } from './library.js';
import type { NumberArray } from './types.js';

/** Bytes. Larger chunks are unpacked several times rather than held. */
const largestHeld = 64 << 20;

export type Elements = NumberArray | BigInt64Array | BigUint64Array;

/** Rows `from` to `to` (excluded), row by row; an array of the caller's own. */
export type ReadRows = (from: number, to: number) => Elements;

/**
 * @returns what reads rows along the first axis of a dataset, in whole chunks where that pays
 * @throws what the library throws, or an error when it gives other than it was asked for
 */
export function rowReader(dataset: LibraryDataset): ReadRows {
  const { filters, metadata } = dataset;
  const [count = 0, ...row] = dataset.shape ?? [];
  const width = row.reduce((product, length) => product * length, 1);
  const read = (from: number, to: number): Elements => {
    const values = dataset.slice([[from, to], ...row.map((): [] => [])]) as Elements;
    const wanted = (to - from) * width;
    if (values.length !== wanted) throw new Error(`${values.length} values where ${wanted} were asked for`);
    return values;
  };
  const chunkRows = metadata.chunks?.[0] ?? 1;
  const isHeld = filters.length > 0 && chunkRows > 1 && chunkRows * width * metadata.size <= largestHeld;
  return isHeld ? inWholeChunks(read, chunkRows, count) : read;
}

/** @param chunkRows rows of a chunk, @param count of the dataset */
export function inWholeChunks(read: ReadRows, chunkRows: number, count: number): ReadRows {
  /** The last chunk of which only a part was asked for. */
  let held: { readonly first: number; readonly end: number; readonly values: Elements } | undefined;
  const partOf = (from: number, to: number): Elements => {
    const first = from - (from % chunkRows);
    if (held === undefined || held.first !== first) {
      const end = Math.min(first + chunkRows, count);
      // Let go before more is read.
      held = undefined;
      held = { first, end, values: read(first, end) };
    }
    const width = held.values.length / (held.end - first);
    return held.values.slice((from - first) * width, (to - first) * width);
  };
  return (from, to) => {
    if (from >= to) return read(from, to);
    const firstWhole = Math.ceil(from / chunkRows) * chunkRows;
    const lastWhole = to === count ? to : to - (to % chunkRows);
    if (firstWhole > lastWhole) return partOf(from, to);
    const parts = [
      ...(from < firstWhole ? [partOf(from, firstWhole)] : []),
      ...(firstWhole < lastWhole ? [read(firstWhole, lastWhole)] : []),
      ...(lastWhole < to ? [partOf(lastWhole, to)] : []),
    ];
    return parts.length === 1 ? parts[0]! : joined(parts);
  };
}

function joined(parts: readonly Elements[]): Elements {
  const Kind = parts[0]!.constructor as new (length: number) => Uint8Array;
  const whole = new Kind(parts.reduce((total, { length }) => total + length, 0));
  parts.reduce((at, part) => {
    whole.set(part as Uint8Array, at);
    return at + part.length;
  }, 0);
  return whole;
}
