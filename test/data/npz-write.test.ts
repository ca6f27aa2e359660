/** Archives that are written: read back by our reader and by Python's, zip64 where numbers need it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFile, stageFile } from '../../src/base/file-streams.js';
import { NpzWriter } from '../../src/data/npy/npz-write.js';
import { listZip, unpackZip } from '../../src/data/zip/zip.js';
import { ZipWriter } from '../../src/data/zip/zip-write.js';
import { readEvents } from '../support/decode-events.js';
import { hasPython, python } from '../support/python.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-npz-'));
const pathOf = (name: string): string => path.join(directory, name);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const members = [
  ['first.txt', 'one, two, three'],
  ['second.txt', 'x'.repeat(5000)],
  ['empty.txt', ''],
] as const;

function writeZip(name: string, largest?: number): string {
  const file = stageFile(pathOf(name));
  const zip = new ZipWriter(file, largest);
  for (const [member, text] of members) {
    zip.begin(member);
    for (let at = 0; at < text.length; at += 7) zip.add(Buffer.from(text.slice(at, at + 7)));
  }
  zip.finish('a comment');
  file.commit();
  return pathOf(name);
}

/** Each of them puts other numbers into zip64 fields: none, those of the longest member, also later offsets, all. */
const limits = [undefined, 4999, 80, 0] as const;

describe('ZipWriter', () => {
  it.each(limits)('writes members that our reader unpacks; 32-bit fields hold up to %s', (limit) => {
    const name = writeZip(`${limit}.zip`, limit);
    const file = openFile(name);
    try {
      const found = listZip(file, name).map((member) => [
        member.name,
        Buffer.from(unpackZip(file, member, name)).toString(),
      ]);
      expect(found).toEqual(members);
      for (const { headerOffset, name: member, size, packedSize, crc } of listZip(file, name)) {
        // Readers of streams have nothing but the header before the member: lengths in its zip64 field.
        const header = Buffer.from(file.read(headerOffset, 30 + member.length + 20));
        const field = 30 + member.length;
        expect([header.readUInt32LE(14), header.readUInt16LE(field), header.readUInt16LE(field + 2)]).toEqual([
          crc,
          1,
          16,
        ]);
        expect([header.readBigUInt64LE(field + 4), header.readBigUInt64LE(field + 12)].map(Number)).toEqual([
          size,
          packedSize,
        ]);
      }
    } finally {
      file.close();
    }
    // The end record of zip64 stands there if the directory's place needs it, and only then.
    expect(readFileSync(name).includes('PK\x06\x06')).toBe(limit !== undefined);
  });

  it.skipIf(!hasPython).each(limits)("writes members that Python's zipfile tests and reads; limit %s", (limit) => {
    const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([[name, archive.read(name).decode()] for name in archive.namelist()] + [archive.comment.decode()]))`;
    expect(python(program, writeZip(`${limit}.zip`, limit))).toEqual([...members, 'a comment']);
  });
});

function writeArray(name: string, rows: number, cut: number): string {
  const values = Float64Array.from({ length: rows * 6 }, (_, index) => index / 8);
  const writer = new NpzWriter(pathOf(name), { name: 'arr_0', shape: [rows, 2, 3] });
  for (let at = 0; at < values.length; at += cut) writer.append(values.subarray(at, at + cut));
  writer.finish();
  writer.commit();
  return pathOf(name);
}

describe('NpzWriter', () => {
  it('writes an array that our reader reads, longer than what is packed at once', async () => {
    const { count, width, values } = await readEvents(writeArray('long.npz', 50_000, 4096));
    expect([count, width]).toEqual([50_000, 6]);
    expect(values).toEqual(Float64Array.from({ length: 300_000 }, (_, index) => index / 8));
  });

  it('gives the same bytes however the rows come', () => {
    expect(readFileSync(writeArray('a.npz', 50_000, 6))).toEqual(readFileSync(writeArray('b.npz', 50_000, 300_000)));
  });

  it.skipIf(!hasPython)('writes an array that numpy reads', () => {
    const program = `
import json, sys, numpy
array = numpy.load(sys.argv[1])['arr_0']
print(json.dumps([str(array.dtype), array.shape, array.flatten().tolist() == [i / 8 for i in range(array.size)]]))`;
    expect(python(program, writeArray('short.npz', 5, 30))).toEqual(['float64', [5, 2, 3], true]);
    expect(python(program, writeArray('long.npz', 50_000, 4096))).toEqual(['float64', [50_000, 2, 3], true]);
  });

  it('is compressed', () => {
    const writer = new NpzWriter(pathOf('zeros.npz'), { name: 'arr_0', shape: [1000, 1936] });
    for (let row = 0; row < 1000; row++) writer.append(new Float32Array(1936));
    writer.finish();
    writer.commit();
    expect(statSync(pathOf('zeros.npz')).size).toBeLessThan(200_000);
  });

  it('refuses to be incomplete, and leaves an older file alone', () => {
    writeFileSync(pathOf('old.npz'), 'old');
    const writer = new NpzWriter(pathOf('old.npz'), { name: 'arr_0', shape: [2, 3] });
    writer.append(new Float64Array(3));
    expect(() => writer.finish()).toThrow('3 values did not come');
    writer.discard();
    expect(readFileSync(pathOf('old.npz'), 'utf8')).toBe('old');
    expect(readdirSync(directory).filter((name) => name.includes('.partial'))).toEqual([]);
  });
});
