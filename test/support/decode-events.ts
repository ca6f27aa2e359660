/** A table of events read at once from bytes in memory: what the tests hold `openEvents`, which reads in pieces, against. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CsvParser } from '../../src/data/csv/csv.js';
import type { EventParser } from '../../src/data/event-parser.js';
import type { Events } from '../../src/data/events.js';
import { compressedTwice, damagedGzip, formatOf, withoutMark } from '../../src/data/format.js';
import { JsonParser } from '../../src/data/json/json.js';
import { readNpy } from '../../src/data/npy/npy.js';
import { readNpz } from '../../src/data/npy/npz.js';

export function readEvents(path: string): Events {
  return decodeEvents(readFileSync(path), path);
}

/** npy, npz, JSON, or text with separators; each may be compressed with gzip. `source` names it in messages. */
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
      return parseAll(new JsonParser(source), withoutMark(bytes));
    case 'csv':
      return parseAll(new CsvParser(source), withoutMark(bytes));
    case 'gzip':
      throw compressedTwice(source);
  }
}

export function parseAll(parser: EventParser, bytes: Uint8Array): Events {
  parser.push(bytes);
  parser.finish();
  const [events] = parser.take(Number.POSITIVE_INFINITY, true);
  return events!;
}

function gunzip(bytes: Uint8Array, source: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw damagedGzip(source, error);
  }
}
