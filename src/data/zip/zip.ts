/** The zip container (PKWARE APPNOTE 6.3): stored and deflated members, zip64, checksums; nothing is trusted unchecked. */
import { constants } from 'node:buffer';
import { crc32, inflateRawSync } from 'node:zlib';
import { userError } from '../../base/diagnostic.js';
import type { RandomAccess } from '../../base/file-streams.js';

export interface ZipMember {
  readonly name: string;
  readonly isEncrypted: boolean;
  /** 0: stored, 8: deflated; others exist. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the file. */
  readonly packedSize: number;
  /** Bytes once unpacked. */
  readonly size: number;
  /** Where the member's local header stands. */
  readonly headerOffset: number;
}

/** Bytes of the directory's end record without its comment, and of the zip64 locator before it. */
const endLength = 22;
const locatorLength = 20;

/** In a 32-bit field: the value stands in the zip64 extra field. */
const inZip64 = 0xffffffff;

/** The members, as the central directory at the end of the file lists them. */
export function listZip(file: RandomAccess, source: string): readonly ZipMember[] {
  const archive = new Archive(file, source);
  const { count, start } = archive.directory();
  const members: ZipMember[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const { member, next } = archive.member(at);
    members.push(member);
    at = next;
  }
  return members;
}

/** A member's content, its length and checksum verified. */
export function unpackZip(file: RandomAccess, member: ZipMember, source: string): Uint8Array {
  return new Archive(file, source).unpack(member);
}

/** The bytes of a member as they stand in the file: stored, or deflated. */
export function packedBytes(file: RandomAccess, member: ZipMember, source: string): RandomAccess {
  return new Archive(file, source).packed(member);
}

/** Length and checksum of a member that is unpacked piece by piece. */
export class MemberCheck {
  #size = 0;
  #crc = 0;

  constructor(
    private readonly member: ZipMember,
    private readonly source: string,
  ) {}

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
    // A member of any claimed length unpacks to what fits it, not to a whole disk.
    if (this.#size > this.member.size) throw cannotUnpack(this.member, this.source);
  }

  finish(): void {
    if (this.#size !== this.member.size || this.#crc !== this.member.crc) throw doesNotMatch(this.member, this.source);
  }
}

export function cannotUnpack({ name }: ZipMember, source: string): Error {
  return damaged(source, `member ${name} cannot be decompressed`);
}

function doesNotMatch({ name }: ZipMember, source: string): Error {
  return damaged(source, `member ${name} does not match its length and checksum`);
}

function damaged(source: string, message: string): Error {
  return userError('damaged-zip', source, message, 'write or copy the file again');
}

/** Reads records at places that the file itself names, so each may be wrong. */
class Archive {
  readonly #file: RandomAccess;
  readonly #source: string;

  constructor(file: RandomAccess, source: string) {
    this.#file = file;
    this.#source = source;
  }

  /** Number of members and start of the central directory. */
  directory(): { count: number; start: number } {
    const tailLength = Math.min(this.#file.size, locatorLength + endLength + 0xffff);
    const tail = this.#slice(this.#file.size - tailLength, tailLength);
    const end = this.#endRecord(tail);
    const locator = end - locatorLength;
    if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) {
      return { count: tail.readUInt16LE(end + 10), start: tail.readUInt32LE(end + 16) };
    }
    const record = this.#record(size64(tail, locator + 8), 56, 0x06064b50, 'zip64 end record');
    return { count: size64(record, 32), start: size64(record, 48) };
  }

