import { describe, expect, it } from 'vitest';
import { readNpy } from '../../src/data/npy/npy.js';
import { decodeFixture, fixture, messageOf, rowsOf, table } from './helpers.js';

/** An npy file with a hand-written header. */
function npy(header: string, data: Uint8Array = new Uint8Array(), version = [1, 0]): Uint8Array {
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), ...version, header.length, 0]);
  return Buffer.concat([prefix, Buffer.from(header), data]);
}

const messageFor = (bytes: Uint8Array) => messageOf(() => readNpy(bytes, 'ev.npy'));
const messageForFixture = (name: string) => messageOf(() => decodeFixture(name));

describe('readNpy, on files written by numpy', () => {
  it.each(['i2-little', 'i2-big', 'i4-little', 'i4-big', 'i8-little', 'i8-big', 'fortran', 'version-2', 'version-3'])(
    'reads the integers of %s.npy',
    (name) => {
      const events = decodeFixture(`${name}.npy`);
      expect(events.values).toBeInstanceOf(Float64Array);
      expect(rowsOf(events)).toEqual(table);
    },
  );

  it.each(['f4-little', 'f4-big', 'f8-little', 'f8-big'])('reads the floats of %s.npy', (name) => {
    expect(rowsOf(decodeFixture(`${name}.npy`))).toEqual(table.map((row) => row.map((value) => value / 8)));
  });

  it.each([
    ['i1', [-128, 127, 0, 1]],
    ['u1', [0, 255, 128, 1]],
    ['u2', [0, 65535]],
    ['u4', [0, 2 ** 32 - 1]],
    ['bool', [1, 0, 0, 1]],
  ])('reads the elements of %s.npy', (name, values) => {
    const events = decodeFixture(`${name}.npy`);
    expect(events.width).toBe(2);
    expect(events.values).toEqual(Float64Array.from(values));
  });

  it.each(['i8-wide', 'i8-wide-big'])('keeps the 64-bit integers of %s.npy', (name) => {
    const values = [2n ** 53n + 1n, -5n, -(2n ** 63n), 2n ** 63n - 1n];
    expect(decodeFixture(`${name}.npy`).values).toEqual(BigInt64Array.from(values));
  });

  it('keeps unsigned 64-bit integers', () => {
    expect(decodeFixture('u8-wide.npy').values).toEqual(BigUint64Array.of(2n ** 53n + 1n, 5n, 0n, 2n ** 64n - 1n));
  });

  it.each(['nested', 'nested-fortran'])('flattens the events of %s.npy, last index fastest', (name) => {
    const events = decodeFixture(`${name}.npy`);
    expect([events.count, events.width]).toEqual([4, 6]);
    expect(Array.from(events.values)).toEqual(Array.from({ length: 24 }, (_, index) => index - 7));
  });

  it('reads a vector as events of one value', () => {
    expect(rowsOf(decodeFixture('vector.npy'))).toEqual([[3.5], [-1]]);
  });

  it('names what is not finite', () => {
    expect(messageForFixture('not-finite.npy')).toMatchInlineSnapshot(`
      "error[not-finite]: not-finite.npy: row 0, column 1: NaN is not a finite number
        help: correct or remove such events
      error[not-finite]: not-finite.npy: row 1, column 0: Infinity is not a finite number
      error[not-finite]: not-finite.npy: row 2, column 1: -Infinity is not a finite number"
    `);
  });

  it('refuses other element types', () => {
    expect(messageForFixture('half.npy')).toMatchInlineSnapshot(`
      "error[npy-type]: half.npy: 16-bit floats (f2) are not read
        help: save array.astype('float32'), which holds the same values"
    `);
    expect(messageForFixture('complex.npy')).toMatchInlineSnapshot(`
      "error[npy-type]: complex.npy: elements of type "c8" are not read
        help: save integers of 8 to 64 bits, booleans, or floats of 32 or 64 bits"
    `);
    expect(messageForFixture('objects.npy')).toMatchInlineSnapshot(`
      "error[npy-type]: objects.npy: the array holds pickled Python objects, which are not read
        help: save numbers: numpy.save(file, numpy.array(rows, dtype=float)), with rows of one length"
    `);
    expect(messageForFixture('structured.npy')).toMatchInlineSnapshot(`
      "error[npy-type]: structured.npy: structured elements (named fields) are not read
        help: save a plain array: numpy.lib.recfunctions.structured_to_unstructured(array)"
    `);
  });

  it('refuses a single number', () => {
    expect(messageForFixture('scalar.npy')).toMatchInlineSnapshot(`
      "error[npy-shape]: scalar.npy: a single number (shape ()) is not a table of events
        help: save an array of shape (events, values)"
    `);
  });
});

