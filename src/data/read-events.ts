/** Reads a table of events from a file, whose format is known by its content and not by its name. */
import { constants } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { userError } from '../base/diagnostic.js';
import { readBytes } from '../base/files.js';
import { readCsv } from './csv.js';
import type { Events } from './events.js';
import { readJson } from './json.js';
import { readNpy } from './npy.js';
import { npyMagic } from './npy-header.js';
import { readNpz } from './npz.js';

const gzipMagic = '\x1f\x8b';
/** An archive with members, and one without. */
const zipMagics = ['PK\x03\x04', 'PK\x05\x06'];

/** Formats that are recognised only to be refused by name. */
const foreignMagics = [
  { magic: '\x89HDF\r\n\x1a\n', name: 'an HDF5 file' },
  { magic: 'root\0', name: 'a ROOT file' },
  { magic: 'PAR1', name: 'a Parquet file' },
  { magic: gzipMagic, name: 'compressed twice' },
];

/**
 * Reads npy, npz, JSON, or text with separators; each may be compressed with gzip.
 * @throws AxocError that says what is wrong, and in which row and column.
 */
export function readEvents(path: string): Events {
  return decodeEvents(readBytes(path), path);
}

/** The same for the content of a file; `source` names it in messages. */
export function decodeEvents(bytes: Uint8Array, source: string): Events {
  return startsWith(bytes, gzipMagic) ? decodePlain(gunzip(bytes, source), source) : decodePlain(bytes, source);
}

function decodePlain(bytes: Uint8Array, source: string): Events {
  if (startsWith(bytes, npyMagic)) return readNpy(bytes, source);
  if (zipMagics.some((magic) => startsWith(bytes, magic))) return readNpz(bytes, source);
  const text = textOf(bytes, source);
  return /^\s*[[{]/.test(text) ? readJson(text, source) : readCsv(text, source);
}

function gunzip(bytes: Uint8Array, source: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLarge) throw tooLarge(source);
    const message = `cannot be decompressed: ${(error as Error).message}`;
    throw userError('damaged-gzip', source, message, 'write or copy the file again');
  }
}

function textOf(bytes: Uint8Array, source: string): string {
  const foreign = foreignMagics.find(({ magic }) => startsWith(bytes, magic));
  if (foreign !== undefined) throw unknownFormat(source, `is ${foreign.name}, which is not read`);
  if (bytes.length > constants.MAX_STRING_LENGTH) throw tooLarge(source);
  const text = decodeUtf8(bytes);
  // Below the space, text holds only tab (9), line feed (10) to carriage return (13).
  if (text === undefined || /[^\t-\r -\uffff]/.test(text)) {
    throw unknownFormat(source, 'is neither npy, npz nor text in UTF-8');
  }
  return text;
}

/** Without a byte order mark; undefined when the bytes are not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function unknownFormat(source: string, message: string): Error {
  return userError(
    'unknown-format',
    source,
    message,
    'give events as .npy, .npz, .json or .csv, compressed by gzip or not',
  );
}

function tooLarge(source: string): Error {
  const message = 'is too large to be read at once';
  return userError('too-large', source, message, 'save the events as .npy, or split them over several files');
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return Buffer.from(bytes.subarray(0, magic.length)).toString('latin1') === magic;
}