  /** The last 22 bytes, before a comment of at most 65535 whose length they give. */
  #endRecord(tail: Buffer): number {
    const last = tail.length - endLength;
    for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
      const isEnd = tail.readUInt32LE(at) === 0x06054b50;
      if (isEnd && tail.readUInt16LE(at + 20) === last - at) return at;
    }
    throw this.#damaged('the file ends without a zip directory');
  }

  /** The directory's entry at `at`, and where the next one stands. */
  member(at: number): { member: ZipMember; next: number } {
    const entry = this.#record(at, 46, 0x02014b50, 'directory entry');
    const nameLength = entry.readUInt16LE(28);
    const extraLength = entry.readUInt16LE(30);
    const name = this.#slice(at + 46, nameLength).toString('utf8');
    const extra = this.#slice(at + 46 + nameLength, extraLength);
    const [size, packedSize, headerOffset] = this.#widen(
      [entry.readUInt32LE(24), entry.readUInt32LE(20), entry.readUInt32LE(42)],
      zip64Field(extra),
    );
    const member: ZipMember = {
      name,
      isEncrypted: (entry.readUInt16LE(8) & 1) !== 0,
      method: entry.readUInt16LE(10),
      crc: entry.readUInt32LE(16),
      packedSize: packedSize!,
      size: size!,
      headerOffset: headerOffset!,
    };
    return { member, next: at + 46 + nameLength + extraLength + entry.readUInt16LE(32) };
  }

  /** Replaces the values that did not fit 32 bits: the zip64 field holds just those, in this order. */
  #widen(values: readonly number[], field: Buffer | undefined): number[] {
    let at = 0;
    return values.map((value) => {
      if (value !== inZip64 || field === undefined) return value;
      at += 8;
      if (at > field.length) throw this.#damaged('a zip64 field is too short');
      return size64(field, at - 8);
    });
  }

  /** Its headers are read and checked. */
  packed(member: ZipMember): RandomAccess {
    if (member.isEncrypted) throw this.#unsupported(member, 'is encrypted');
    if (member.method !== 0 && member.method !== 8) {
      throw this.#unsupported(member, `uses compression method ${member.method}`);
    }
    const header = this.#record(member.headerOffset, 30, 0x04034b50, 'member header');
    const start = member.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + member.packedSize > this.#file.size) throw this.#beyondEnd();
    return {
      size: member.packedSize,
      read: (offset, length) => this.#file.read(start + offset, Math.min(length, member.packedSize - offset)),
    };
  }

  unpack(member: ZipMember): Uint8Array {
    const packed = this.packed(member).read(0, member.packedSize);
    const content = member.method === 0 ? packed : this.#inflate(packed, member);
    const check = new MemberCheck(member, this.#source);
    if (content.length <= member.size) check.add(content);
    check.finish();
    return content;
  }

  #inflate(packed: Uint8Array, member: ZipMember): Buffer {
    if (member.size > constants.MAX_LENGTH) {
      const message = `member ${member.name} claims ${member.size} bytes, more than can be read at once`;
      throw userError('too-large', this.#source, message, 'split the events over several files');
    }
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, member.size) });
    } catch {
      throw cannotUnpack(member, this.#source);
    }
  }

  #record(at: number, length: number, signature: number, what: string): Buffer {
    const record = this.#slice(at, length);
    if (record.readUInt32LE(0) !== signature) throw this.#damaged(`no ${what} stands where one should`);
    return record;
  }

  #slice(at: number, length: number): Buffer {
    if (at + length > this.#file.size) throw this.#beyondEnd();
    const bytes = this.#file.read(at, length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #beyondEnd(): Error {
    return this.#damaged('a part lies beyond the end of the file');
  }

  #damaged(message: string): Error {
    return damaged(this.#source, message);
  }

  #unsupported(member: ZipMember, reason: string): Error {
    const message = `member ${member.name} ${reason}, which is not read`;
    return userError('unsupported-zip', this.#source, message, 'write it with numpy.savez or numpy.savez_compressed');
  }
}

/** The content of the zip64 field (id 1) among the extra fields: each is id, length (2 bytes each), content. */
function zip64Field(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return undefined;
}

/** A 64-bit length or place; beyond 2^53 it is rounded, and far beyond the end of any file all the same. */
function size64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
