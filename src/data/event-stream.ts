/** Events block by block: files of any size in constant memory. */
import { type OpenFile, openFile, type RandomAccess } from '../base/file-streams.js';
import { type ByteChunks, fileChunks, gunzipChunks, memberChunks } from './byte-chunks.js';
import { CsvParser } from './csv/csv.js';
import type { EventParser } from './event-parser.js';
import type { EventStream, Events } from './events.js';
import { compressedTwice, formatOf, isUndecided, magicLength, withoutMark } from './format.js';
import { openHdf5 } from './hdf5/events.js';
import { isHdf5File } from './hdf5/file.js';
import { JsonParser } from './json/json.js';
import { npyBlocks, openNpy } from './npy/npy.js';
import { checkIsNpy, findArray } from './npy/npz.js';
import { NpyParser } from './npy/parser.js';
import { WholeNpz } from './npy/whole-npz.js';

export interface EventStreamOptions {
  /** Path of the dataset in an HDF5 file; needed when the file holds more than one that could be events. */
  readonly dataset?: string;
}

/**
 * Opens an event file. Read in constant memory: HDF5, npy, npz, JSON and text, the last four compressed by gzip or not. Read at
 * once: arrays in Fortran order that are packed, and npz that is compressed once more.
 * @throws AxocError (user) when the file cannot be read or is of another format, and as `openHdf5` does
 */
export async function openEvents(path: string, options: EventStreamOptions = {}): Promise<EventStream> {
  if (isHdf5File(path)) return openHdf5(path, options.dataset);
  const file = openFile(path);
  try {
    return { source: path, ...openFormat(file, path), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function openFormat(file: OpenFile, path: string): Pick<EventStream, 'count' | 'blocks'> {
  switch (formatOf(file.read(0, magicLength), path)) {
    case 'npy':
      return openArray(file, path);
    case 'npz':
      return openMember(file, path);
    case 'gzip':
      return openText(gunzipChunks(file, path), path);
    case 'json':
    case 'csv':
      return openText(fileChunks(file), path);
  }
}

function openArray(file: RandomAccess, path: string): Pick<EventStream, 'count' | 'blocks'> {
  const table = openNpy(file, path);
  return {
    count: table.count,
    async *blocks(size) {
      yield* npyBlocks(file, table, size);
    },
  };
}

function openMember(file: RandomAccess, path: string): Pick<EventStream, 'blocks'> {
  const { member, place } = findArray(file, path);
  const chunks = memberChunks(file, member, path);
  const startParser = (head: Uint8Array): EventParser => {
    checkIsNpy(head, place);
    return new NpyParser(place);
  };
  return {
    async *blocks(size) {
      for await (const block of parsedBlocks(chunks, startParser, size)) yield { ...block, source: path };
    },
  };
}

/** Text, or whatever a gzip file turns out to hold. */
function openText(chunks: ByteChunks, path: string): Pick<EventStream, 'blocks'> {
  return { blocks: (size) => parsedBlocks(chunks, (head) => startParser(head, path), size) };
}

function startParser(head: Uint8Array, path: string): EventParser {
  switch (formatOf(head, path)) {
    case 'npy':
      return new NpyParser(path);
    case 'npz':
      return new WholeNpz(path);
    case 'json':
      return new JsonParser(path);
    case 'csv':
      return new CsvParser(path);
    case 'gzip':
      throw compressedTwice(path);
  }
}

/** @param start makes the parser once enough bytes are there to know the format */
async function* parsedBlocks(
  chunks: ByteChunks,
  start: (head: Uint8Array) => EventParser,
  size: number,
): AsyncIterable<Events> {
  const reader = chunks[Symbol.asyncIterator]();
  let head: Uint8Array | undefined = new Uint8Array();
  let parser: EventParser | undefined;
  const push = (bytes: Uint8Array): void => {
    parser ??= start(bytes);
    parser.push(head === undefined ? bytes : withoutMark(bytes));
    head = undefined;
  };
  try {
    for (let next = await reader.next(); !next.done; next = await reader.next()) {
      const bytes: Uint8Array = head === undefined ? next.value : Buffer.concat([head, next.value]);
      if (head !== undefined && isUndecided(bytes)) {
        head = bytes;
        continue;
      }
      try {
        push(bytes);
      } catch (error) {
        // A damaged file may look like a mistake of the user's: its damage is what to tell.
        if (chunks.isChecked) await readToEnd(reader);
        throw error;
      }
      yield* parser!.take(size, false);
    }
    if (head !== undefined) push(head);
    parser!.finish();
    yield* parser!.take(size, true);
  } finally {
    await reader.return?.();
  }
}

async function readToEnd(reader: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await reader.next()).done);
}