describe('readNpy, on hand-written headers', () => {
  const data = Uint8Array.of(1, 2, 3, 4);

  it('reads keys in any order, either quotation mark, native order, and the long integers of Python 2', () => {
    const header = `{"shape": (2L, 2L), "fortran_order": False, "descr": "=i1"}`;
    expect(rowsOf(readNpy(npy(header, data), 'ev.npy'))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('finds the integers that are just beyond the doubles', () => {
    const header = `{'descr': '<i8', 'fortran_order': False, 'shape': (1, 2), }`;
    const read = (...values: bigint[]) =>
      readNpy(npy(header, new Uint8Array(BigInt64Array.from(values).buffer)), 'ev.npy').values;
    const limit = BigInt(Number.MAX_SAFE_INTEGER);
    expect(read(limit, -limit)).toEqual(Float64Array.of(Number(limit), -Number(limit)));
    expect(read(limit + 1n, 0n)).toEqual(BigInt64Array.of(limit + 1n, 0n));
    expect(read(0n, -limit - 1n)).toEqual(BigInt64Array.of(0n, -limit - 1n));
  });

  it('refuses a file of another length than its shape says', () => {
    const header = `{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }`;
    expect(messageFor(npy(header, data.subarray(0, 3)))).toMatchInlineSnapshot(`
      "error[truncated-file]: ev.npy: shape (2, 1) needs 4 bytes of data, the file holds 3
        help: write or copy the file again"
    `);
    expect(messageFor(npy(header, Uint8Array.of(1, 2, 3, 4, 5)))).toMatchInlineSnapshot(`
      "error[trailing-data]: ev.npy: shape (2, 1) needs 4 bytes of data, the file holds 5
        help: save one array per file, or several of them with numpy.savez"
    `);
    const huge = `{'descr': '<i2', 'fortran_order': False, 'shape': (99999999999999999999, 99999999999999999999), }`;
    expect(messageFor(npy(huge, data))).toMatchInlineSnapshot(`
      "error[truncated-file]: ev.npy: shape (100000000000000000000, 100000000000000000000) needs 2e+40 bytes of data, the file holds 4
        help: write or copy the file again"
    `);
  });

  it('refuses an empty table', () => {
    expect(messageFor(npy(`{'descr': '<i2', 'fortran_order': False, 'shape': (0, 57), }`))).toMatchInlineSnapshot(`
      "error[no-events]: ev.npy: holds no events
        help: give at least one event"
    `);
    expect(messageFor(npy(`{'descr': '<i2', 'fortran_order': False, 'shape': (3, 0), }`))).toMatchInlineSnapshot(`
      "error[no-values]: ev.npy: its events hold no values
        help: give every event its values"
    `);
  });

  it('refuses a damaged header', () => {
    expect(messageFor(npy(`{'descr': '<i2', 'shape': (2, 1), }`, data))).toMatchInlineSnapshot(`
      "error[npy-header]: ev.npy: the npy header has no valid 'fortran_order'
        help: write the array again with numpy.save"
    `);
    expect(
      messageFor(npy(`{'descr': '<i2', 'fortran_order': False, 'shape': (-2, 1), }`, data)),
    ).toMatchInlineSnapshot(`
      "error[npy-header]: ev.npy: the npy header has no valid 'shape'
        help: write the array again with numpy.save"
    `);
    expect(messageFor(npy('', data, [4, 0]))).toMatchInlineSnapshot(`
      "error[npy-version]: ev.npy: npy format version 4.0 is not known
        help: write the file in version 1.0, 2.0 or 3.0"
    `);
    expect(messageFor(fixture('i2-little.npy').subarray(0, 50))).toMatchInlineSnapshot(`
      "error[truncated-file]: ev.npy: the file ends within its npy header
        help: write or copy the file again"
    `);
    expect(messageFor(fixture('i2-little.npy').subarray(0, 8))).toMatchInlineSnapshot(`
      "error[truncated-file]: ev.npy: the file ends within its npy header
        help: write or copy the file again"
    `);
  });

  it('does not lose time over an absurd header', () => {
    const header = `{'descr': '<i2', 'fortran_order': False, 'shape': (${'1'.repeat(150)}x), }`;
    expect(messageFor(npy(header, data))).toContain("the npy header has no valid 'shape'");
  });

  it('reads bytes at any alignment', () => {
    const bytes = fixture('f8-little.npy');
    const shifted = Buffer.concat([Uint8Array.of(0), bytes]).subarray(1);
    expect(readNpy(shifted, 'f8-little.npy')).toEqual(decodeFixture('f8-little.npy'));
  });
});
