/** Events from HDF5 files, slab by slab. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import h5wasm from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { openEvents } from '../../src/data/event-stream.js';
import { rowsOf } from './helpers.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-hdf5-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(async () => {
  await h5wasm.ready;
});

type Data = Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array;
interface Stored {
  readonly data: Data;
  readonly shape: number[];
  readonly dtype: string;
  readonly compression?: number;
}

function write(name: string, datasets: Readonly<Record<string, Stored>>): string {
  const file = path.join(work, name);
  const h5 = new h5wasm.File(file, 'w');
  for (const [key, { compression, ...stored }] of Object.entries(datasets)) {
    const chunks =
      compression === undefined ? {} : { compression, chunks: stored.shape.map((length) => Math.min(length, 3)) };
    h5.create_dataset({ name: key, ...stored, ...chunks });
  }
  h5.close();
  return file;
}

async function read(file: string, size: number, dataset?: string): Promise<(number | bigint)[][]> {
  const stream = await openEvents(file, dataset === undefined ? {} : { dataset });
  try {
    const rows: (number | bigint)[][] = [];
    for await (const block of stream.blocks(size)) {
      expect(block.count).toBeLessThanOrEqual(size);
      rows.push(...rowsOf(block));
    }
    expect(rows.length).toBe(stream.count);
    return rows;
  } finally {
    stream.close();
  }
}

const table = [
  [1, -2],
  [3, 4],
  [-5, 6],
  [7, 8],
  [9, 10],
];
const shape = [5, 2];

describe('openEvents on HDF5', () => {
  it.each([
    ['int16', new Int16Array(table.flat()), '<h'],
    ['int32', new Int32Array(table.flat()), '<i'],
    ['float32', new Float32Array(table.flat()), '<f'],
    ['float64', new Float64Array(table.flat()), '<d'],
  ] as const)('reads %s in slabs of any size, compressed or not', async (_, data, dtype) => {
    const plain = write('plain.h5', { events: { data, shape, dtype } });
    const packed = write('packed.h5', { events: { data, shape, dtype, compression: 4 } });
    for (const size of [1, 2, 5, 100]) {
      expect(await read(plain, size)).toEqual(table);
      expect(await read(packed, size)).toEqual(table);
    }
  });

  it('keeps 64-bit integers', async () => {
    const data = new BigInt64Array([2n ** 62n + 1n, -3n]);
    expect(await read(write('long.h5', { x: { data, shape: [1, 2], dtype: '<q' } }), 1)).toEqual([
      [2n ** 62n + 1n, -3n],
    ]);
  });

  it('flattens inner axes, last index fastest', async () => {
    const data = new Int32Array(Array.from({ length: 12 }, (_, index) => index));
    expect(await read(write('deep.h5', { x: { data, shape: [2, 3, 2], dtype: '<i' } }), 1)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
  });

  it('asks which dataset when there are several, and takes the one that is named', async () => {
    const data = new Int32Array(table.flat());
    const file = write('several.h5', {
      signal: { data, shape, dtype: '<i' },
      background: { data, shape, dtype: '<i' },
    });
    await expect(read(file, 10)).rejects.toThrow(
      `error[hdf5-dataset]: ${file}: holds 2 datasets that could be events; datasets here: background (5, 2); signal (5, 2)\n  help: name the dataset with --dataset`,
    );
    expect(await read(file, 10, 'background')).toEqual(table);
    await expect(read(file, 10, 'backgrund')).rejects.toThrow('has no dataset of events "backgrund"');
  });

  it('names row and column of what is not finite', async () => {
    const data = new Float32Array([1, 2, 3, Number.NaN]);
    await expect(read(write('nan.h5', { x: { data, shape: [2, 2], dtype: '<f' } }), 1)).rejects.toThrow(
      /row 1, column 1/,
    );
  });

  it('refuses a file without datasets', async () => {
    const empty = write('empty.h5', {});
    await expect(read(empty, 1)).rejects.toThrow('holds 0 datasets that could be events; datasets here: none');
  });

  it('with any byte of its headers changed is an error or a table, never a crash', async () => {
    const data = Int32Array.from(table.flat());
    const bytes = readFileSync(write('bytes.h5', { x: { data, shape, dtype: '<i' } }));
    let tables = 0;
    for (let at = 0; at < bytes.length; at++) {
      // Each under its own name: the library may keep one open that it could not close.
      const changed = path.join(work, `changed-${at}.h5`);
      const copy = Buffer.from(bytes);
      copy[at]! ^= at % 2 === 0 ? 0xff : 0x10;
      writeFileSync(changed, copy);
      const found: unknown = await read(changed, 3).catch((error: unknown) => error);
      rmSync(changed);
      if (Array.isArray(found)) tables++;
      else expect(found, `byte ${at} changed`).toMatchObject({ kind: 'user' });
    }
    expect(tables).toBeGreaterThan(bytes.length / 4);
  });

  it('says so when the file is damaged, wherever it was cut', async () => {
    const bytes = readFileSync(write('whole.h5', { x: { data: new Int32Array(table.flat()), shape, dtype: '<i' } }));
    const cut = path.join(work, 'cut.h5');
    let refused = 0;
    for (let length = 8; length < bytes.length; length += 97) {
      writeFileSync(cut, bytes.subarray(0, length));
      try {
        expect(await read(cut, 2)).toEqual(table);
      } catch (error) {
        expect(error).toBeInstanceOf(AxocError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(5);
  });
});
