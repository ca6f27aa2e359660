/** Streams give what reading at once gives: tables and errors, whatever the size of blocks and pieces. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { CsvParser } from '../../src/data/csv/csv.js';
import type { EventParser } from '../../src/data/event-parser.js';
import { openEvents } from '../../src/data/event-stream.js';
import { JsonParser } from '../../src/data/json/json.js';
import { NpyParser } from '../../src/data/npy/parser.js';
import { decodeEvents } from '../support/decode-events.js';
import { fixture, rowsOf } from './helpers.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-stream-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Rows = (number | bigint)[][];

/** Rows as text, so that 5 and 5n are the same integer; or the message of the user error. */
function outcome(rows: Rows): string {
  return rows.map((row) => row.join(',')).join('\n');
}

async function messageOrRows(attempt: () => Promise<Rows> | Rows): Promise<string> {
  try {
    return outcome(await attempt());
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return error.message;
    throw error;
  }
}

const file = path.join(work, 'events');

async function streamed(bytes: Uint8Array, size: number): Promise<string> {
  writeFileSync(file, bytes);
  return messageOrRows(async () => {
    const stream = await openEvents(file);
    try {
      const rows: Rows = [];
      for await (const block of stream.blocks(size)) {
        expect(block.count).toBeLessThanOrEqual(size);
        expect(block.values.length).toBe(block.count * block.width);
        for (const row of rowsOf(block)) rows.push(row);
      }
      if (stream.count !== undefined) expect(rows).toHaveLength(stream.count);
      return rows;
    } finally {
      stream.close();
    }
  });
}

function whole(bytes: Uint8Array): Promise<string> {
  return messageOrRows(() => rowsOf(decodeEvents(bytes, file)));
}

/** Rows of integers, decimals and a few numbers that only slow readers take. */
function randomRows(count: number, width: number, seed: number): (number | string)[][] {
  const random = Random.seeded(seed);
  const value = (): number | string => {
    switch (random.integer(0, 9)) {
      case 0:
        return random.integer(-1_000_000, 1_000_000) / 1024;
      case 1:
        return random.integer(-99, 99) * 1e-9;
      case 2:
        return random.integer(0, 50) === 0 ? '12345678901234567890' : -0;
      default:
        return random.integer(-40_000, 40_000);
    }
  };
  return Array.from({ length: count }, () => Array.from({ length: width }, value));
}

