/** Events from an npy file (numpy.save). */
import { userError } from '../base/diagnostic.js';
import { checkNotEmpty, type Events } from './events.js';
import { type ElementType, type NpyHeader, readNpyHeader } from './npy-header.js';
import { TableProblems } from './table-problems.js';

/** Reads the element at byte `at`; 64-bit integers beyond 2^53 - 1 come out rounded, but still beyond it. */
type ReadElement = (view: DataView, at: number, littleEndian: boolean) => number;

const readElement: Readonly<Record<ElementType, ReadElement>> = {
  b1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, littleEndian) => view.getInt16(at, littleEndian),
  u2: (view, at, littleEndian) => view.getUint16(at, littleEndian),
  i4: (view, at, littleEndian) => view.getInt32(at, littleEndian),
  u4: (view, at, littleEndian) => view.getUint32(at, littleEndian),
  f4: (view, at, littleEndian) => view.getFloat32(at, littleEndian),
  f8: (view, at, littleEndian) => view.getFloat64(at, littleEndian),
  i8: (view, at, littleEndian) =>
    view.getInt32(littleEndian ? at + 4 : at, littleEndian) * 2 ** 32 +
    view.getUint32(littleEndian ? at : at + 4, littleEndian),
  u8: (view, at, littleEndian) =>
    view.getUint32(littleEndian ? at + 4 : at, littleEndian) * 2 ** 32 +
    view.getUint32(littleEndian ? at : at + 4, littleEndian),
};

/** The array as a table, and where its elements stand in the file. */
interface Table {
  readonly count: number;
  readonly width: number;
  readonly view: DataView;
  /** Bytes from a row to the next. */
  readonly rowStride: number;
  /** Byte of each column in row 0. */
  readonly columnStart: readonly number[];
}

/**
 * The first axis counts the events: shape (N,K) is N events of K values; (N,A,B,...) is N events of A*B*... values, last
 * index fastest; (N,) is N events of one value each, as a saved `array[:, 0]` is. One event alone has shape (1,K).
 * 64-bit integers keep their value: see `Events.values`.
 * @throws AxocError for other element types, a file shorter or longer than its shape says, and NaN or infinities.
 */
export function readNpy(bytes: Uint8Array, source: string): Events {
  const header = readNpyHeader(bytes, source);
  const table = tableOf(bytes, header, source);
  return { source, count: table.count, width: table.width, values: valuesOf(table, header, source) };
}

function tableOf(bytes: Uint8Array, { shape, size, fortranOrder, dataOffset }: NpyHeader, source: string): Table {
  const [count, ...inner] = shape;
  if (count === undefined) {
    const message = 'a single number (shape ()) is not a table of events';
    throw userError('npy-shape', source, message, 'save an array of shape (events, values)');
  }
  const width = inner.reduce((product, length) => product * length, 1);
  checkNotEmpty(source, count, width);
  checkLength(bytes.length - dataOffset, count * width * size, `(${shape.join(', ')})`, source);
  return {
    count,
    width,
    view: new DataView(bytes.buffer, bytes.byteOffset + dataOffset, bytes.length - dataOffset),
    rowStride: fortranOrder ? size : width * size,
    columnStart: Array.from({ length: width }, (_, column) =>
      fortranOrder ? fortranColumn(column, inner) * count * size : column * size,
    ),
  };
}

function checkLength(found: number, expected: number, shape: string, source: string): void {
  if (found === expected) return;
  const message = `shape ${shape} needs ${expected} bytes of data, the file holds ${found}`;
  if (found < expected) throw userError('truncated-file', source, message, 'write or copy the file again');
  throw userError('trailing-data', source, message, 'save one array per file, or several of them with numpy.savez');
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

function valuesOf(table: Table, { type, littleEndian }: NpyHeader, source: string): Events['values'] {
  const { view, count, width } = table;
  const read = readElement[type];
  const values = allocate(count * width, source);
  gather(values, table, (at) => read(view, at, littleEndian));
  if (type === 'f4' || type === 'f8') checkFinite(values, width, source);
  if ((type !== 'i8' && type !== 'u8') || areSafe(values)) return values;
  if (type === 'i8') return gather(new BigInt64Array(values.length), table, (at) => view.getBigInt64(at, littleEndian));
  return gather(new BigUint64Array(values.length), table, (at) => view.getBigUint64(at, littleEndian));
}

/** Small elements take up to eight times the file's size as doubles. */
function allocate(length: number, source: string): Float64Array {
  try {
    return new Float64Array(length);
  } catch {
    const message = `${length} values do not fit into memory`;
    throw userError('too-large', source, message, 'split the events over several files');
  }
}

/** Fills `target`, row by row, with what `read` gives for the byte where each element stands. */
function gather<Element, Target extends { [index: number]: Element }>(
  target: Target,
  { count, width, rowStride, columnStart }: Table,
  read: (at: number) => Element,
): Target {
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < width; column++) {
      target[row * width + column] = read(row * rowStride + columnStart[column]!);
    }
  }
  return target;
}

function checkFinite(values: Float64Array, width: number, source: string): void {
  const problems = new TableProblems(source);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isFinite(value)) continue;
    problems.addNotFinite({ row: Math.floor(index / width), column: index % width }, value);
  }
  problems.throwIfAny();
}

function areSafe(values: Float64Array): boolean {
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]!) > Number.MAX_SAFE_INTEGER) return false;
  }
  return true;
}
