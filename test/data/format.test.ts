import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRows } from '../../src/data/encode-rows.js';
import { ResultWriter } from '../../src/data/result-writer.js';
import { decodeEvents, readEvents } from '../support/decode-events.js';
import { fixture, messageOf, rowsOf, table } from './helpers.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'axoc-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The same table in every format. */
const formats: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['npy', fixture('i4-big.npy')],
  ['npy, Fortran order', fixture('fortran.npy')],
  ['npz', fixture('deflated.npz')],
  ['JSON', Buffer.from(JSON.stringify(table))],
  ['JSON object', Buffer.from(`\n {"events": ${JSON.stringify(table)}}`)],
  ['JSON with byte order mark', Buffer.from(`\ufeff${JSON.stringify(table)}`)],
  ['CSV', Buffer.from(table.join('\n'))],
  ['CSV with byte order mark', Buffer.from(`\ufeff${table.join('\r\n')}\r\n`)],
  ['text', Buffer.from(table.map((row) => row.join(' ')).join('\n'))],
];

describe('event formats', () => {
  it.each(formats)('reads %s, whatever the file is called', (_, bytes) => {
    const path = join(directory, 'events.dat');
    writeFileSync(path, bytes);
    const events = readEvents(path);
    expect(events.source).toBe(path);
    expect(events.values).toBeInstanceOf(Float64Array);
    expect(rowsOf(events)).toEqual(table);
  });

  it.each(formats)('reads %s compressed by gzip', (_, bytes) => {
    expect(rowsOf(decodeEvents(gzipSync(bytes), 'events'))).toEqual(table);
  });

  it.each(['out.json', 'out.json.gz', 'out.npy', 'out.csv', 'out.txt'])(
    'reads back what was written to %s',
    async (name) => {
      const path = join(directory, name);
      for (const values of [[3n, -2n, 2n ** 60n, -(2n ** 53n)], Float64Array.of(0.1, 1e-300, -5, 2.5e15)]) {
        const writer = new ResultWriter(path, { width: 2 });
        await writer.append(encodeRows({ values, width: 2, firstRow: 0 }, writer.format, path));
        await writer.finish();
        expect(rowsOf(readEvents(path)).flat().map(Number)).toEqual([...values].map(Number));
        expect(String(rowsOf(readEvents(path)).flat()[2])).toBe(String(values[2]));
      }
    },
  );

  it('refuses other formats by name', () => {
    const messageFor = (bytes: Uint8Array) => messageOf(() => decodeEvents(bytes, 'ev'));
    expect(messageFor(gzipSync(Buffer.from('\x89HDF\r\n\x1a\n...', 'latin1')))).toMatchInlineSnapshot(`
      "error[unknown-format]: ev: is an HDF5 file inside a gzip file, which is not read
        help: give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not"
    `);
    expect(messageFor(Buffer.from('root\0\0\0'))).toMatchInlineSnapshot(`
      "error[unknown-format]: ev: is a ROOT file, which is not read
        help: give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not"
    `);
    expect(messageFor(Buffer.from('PAR1....'))).toMatchInlineSnapshot(`
      "error[unknown-format]: ev: is a Parquet file, which is not read
        help: give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not"
    `);
    expect(messageFor(gzipSync(gzipSync('[[1]]')))).toMatchInlineSnapshot(`
      "error[unknown-format]: ev: is compressed twice, which is not read
        help: give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not"
    `);
    expect(messageFor(Buffer.from('1,2\n', 'utf16le'))).toMatchInlineSnapshot(`
      "error[unknown-format]: ev: is neither npy, npz nor text in UTF-8
        help: give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not"
    `);
    expect(messageFor(Uint8Array.of(0xff, 0xfe, 0x31))).toMatchInlineSnapshot(`
      "error[unknown-format]: ev: is neither npy, npz nor text in UTF-8
        help: give events as HDF5, or as .npy, .npz, .json or .csv, these compressed by gzip or not"
    `);
  });

  it('refuses an empty file', () => {
    expect(messageOf(() => decodeEvents(new Uint8Array(), 'ev'))).toMatchInlineSnapshot(`
      "error[no-events]: ev: holds no events
        help: give at least one event"
    `);
    expect(messageOf(() => decodeEvents(Buffer.from(' \n'), 'ev'))).toMatchInlineSnapshot(`
      "error[no-events]: ev: holds no events
        help: give at least one event"
    `);
    expect(messageOf(() => decodeEvents(gzipSync(''), 'ev'))).toMatchInlineSnapshot(`
      "error[no-events]: ev: holds no events
        help: give at least one event"
    `);
  });

  it('refuses damaged gzip', () => {
    const bytes = gzipSync('[[1, 2], [3, 4]]');
    expect(messageOf(() => decodeEvents(bytes.subarray(0, -9), 'ev.json.gz'))).toMatchInlineSnapshot(`
      "error[damaged-gzip]: ev.json.gz: cannot be decompressed: unexpected end of file
        help: write or copy the file again"
    `);
    bytes[bytes.length - 5]! ^= 1;
    expect(messageOf(() => decodeEvents(bytes, 'ev.json.gz'))).toMatchInlineSnapshot(`
      "error[damaged-gzip]: ev.json.gz: cannot be decompressed: incorrect data check
        help: write or copy the file again"
    `);
  });
});
