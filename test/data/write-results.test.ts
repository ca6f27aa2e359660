import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { decodeEvents } from '../../src/data/read-events.js';
import { type ResultRows, writeResults } from '../../src/data/write-results.js';
import { messageOf, rowsOf } from './helpers.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'axoc-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string, rows: ResultRows): Buffer {
  const path = join(directory, name);
  writeResults(path, rows);
  return readFileSync(path);
}

function messageFor(name: string, rows: ResultRows): string {
  return messageOf(() => writeResults(join(directory, name), rows)).replace(directory, 'DIR');
}

const mixed: ResultRows = [
  [1n, 0.1, -0],
  [2n ** 64n, 1e23, 5e-324],
];

describe('writeResults', () => {
  it('writes one column as a flat JSON array', () => {
    expect(written('a.json', [[1n], [-2.5], [2n ** 53n], [2n ** 53n - 1n]]).toString()).toBe(
      '[\n1,\n-2.5,\n"9007199254740992",\n9007199254740991\n]\n',
    );
  });

  it('writes several columns as a JSON array of arrays', () => {
    expect(written('b.json', mixed).toString()).toBe('[\n[1,0.1,-0],\n["18446744073709551616",1e+23,5e-324]\n]\n');
  });

  it('writes the same bytes of gzip whenever it is asked', () => {
    const bytes = written('c.JSON.gz', mixed);
    expect(gunzipSync(bytes)).toEqual(written('c.json', mixed));
    expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    expect(written('c2.json.gz', mixed)).toEqual(bytes);
  });

  it.each(['d.csv', 'd.txt', 'd'])('writes %s as one event a line', (name) => {
    expect(written(name, mixed).toString()).toBe('1,0.1,-0\n18446744073709551616,1e+23,5e-324\n');
    expect(written(name, [[3n], [Number.NaN], [-Infinity], [2 ** 70]]).toString()).toBe(
      '3\nNaN\n-Infinity\n1.1805916207174113e+21\n',
    );
  });

  it('writes no events', () => {
    expect(written('e.json', []).toString()).toBe('[]\n');
    expect(written('e.csv', []).toString()).toBe('');
    expect(written('e.npy', []).toString('latin1')).toContain("'shape': (0,)");
  });

  it.each([
    ['numbers', [[1], [2.5]], '<f8', '(2,)', [1, 2.5]],
    ['bigints', [[1n, -(2n ** 63n)]], '<i8', '(1, 2)', [1n, -(2n ** 63n)]],
    ['bigints of 64 bits without sign', [[2n ** 64n - 1n], [0n]], '<u8', '(2,)', [2n ** 64n - 1n, 0n]],
    ['bigints beside whole numbers', [[1n, 2]], '<i8', '(1, 2)', [1, 2]],
    ['bigints beside fractions', [[2n ** 53n, 0.5]], '<f8', '(1, 2)', [2 ** 53, 0.5]],
  ])('writes %s as npy', (_, rows, descr, shape, values) => {
    const bytes = written('f.npy', rows as ResultRows);
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
    expect(bytes.subarray(10, 128).toString()).toBe(`${header.padEnd(117)}\n`);
    expect(Array.from(decodeEvents(bytes, 'f.npy').values)).toEqual(values);
  });

  it('refuses what npy cannot hold', () => {
    expect(messageFor('g.npy', [[2n ** 63n], [2n ** 64n]])).toMatchInlineSnapshot(`
      "error[result-too-wide]: DIR/g.npy: row 1, column 0: the integer 18446744073709551616 does not fit an npy element of 64 bits
        help: write a .json or .csv file"
    `);
    expect(messageFor('g.npy', [[-1n], [2n ** 63n]])).toMatchInlineSnapshot(`
      "error[result-too-wide]: DIR/g.npy: row 1, column 0: the integer 9223372036854775808 does not fit an npy element of 64 bits
        help: write a .json or .csv file"
    `);
    expect(messageFor('g.npy', [[0.5, 2n ** 53n + 1n]])).toMatchInlineSnapshot(`
      "error[result-too-wide]: DIR/g.npy: row 0, column 1: the integer 9007199254740993 does not fit a float64, which the fractions beside it need
        help: write a .json or .csv file"
    `);
  });

  it('refuses what JSON cannot hold', () => {
    expect(
      messageFor('h.json', [
        [1n, 2],
        [3n, Number.NaN],
      ]),
    ).toMatchInlineSnapshot(`
      "error[result-not-finite]: DIR/h.json: row 1, column 1: JSON cannot hold the result NaN
        help: write a .npy or .csv file"
    `);
  });

  it('calls rows of different widths a defect', () => {
    expect(() => writeResults('i.json', [[1n], [1n, 2n]])).toThrow(AxocError);
    expect(() => writeResults('i.json', [[1n], [1n, 2n]])).toThrow('result row 1 has 2 columns, row 0 has 1');
  });

  it('writes every double so that it reads back the same', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(double, double), { minLength: 1 }), (rows) => {
        for (const name of ['j.csv', 'j.npy']) {
          expect(rowsOf(decodeEvents(written(name, rows), name))).toEqual(rows);
        }
        expect(JSON.parse(written('j.json', rows).toString())).toEqual(rows);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
