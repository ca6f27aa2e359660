import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { encodeRows } from '../../src/data/encode-rows.js';
import type { ResultValues } from '../../src/data/result-block.js';
import { ResultWriter } from '../../src/data/result-writer.js';
import { decodeEvents } from '../support/decode-events.js';
import { messageOf, rowsOf } from './helpers.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'axoc-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Options {
  readonly width?: number;
  readonly columns?: readonly string[];
  /** Rows of a block. */
  readonly block?: number;
}

async function write(name: string, values: ResultValues, options: Options = {}): Promise<void> {
  const { width = 1, columns, block = Number.POSITIVE_INFINITY } = options;
  const path = join(directory, name);
  const writer = new ResultWriter(path, { width, ...(columns === undefined ? {} : { columns }) });
  try {
    for (let at = 0; at < values.length; at += block * width) {
      const part = values.slice(at, at + block * width) as ResultValues;
      await writer.append(encodeRows({ values: part, width, firstRow: at / width }, writer.format, path));
    }
    await writer.finish();
  } finally {
    writer.discard();
  }
}

async function written(name: string, values: ResultValues, options?: Options): Promise<Buffer> {
  await write(name, values, options);
  return readFileSync(join(directory, name));
}

async function messageFor(name: string, values: ResultValues, options?: Options): Promise<string> {
  const error = await write(name, values, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return messageOf(() => {
    if (error !== undefined) throw error;
  }).replace(directory, 'DIR');
}

const names = ['a.json', 'a.json.gz', 'a.npy', 'a.csv'];
const integers = [1n, 2n ** 64n, -(2n ** 53n), 2n ** 53n - 1n];
const doubles = Float64Array.of(1, 0.1, -0, 1e23, 5e-324, -2.5);

describe('ResultWriter', () => {
  it('writes one column as a flat JSON array', async () => {
    expect((await written('a.json', integers)).toString()).toBe(
      '[\n1,\n"18446744073709551616",\n"-9007199254740992",\n9007199254740991\n]\n',
    );
    expect((await written('a.json', doubles)).toString()).toBe('[\n1,\n0.1,\n-0,\n1e+23,\n5e-324,\n-2.5\n]\n');
  });

  it('writes several columns as a JSON array of arrays', async () => {
    expect((await written('b.json', doubles, { width: 3 })).toString()).toBe(
      '[\n[1,0.1,-0],\n[1e+23,5e-324,-2.5]\n]\n',
    );
    expect((await written('b.json', Int32Array.of(1, -20, 0, 3), { width: 2 })).toString()).toBe(
      '[\n[1,-20],\n[0,3]\n]\n',
    );
  });

  it('writes the names of columns', async () => {
    const options = { width: 2, columns: ['a "b"', 'é'] };
    expect((await written('n.json', Int16Array.of(1, 2), options)).toString()).toBe(
      '{"columns":["a \\"b\\"","é"],\n"events":[\n[1,2]\n]}\n',
    );
    expect((await written('n.csv', Int16Array.of(1, 2), options)).toString()).toBe('"a ""b""","é"\n1,2\n');
  });

  it('writes the same bytes of gzip whenever it is asked', async () => {
    const bytes = await written('c.JSON.gz', doubles);
    expect(gunzipSync(bytes)).toEqual(await written('c.json', doubles));
    expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    expect(await written('c2.json.gz', doubles)).toEqual(bytes);
    const whole = gzipSync(gunzipSync(bytes), { level: 9 });
    expect(bytes.subarray(10)).toEqual(whole.subarray(10));
  });

  it.each(['d.csv', 'd.txt', 'd'])('writes %s as one event a line', async (name) => {
    expect((await written(name, doubles, { width: 3 })).toString()).toBe('1,0.1,-0\n1e+23,5e-324,-2.5\n');
    expect((await written(name, integers)).toString()).toBe(
      '1\n18446744073709551616\n-9007199254740992\n9007199254740991\n',
    );
    expect((await written(name, Float64Array.of(Number.NaN, -Infinity, 2 ** 70))).toString()).toBe(
      'NaN\n-Infinity\n1.1805916207174113e+21\n',
    );
  });

  it('writes the same digits of integers of every size', async () => {
    const list = [0, 1, -1, 9, 10, -10, 99, 100, 32767, -32768, 99999, 100000, 2 ** 31 - 1, -(2 ** 31)];
    const expected = `${list.join('\n')}\n`;
    expect((await written('i.txt', Int32Array.from(list))).toString()).toBe(expected);
    expect((await written('i.txt', BigInt64Array.from(list, BigInt))).toString()).toBe(expected);
    expect((await written('i.txt', list.map(BigInt))).toString()).toBe(expected);
  });

  it('writes no events', async () => {
    expect((await written('e.json', [])).toString()).toBe('[]\n');
    expect((await written('e.csv', [])).toString()).toBe('');
    expect((await written('e.npy', [])).toString('latin1')).toContain("'shape': (0,)");
  });

  it.each([
    ['doubles', Float64Array.of(1, 2.5), 1, '<f8', '(2,)', [1, 2.5]],
    ['integers of 16 bits', Int16Array.of(1, -2), 2, '<i8', '(1, 2)', [1, -2]],
    ['integers of 32 bits', Int32Array.of(2 ** 31 - 1, -(2 ** 31)), 1, '<i8', '(2,)', [2 ** 31 - 1, -(2 ** 31)]],
    ['integers of 64 bits', BigInt64Array.of(1n, -(2n ** 63n)), 2, '<i8', '(1, 2)', [1n, -(2n ** 63n)]],
    ['bigints', [1n, -(2n ** 63n)], 2, '<i8', '(1, 2)', [1n, -(2n ** 63n)]],
    ['bigints of 64 bits without sign', [2n ** 64n - 1n, 0n], 1, '<u8', '(2,)', [2n ** 64n - 1n, 0n]],
  ])('writes %s as npy', async (_, values, width, descr, shape, expected) => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
    for (const block of [1, 100]) {
      const bytes = await written('f.npy', values, { width, block });
      expect(bytes.subarray(10, 128).toString()).toBe(`${header.padEnd(117)}\n`);
      expect(Array.from(decodeEvents(bytes, 'f.npy').values)).toEqual(expected);
    }
  });

  it('refuses what npy cannot hold', async () => {
    for (const block of [1, 100]) {
      expect(await messageFor('g.npy', [2n ** 63n, 2n ** 64n], { block })).toMatchInlineSnapshot(`
        "error[result-too-wide]: DIR/g.npy: row 1, column 0: the integer 18446744073709551616 does not fit an npy element of 64 bits
          help: write a .json or .csv file"
      `);
      expect(await messageFor('g.npy', [-1n, 2n ** 63n], { block })).toMatchInlineSnapshot(`
        "error[result-too-wide]: DIR/g.npy: row 1, column 0: the integer 9223372036854775808 does not fit an npy element of 64 bits
          help: write a .json or .csv file"
      `);
    }
  });

  it('refuses what JSON cannot hold', async () => {
    const values = Float64Array.of(1, 2, 3, Number.NaN);
    for (const block of [1, 100])
      expect(await messageFor('h.json', values, { width: 2, block })).toMatchInlineSnapshot(`
        "error[result-not-finite]: DIR/h.json: row 1, column 1: JSON cannot hold the result NaN
          help: write a .npy or .csv file"
      `);
  });

  it.each(names)('writes %s with the same bytes in blocks of any size', async (name) => {
    const random = Random.seeded(1);
    const narrow = Int32Array.from(
      { length: 3000 },
      () => random.integer(-(2 ** 31), 2 ** 31 - 1) >> random.integer(0, 31),
    );
    const kinds: readonly ResultValues[] = [
      narrow,
      Int16Array.from(narrow),
      BigInt64Array.from(narrow, BigInt),
      Array.from(narrow, BigInt),
      Float64Array.from(narrow, (value) => value / 1024),
    ];
    for (const values of kinds)
      for (const width of [1, 3]) {
        const expected = await written(name, values, { width });
        for (const block of [1, 7, 999])
          if (block > 1 || !name.endsWith('gz'))
            expect((await written(name, values, { width, block })).equals(expected)).toBe(true);
      }
  });

  it.each(names)('leaves the old %s, and nothing else, when a later block fails', async (name) => {
    const before = await written(name, Int16Array.of(1, 2, 3));
    const files = readdirSync(directory);
    const writer = new ResultWriter(join(directory, name), { width: 1 });
    await writer.append(encodeRows({ values: Int16Array.of(4, 5), width: 1, firstRow: 0 }, writer.format, name));
    expect(readdirSync(directory)).toHaveLength(files.length + 1);
    writer.discard();
    expect(readFileSync(join(directory, name))).toEqual(before);
    expect(readdirSync(directory)).toEqual(files);
  });

  it('says why a file cannot be written', async () => {
    writeFileSync(join(directory, 'plain'), '');
    expect(await messageFor('plain/x.json', [])).toMatchInlineSnapshot(`
      "error[unwritable-file]: DIR/plain/x.json: a part of the path is a file, not a directory
        help: choose a path that can be written"
    `);
  });

  it('writes every double so that it reads back the same', async () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(double, double), { minLength: 1 }), async (rows) => {
        const values = Float64Array.from(rows.flat());
        for (const name of ['j.csv', 'j.npy']) {
          expect(rowsOf(decodeEvents(await written(name, values, { width: 2 }), name))).toEqual(rows);
        }
        expect(JSON.parse((await written('j.json', values, { width: 2 })).toString())).toEqual(rows);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
