/** Reads a table of events from a file, whose format is known by its content and not by its name. */
import { gunzipSync } from 'node:zlib';
import { userError } from '../base/diagnostic.js';
import { readBytes } from '../base/files.js';
import { CsvParser } from './csv/csv.js';
import type { EventParser } from './event-parser.js';
import type { Events } from './events.js';
import { compressedTwice, damagedGzip, formatOf, withoutMark } from './format.js';
import { JsonParser } from './json/json.js';
import { readNpy } from './npy/npy.js';
import { readNpz } from './npy/npz.js';

/**
 * Reads npy, npz, JSON, or text with separators; each may be compressed with gzip.
 * @throws AxocError that says what is wrong, and in which row and column.
 */
export function readEvents(path: string): Events {
  return decodeEvents(readBytes(path), path);
}

/** The same for the content of a file; `source` names it in messages. */
export function decodeEvents(bytes: Uint8Array, source: string): Events {
  return formatOf(bytes, source) === 'gzip' ? decodePlain(gunzip(bytes, source), source) : decodePlain(bytes, source);
}

function decodePlain(bytes: Uint8Array, source: string): Events {
  const format = formatOf(bytes, source);
  switch (format) {
    case 'npy':
      return readNpy(bytes, source);
    case 'npz':
      return readNpz(bytes, source);
    case 'json':
      return parseAll(new JsonParser(source), bytes);
    case 'csv':
      return parseAll(new CsvParser(source), bytes);
    case 'gzip':
      throw compressedTwice(source);
  }
}

function parseAll(parser: EventParser, bytes: Uint8Array): Events {
  parser.push(withoutMark(bytes));
  parser.finish();
  const [events] = parser.take(Number.POSITIVE_INFINITY, true);
  return events!;
}

function gunzip(bytes: Uint8Array, source: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? tooLarge(source) : damagedGzip(source, error);
  }
}

function tooLarge(source: string): Error {
  const message = 'is too large to be read at once';
  return userError('too-large', source, message, 'save the events as .npy, or split them over several files');
}
