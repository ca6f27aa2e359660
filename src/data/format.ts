/** Formats of event files, known by the first bytes and not by the name. */
import { userError } from '../base/diagnostic.js';
import { npyMagic } from './npy/header.js';
import { unknownFormat } from './text.js';

export type Format = 'gzip' | 'npy' | 'npz' | 'json' | 'csv';

const gzipMagic = '\x1f\x8b';
/** An archive with members, and one without. */
const zipMagics = ['PK\x03\x04', 'PK\x05\x06'];
const byteOrderMark = '\xef\xbb\xbf';

/** Formats that are recognised only to be refused by name; HDF5 that is not compressed has its own reader. */
const foreignMagics = [
  { magic: '\x89HDF\r\n\x1a\n', name: 'an HDF5 file inside a gzip file' },
  { magic: 'root\0', name: 'a ROOT file' },
  { magic: 'PAR1', name: 'a Parquet file' },
];

/** As many bytes are enough for `formatOf`, but for text that begins with more blanks. */
export const magicLength = 8;

/** @throws AxocError (user) for formats that are known and not read */
export function formatOf(bytes: Uint8Array, source: string): Format {
  if (startsWith(bytes, gzipMagic)) return 'gzip';
  if (startsWith(bytes, npyMagic)) return 'npy';
  if (zipMagics.some((magic) => startsWith(bytes, magic))) return 'npz';
  const foreign = foreignMagics.find(({ magic }) => startsWith(bytes, magic));
  if (foreign !== undefined) throw unknownFormat(source, `is ${foreign.name}, which is not read`);
  const first = withoutMark(bytes).find((byte) => !isBlank(byte));
  return first === 0x5b || first === 0x7b ? 'json' : 'csv';
}

/** Whether nothing has come yet that tells JSON from other text. */
export function isUndecided(bytes: Uint8Array): boolean {
  return bytes.length < magicLength || withoutMark(bytes).every(isBlank);
}

/** Text without its byte order mark. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return startsWith(bytes, byteOrderMark) ? bytes.subarray(byteOrderMark.length) : bytes;
}

export function compressedTwice(source: string): Error {
  return unknownFormat(source, 'is compressed twice, which is not read');
}

export function damagedGzip(source: string, error: unknown): Error {
  const message = `cannot be decompressed: ${(error as Error).message}`;
  return userError('damaged-gzip', source, message, 'write or copy the file again');
}

/** Space, and tab to carriage return. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 9 && byte <= 13);
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return Buffer.from(bytes.subarray(0, magic.length)).toString('latin1') === magic;
}
