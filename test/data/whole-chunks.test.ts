/** Rows in whole chunks: the rows that were asked for, and each chunk unpacked once where they are read in order. */
import { expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { inWholeChunks } from '../../src/data/hdf5/whole-chunks.js';

const width = 3;

/** A dataset of `count` rows; `chunks` collects which ones were unpacked, as often as they were. */
function stored(count: number, chunkRows: number) {
  const all = Int16Array.from({ length: count * width }, (_, index) => index);
  const chunks: number[] = [];
  const read = (from: number, to: number): Int16Array => {
    for (let chunk = Math.floor(from / chunkRows); chunk * chunkRows < to; chunk++) chunks.push(chunk);
    return all.slice(from * width, to * width);
  };
  return { all, chunks, read: inWholeChunks(read, chunkRows, count) };
}

it.each([
  [100, 10, 7],
  [100, 10, 10],
  [103, 10, 4],
  [103, 10, 25],
  [7, 10, 2],
  [64, 1, 5],
])('%i rows in chunks of %i, read %i at a time', (count, chunkRows, size) => {
  const { all, chunks, read } = stored(count, chunkRows);
  for (let from = 0; from < count; from += size) {
    const to = Math.min(from + size, count);
    expect(read(from, to)).toEqual(all.slice(from * width, to * width));
  }
  expect(chunks).toEqual(Array.from({ length: Math.ceil(count / chunkRows) }, (_, chunk) => chunk));
});

it('any rows in any order, in arrays that are the caller’s own', () => {
  const random = Random.seeded(5);
  const { all, read } = stored(53, 8);
  for (let n = 0; n < 500; n++) {
    const [from, to] = [random.integer(0, 53), random.integer(0, 53)].toSorted((a, b) => a - b) as [number, number];
    const rows = read(from, to);
    expect(rows).toEqual(all.slice(from * width, to * width));
    (rows as Int16Array).fill(-1);
  }
});
