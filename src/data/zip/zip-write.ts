/** Writing a zip archive (PKWARE APPNOTE 6.3) piece by piece: deflated members of any size, zip64 where numbers need it. */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { internalError } from '../../base/diagnostic.js';
import type { StagedFile } from '../../base/file-streams.js';

/** The largest number of a 32-bit field; one more says "see the zip64 field". */
const largest32 = 0xfffffffe;
const inZip64 = 0xffffffff;

const zip64Version = 45;
const deflated = 8;
/** 1980-01-01, the earliest there is: the same content gives the same bytes. */
const firstDate = 0x21;

interface Entry {
  readonly name: Buffer;
  readonly offset: number;
  crc: number;
  size: number;
  packedSize: number;
}

/** Each member is complete before the next begins. */
export class ZipWriter {
  readonly #file: StagedFile;
  readonly #largest: number;
  readonly #entries: Entry[] = [];
  #length = 0;

  /** @param largest what a 32-bit field may hold; a test makes it small, so that small archives need zip64 */
  constructor(file: StagedFile, largest = largest32) {
    this.#file = file;
    this.#largest = largest;
  }

  /** Begins a member; what `add` gets belongs to it until the next begins. */
  begin(name: string): void {
    this.#endMember();
    const entry: Entry = { name: Buffer.from(name), offset: this.#length, crc: 0, size: 0, packedSize: 0 };
    this.#entries.push(entry);
    this.#append(Buffer.concat([localHeader(entry), entry.name, zip64Field([0, 0])]));
  }

  /** More of the current member. Pieces of a megabyte are packed well: each is compressed by itself. */
  add(bytes: Uint8Array): void {
    const entry = this.#current();
    entry.crc = crc32(bytes, entry.crc);
    entry.size += bytes.length;
    // Ends on a byte and is not the last block: such pieces, one after the other, are one deflate stream.
    this.#pack(entry, deflateRawSync(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }));
  }

  /** Writes the directory; the file is committed by whoever opened it. */
  finish(comment = ''): void {
    this.#endMember();
    const start = this.#length;
    for (const entry of this.#entries) this.#append(this.#directoryEntry(entry));
    this.#append(this.#end(start, this.#length - start, Buffer.from(comment)));
  }

  /** Lengths and checksum go to the local header, now that they are known. */
  #endMember(): void {
    const entry = this.#entries.at(-1);
    if (entry === undefined) return;
    this.#pack(entry, deflateRawSync(new Uint8Array()));
    const lengths = entry.offset + localLength + entry.name.length;
    this.#file.overwrite(entry.offset, localHeader(entry));
    this.#file.overwrite(lengths, zip64Field([entry.size, entry.packedSize]));
  }

  #current(): Entry {
    const entry = this.#entries.at(-1);
    if (entry === undefined) throw internalError('zip', 'bytes before the first member');
    return entry;
  }

  #pack(entry: Entry, packed: Uint8Array): void {
    entry.packedSize += packed.length;
    this.#append(packed);
  }

  #directoryEntry({ name, offset, crc, size, packedSize }: Entry): Buffer {
    const wide = [size, packedSize, offset].filter((value) => this.#isWide(value));
    const extra = wide.length === 0 ? Buffer.alloc(0) : zip64Field(wide);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(zip64Version, 4);
    entry.writeUInt16LE(zip64Version, 6);
    entry.writeUInt16LE(deflated, 10);
    entry.writeUInt16LE(firstDate, 14);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(this.#narrow(packedSize), 20);
    entry.writeUInt32LE(this.#narrow(size), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(this.#narrow(offset), 42);
    return Buffer.concat([entry, name, extra]);
  }

  #end(start: number, length: number, comment: Buffer): Buffer {
    const count = this.#entries.length;
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(count, 8);
    end.writeUInt16LE(count, 10);
    end.writeUInt32LE(this.#narrow(length), 12);
    end.writeUInt32LE(this.#narrow(start), 16);
    end.writeUInt16LE(comment.length, 20);
    const wide = this.#isWide(start) || this.#isWide(length) ? zip64End(count, start, length) : Buffer.alloc(0);
    return Buffer.concat([wide, end, comment]);
  }

  #isWide(value: number): boolean {
    return value > this.#largest;
  }

  #narrow(value: number): number {
    return this.#isWide(value) ? inZip64 : value;
  }

  #append(bytes: Uint8Array): void {
    this.#file.append(bytes);
    this.#length += bytes.length;
  }
}

const localLength = 30;

/** Always with a zip64 field behind the name: how long a member gets is not known when it begins. */
function localHeader({ name, crc }: Entry): Buffer {
  const header = Buffer.alloc(localLength);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(zip64Version, 4);
  header.writeUInt16LE(deflated, 8);
  header.writeUInt16LE(firstDate, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(inZip64, 18);
  header.writeUInt32LE(inZip64, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(zip64Field([0, 0]).length, 28);
  return header;
}

/** Extra field of id 1: 64-bit numbers, in the order size, packed size, offset. */
function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

/** The zip64 end record and its locator. */
function zip64End(count: number, start: number, length: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(zip64Version, 12);
  end.writeUInt16LE(zip64Version, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + length), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
