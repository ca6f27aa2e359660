/** Events from an npy file (numpy.save): in pieces of any size, or from any place of a file. */
import { userError } from '../../base/diagnostic.js';
import type { RandomAccess } from '../../base/file-streams.js';
import { checkNotEmpty, type Events } from '../events.js';
import { TableProblems } from '../table-problems.js';
import { asDoubles, elementsOf, swapped } from './elements.js';
import { headerLength, type NpyHeader, readNpyHeader } from './header.js';

/** The array as a table. */
export interface NpyTable extends NpyHeader {
  readonly source: string;
  readonly count: number;
  readonly width: number;
  /** Lengths of the axes after the first. */
  readonly inner: readonly number[];
}

/**
 * The first axis counts the events: shape (N,K) is N events of K values; (N,A,B,...) is N events of A*B*... values, last
 * index fastest; (N,) is N events of one value each, as a saved `array[:, 0]` is. One event alone has shape (1,K).
 * 64-bit integers keep their value: see `Events.values`.
 * @throws AxocError for other element types, a file shorter or longer than its shape says, and NaN or infinities.
 */
export function readNpy(bytes: Uint8Array, source: string): Events {
  const file = inMemory(bytes);
  const [events] = npyBlocks(file, openNpy(file, source), Number.POSITIVE_INFINITY);
  return { ...events!, values: asDoubles(events!) };
}

export function inMemory(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Reads the header and checks the file's length against it. */
export function openNpy(file: RandomAccess, source: string): NpyTable {
  const table = npyTable(file.read(0, headerLength(file.read(0, 12), source)), source);
  checkLength(file.size - table.dataOffset, table);
  return table;
}

/** All events in order, `size` at a time, elements in either order; memory for one block. */
export function* npyBlocks(file: RandomAccess, table: NpyTable, size: number): Iterable<Events> {
  const { source, width } = table;
  const problems = new TableProblems(source);
  for (let row = 0; row < table.count; row += size) {
    const count = Math.min(size, table.count - row);
    const bytes = table.fortranOrder ? readColumns(file, table, row, count) : readRows(file, table, row, count);
    const values = npyValues(bytes, table, row, problems);
    if (!problems.any) yield { source, count, width, values };
  }
  problems.throwIfAny();
}

/** @param head the whole header */
export function npyTable(head: Uint8Array, source: string): NpyTable {
  const header = readNpyHeader(head, source);
  const [count, ...inner] = header.shape;
  if (count === undefined) {
    const message = 'a single number (shape ()) is not a table of events';
    throw userError('npy-shape', source, message, 'save an array of shape (events, values)');
  }
  const width = inner.reduce((product, length) => product * length, 1);
  checkNotEmpty(source, count, width);
  return { ...header, source, count, width, inner };
}

/** @param found bytes of elements in the file */
export function checkLength(found: number, { source, shape, count, width, size }: NpyTable): void {
  const expected = count * width * size;
  if (found === expected) return;
  const message = `shape (${shape.join(', ')}) needs ${expected} bytes of data, the file holds ${found}`;
  if (found < expected) throw userError('truncated-file', source, message, 'write or copy the file again');
  throw userError('trailing-data', source, message, 'save one array per file, or several of them with numpy.savez');
}

/** @param bytes rows from number `firstRow` on, last index fastest */
export function npyValues(
  bytes: Uint8Array,
  { type, size, littleEndian, width }: NpyTable,
  firstRow: number,
  problems: TableProblems,
): Events['values'] {
  const values = elementsOf(littleEndian || size === 1 ? bytes : swapped(bytes, size), type);
  if (values instanceof Float32Array || values instanceof Float64Array)
    problems.addAllNotFinite(values, width, firstRow);
  return values as Events['values'];
}

function readRows(file: RandomAccess, { dataOffset, width, size }: NpyTable, row: number, count: number): Uint8Array {
  return file.read(dataOffset + row * width * size, count * width * size);
}

function readColumns(file: RandomAccess, table: NpyTable, row: number, count: number): Uint8Array {
  const { dataOffset, width, size, inner } = table;
  const rows = new Uint8Array(count * width * size);
  for (let column = 0; column < width; column++) {
    const first = dataOffset + (fortranColumn(column, inner) * table.count + row) * size;
    const bytes = file.read(first, count * size);
    for (let index = 0; index < count; index++) {
      for (let byte = 0; byte < size; byte++)
        rows[(index * width + column) * size + byte] = bytes[index * size + byte]!;
    }
  }
  return rows;
}

/** Turns the index of a value inside its event from last axis fastest into first axis fastest. */
function fortranColumn(column: number, inner: readonly number[]): number {
  const width = inner.reduce((product, length) => product * length, 1);
  let rest = column;
  let stride = width;
  let result = 0;
  for (const length of inner.toReversed()) {
    stride /= length;
    result += (rest % length) * stride;
    rest = Math.floor(rest / length);
  }
  return result;
}
