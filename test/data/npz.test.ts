import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeEvents } from '../support/decode-events.js';
import { decodeFixture, fixture, messageOf, rowsOf, table } from './helpers.js';

const messageForFixture = (name: string) => messageOf(() => decodeFixture(name));
const messageFor = (bytes: Uint8Array) => messageOf(() => decodeEvents(bytes, 'ev.npz'));

interface Oddities {
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly comment?: string;
}

/** A zip file with one member, which may be odd. */
function zip(name: string, content: Uint8Array, { method = 8, flags = 0, crc, size, comment = '' }: Oddities): Buffer {
  const packed = method === 8 ? deflateRawSync(content) : content;
  const common = Buffer.alloc(24);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(flags, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(crc ?? crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(size ?? content.length, 18);
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
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([local, entry, end, Buffer.from(comment)]);
}

describe('readNpz', () => {
  it('reads the only array, stored', () => {
    expect(decodeFixture('stored.npz').source).toBe('stored.npz');
    expect(rowsOf(decodeFixture('stored.npz'))).toEqual(table);
  });

  it('reads the array named events, deflated', () => {
    expect(rowsOf(decodeFixture('deflated.npz'))).toEqual(table);
  });

  it('reads a zip64 archive', () => {
    const repeated = Array.from({ length: 8 }, () => table).flat();
    expect(rowsOf(decodeFixture('zip64.npz'))).toEqual(repeated);
  });

  it('reads an archive with a comment', () => {
    const bytes = zip('events.npy', fixture('i2-little.npy'), {
      comment: 'made by PK\x05\x06 hand, 22 bytes and more',
    });
    expect(rowsOf(decodeEvents(bytes, 'ev.npz'))).toEqual(table);
  });

  it('lists the arrays when none is named events', () => {
    expect(messageForFixture('several.npz')).toMatchInlineSnapshot(`
      "error[npz-arrays]: several.npz: the archive holds 2 arrays, none of them named "events": signal, background
        help: name the one to read: numpy.savez(file, events=array)"
    `);
    expect(messageForFixture('no-arrays.npz')).toMatchInlineSnapshot(`
      "error[npz-arrays]: no-arrays.npz: the archive holds no arrays
        help: write it with numpy.savez(file, events=array)"
    `);
    expect(messageFor(zip('sheet.xml', Buffer.from('<a/>'), {}))).toMatchInlineSnapshot(`
      "error[npz-arrays]: ev.npz: the archive holds no arrays
        help: write it with numpy.savez(file, events=array)"
    `);
  });

  it('names the array in the problems of its events', () => {
    expect(messageFor(zip('events.npy', fixture('half.npy'), {}))).toMatchInlineSnapshot(`
      "error[npy-type]: ev.npz[events]: 16-bit floats (f2) are not read
        help: save array.astype('float32'), which holds the same values"
    `);
    expect(messageFor(zip('events.npy', Buffer.from('hello'), {}))).toMatchInlineSnapshot(`
      "error[npy-header]: ev.npz[events]: is not an npy file
        help: write the archive again with numpy.savez"
    `);
  });

  it('refuses members that do not match their checksum or length', () => {
    const content = fixture('i2-little.npy');
    expect(messageFor(zip('events.npy', content, { crc: 1 }))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: member events.npy does not match its length and checksum
        help: write or copy the file again"
    `);
    expect(messageFor(zip('events.npy', content, { crc: 1, method: 0 }))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: member events.npy does not match its length and checksum
        help: write or copy the file again"
    `);
    expect(messageFor(zip('events.npy', content, { size: 5000 }))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: member events.npy does not match its length and checksum
        help: write or copy the file again"
    `);
    expect(messageFor(zip('events.npy', content, { size: 5 }))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: member events.npy cannot be decompressed
        help: write or copy the file again"
    `);
  });

  it('refuses encryption and other compressions', () => {
    const content = fixture('i2-little.npy');
    expect(messageFor(zip('events.npy', content, { flags: 1 }))).toMatchInlineSnapshot(`
      "error[unsupported-zip]: ev.npz: member events.npy is encrypted, which is not read
        help: write it with numpy.savez or numpy.savez_compressed"
    `);
    expect(messageFor(zip('events.npy', content, { method: 12 }))).toMatchInlineSnapshot(`
      "error[unsupported-zip]: ev.npz: member events.npy uses compression method 12, which is not read
        help: write it with numpy.savez or numpy.savez_compressed"
    `);
  });

  it('refuses an archive that has lost its end or its beginning', () => {
    const bytes = fixture('stored.npz');
    expect(messageFor(bytes.subarray(0, -1))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: the file ends without a zip directory
        help: write or copy the file again"
    `);
    expect(messageFor(Buffer.concat([bytes.subarray(0, 4), bytes.subarray(40)]))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: a part lies beyond the end of the file
        help: write or copy the file again"
    `);
    expect(messageFor(Buffer.concat([bytes.subarray(0, 4), bytes.subarray(-22)]))).toMatchInlineSnapshot(`
      "error[damaged-zip]: ev.npz: a part lies beyond the end of the file
        help: write or copy the file again"
    `);
  });
});