function npy(rows: number[][], order: 'C' | 'F' = 'C', big = false): Buffer {
  const width = rows[0]!.length;
  const shape = `(${rows.length}, ${width})`;
  const text = `{'descr': '${big ? '>' : '<'}i4', 'fortran_order': ${order === 'F' ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const head = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0\0\0', 'latin1'),
    Buffer.from(text.padEnd(117)),
    Buffer.from('\n'),
  ]);
  head.writeUInt16LE(head.length - 10, 8);
  const data = Buffer.alloc(rows.length * width * 4);
  for (const [row, values] of rows.entries())
    for (const [column, value] of values.entries()) {
      const index = order === 'F' ? column * rows.length + row : row * width + column;
      if (big) data.writeInt32BE(value, index * 4);
      else data.writeInt32LE(value, index * 4);
    }
  return Buffer.concat([head, data]);
}

const mixed = randomRows(3001, 7, 1);
const whole32 = randomRows(3001, 7, 2).map((row) => row.map((value) => Math.trunc(Number(value)) | 0));
const nested = whole32.map((row) => [row.slice(0, 3), row.slice(3, 6)]);

const files: Readonly<Record<string, Buffer>> = {
  json: Buffer.from(JSON.stringify(mixed)),
  'json, indented': Buffer.from(JSON.stringify(mixed, undefined, 1)),
  'json object': Buffer.from(
    `{"é": ["]", {"x": null}], "events" : ${JSON.stringify(mixed)} , "columns": ["a\\"b", "c"]}\n`,
  ),
  'json, nested': Buffer.from(JSON.stringify(nested)),
  csv: Buffer.from(`pt, eta,a,b,c,d,e # names\r\n\r\n${mixed.map((row) => row.join(' ,')).join('\r\n')}`),
  'old mac': Buffer.from(mixed.map((row) => row.join(';')).join('\r')),
  'quoted csv': Buffer.from(mixed.map((row) => row.map((value) => `"${value}"`).join(',')).join('\n# it"s\n')),
  text: Buffer.from(mixed.map((row) => `  ${row.join(' \t ')}\n`).join('')),
  tabs: Buffer.from(mixed.map((row) => `${row.join('\t')}\n`).join('')),
  npy: npy(whole32),
  'npy, big-endian': npy(whole32, 'C', true),
  'npy, Fortran order': npy(whole32, 'F'),
};

describe('openEvents gives what decodeEvents gives', () => {
  it.each(Object.keys(files))('of %s, compressed or not, in blocks of any size', async (name) => {
    const expected = await whole(files[name]!);
    const isMixed = !/npy|nested/.test(name);
    expect(
      expected ===
        outcome((isMixed ? mixed : name.includes('nested') ? nested.map((row) => row.flat()) : whole32) as Rows),
    ).toBe(true);
    for (const bytes of [files[name]!, gzipSync(files[name]!)])
      for (const size of [1, 17, 1000, 3001, 1_000_000]) expect((await streamed(bytes, size)) === expected).toBe(true);
  });

  it.each([
    'stored.npz',
    'deflated.npz',
    'zip64.npz',
    'one-deflated.npz',
    'several.npz',
    'no-arrays.npz',
    'i8-wide.npy',
    'i8-wide-big.npy',
    'u8-wide.npy',
    'bool.npy',
    'not-finite.npy',
    'nested-fortran.npy',
    'objects.npy',
    'scalar.npy',
    'vector.npy',
    'version-3.npy',
  ])('of the fixture %s', async (name) => {
    const expected = await whole(fixture(name));
    for (const bytes of [fixture(name), gzipSync(fixture(name))])
      for (const size of [1, 3, 100]) expect(await streamed(bytes, size)).toBe(expected);
  });
});

describe('a parser gives the same whatever the pieces', () => {
  const parsers: Readonly<Record<string, (source: string) => EventParser>> = {
    json: (source) => new JsonParser(source),
    'json object': (source) => new JsonParser(source),
    'json, nested': (source) => new JsonParser(source),
    csv: (source) => new CsvParser(source),
    'old mac': (source) => new CsvParser(source),
    'quoted csv': (source) => new CsvParser(source),
    text: (source) => new CsvParser(source),
    npy: (source) => new NpyParser(source),
  };

  function inPieces(start: (source: string) => EventParser, bytes: Uint8Array, piece: () => number): Promise<string> {
    return messageOrRows(() => {
      const parser = start(file);
      const rows: Rows = [];
      for (let at = 0; at < bytes.length; ) {
        const end = at + piece();
        parser.push(bytes.subarray(at, end));
        for (const block of parser.take(4, false)) rows.push(...rowsOf(block));
        at = end;
      }
      parser.finish();
      for (const block of parser.take(4, true)) rows.push(...rowsOf(block));
      return rows;
    });
  }

  it.each(Object.keys(parsers))('%s', async (name) => {
    const random = Random.seeded(3);
    // The first lines are enough: single bytes take time.
    const text = files[name]!;
    const bytes = name === 'npy' ? npy(whole32.slice(0, 40)) : Buffer.from(text.subarray(0, 4000));
    const expected = await whole(bytes);
    for (const piece of [() => 1, () => 2, () => random.integer(1, 9), () => random.integer(1, 2000)])
      expect(await inPieces(parsers[name]!, bytes, piece)).toBe(expected);
  });

  it('damaged JSON and text give the same message', async () => {
    const random = Random.seeded(4);
    const samples = [
      { start: parsers.json!, text: '[[1, 2.5, "9007199254740993"],\n [4, -5, 6e1], [7,8,9]]\n' },
      { start: parsers.json!, text: '{"names": ["é\\n", null], "events": [[1,2],[3,4]], "n": 2}' },
      { start: parsers.csv!, text: 'a,b\n1,2\n# x\n3,4\r\n"5",6\n' },
    ];
    const damage = ['', ',', '[', ']', '{', '}', ':', '"', '1', '-', '.', 'e', '\\', '\n', 'NaN', 'é', '#', ' '];
    let errors = 0;
    for (let round = 0; round < 4000; round++) {
      const { start, text } = random.pick(samples);
      const at = random.integer(0, text.length);
      const bytes = Buffer.from(text.slice(0, at) + random.pick(damage) + text.slice(at + random.integer(0, 2)));
      const found = await inPieces(start, bytes, () => random.integer(1, 12));
      const expected = await inPieces(start, bytes, () => bytes.length);
      expect(found, bytes.toString()).toBe(expected);
      if (expected.startsWith('error')) errors++;
    }
    expect(errors).toBeGreaterThan(1000);
  });
});

describe('a mistake far into a file', () => {
  const row = JSON.stringify(Array.from({ length: 57 }, (_, column) => column));
  const rows = (count: number): string[] => Array.from({ length: count }, () => row);

  it('is named by row, in plain and compressed JSON', async () => {
    const lines = [...rows(100_000), '[1,2,3]', ...rows(10)];
    const bytes = Buffer.from(`[\n${lines.join(',\n')}\n]\n`);
    const expected = `error[ragged-row]: ${file}: row 100000: has 3 values where row 0 has 57\n  help: give every event the same number of values`;
    expect(await streamed(bytes, 8192)).toBe(expected);
    expect(await streamed(gzipSync(bytes, { level: 1 }), 8192)).toBe(expected);
  });

  it('is named by line and column where JSON breaks', async () => {
    const lines = [...rows(50_000), row.replace('31', '3 1'), ...rows(10)];
    const bytes = Buffer.from(`[\n${lines.join(',\n')}\n]\n`);
    const column = row.indexOf('31') + 3;
    expect(await streamed(bytes, 8192)).toBe(
      `error[json-syntax]: ${file}: line 50002, column ${column}: expected "," or "]", found "1"\n  help: the file is not valid JSON: correct it`,
    );
  });

  it('is told together with all others of its kind', async () => {
    const lines = rows(60_000);
    for (const at of [3, 20_000, 20_001, 40_000, 50_000, 50_001, 59_999]) lines[at] = '[null]';
    const message = await streamed(Buffer.from(`[${lines.join()}]`), 1000);
    expect(message).toContain('row 50000: has 1 value');
    expect(message).toContain(`error[ragged-row]: ${file}: and 2 more`);
  });

  it('is the line of a text', async () => {
    const lines = rows(100_000).map((text) => text.slice(1, -1));
    lines[99_998] = '1,2';
    expect(await streamed(Buffer.from(lines.join('\n')), 8192)).toContain('row 99998 (line 99999): has 2 values');
  });
});

describe('a damaged file', () => {
  const bytes = gzipSync(JSON.stringify(whole32));

  it('compressed and cut anywhere is told to be damaged, not to be wrong JSON', async () => {
    for (let length = 20; length < bytes.length; length += 997)
      expect(await streamed(bytes.subarray(0, length), 100)).toContain(
        `error[damaged-gzip]: ${file}: cannot be decompressed: unexpected end of file`,
      );
  });

  it('compressed and changed anywhere never gives other values', async () => {
    const expected = await whole(bytes);
    for (let at = 10; at < bytes.length; at += 499) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x10;
      const found = await streamed(changed, 100);
      if (found !== expected) expect(found).toMatch(/^error\[(damaged-gzip)\]/);
    }
  });

  it('with a member that is not what its checksum says is told to be damaged', async () => {
    const content = npy(whole32);
    for (const packed of [content, deflateRawSync(content)]) {
      const archive = zip(packed, content, packed === content ? 0 : 8);
      expect(await streamed(archive, 100)).toBe(await whole(archive));
      const changed = Buffer.from(archive);
      changed[packed.length - 50]! ^= 1;
      expect(await streamed(changed, 100)).toContain('error[damaged-zip]');
    }
  });
});

/** An archive with the one member events.npy. */
function zip(packed: Uint8Array, content: Uint8Array, method: number): Buffer {
  const name = 'events.npy';
  const common = Buffer.alloc(24);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.alloc(2), Buffer.from(name), packed]);
  const version = Buffer.from([20, 0]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02'), version, common, Buffer.alloc(16), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
