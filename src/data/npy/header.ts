/** The header of an npy file (numpy.lib.format, versions 1.0 to 3.0): element type, order and shape of its array. */
import { userError } from '../../base/diagnostic.js';

/** Element types that are read: signed and unsigned integers, booleans, floats; the digit is the size in bytes. */
const elementTypes = ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'b1', 'f4', 'f8'] as const;
export type ElementType = (typeof elementTypes)[number];

export interface NpyHeader {
  readonly type: ElementType;
  /** Bytes of one element. */
  readonly size: number;
  readonly littleEndian: boolean;
  /** First index fastest, instead of last. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes. */
  readonly dataOffset: number;
}

export const npyMagic = '\x93NUMPY';

const rewriteHint = 'write the array again with numpy.save';

/** Reads the header of `bytes`, which begin with the magic string. Throws a user error for what axoc does not read. */
export function readNpyHeader(bytes: Uint8Array, source: string): NpyHeader {
  const { text, dataOffset } = headerText(bytes, source);
  return {
    ...elementTypeOf(text, source),
    fortranOrder: entryOf(text, 'fortran_order', '(True|False)', source) === 'True',
    shape: shapeOf(text, source),
    dataOffset,
  };
}

/** The Python dictionary after magic (6 bytes), version (2) and length (2 bytes in version 1, 4 from version 2). */
function headerText(bytes: Uint8Array, source: string): { text: string; dataOffset: number } {
  const dataOffset = headerLength(bytes, source);
  if (dataOffset > bytes.length) throw truncatedHeader(source);
  return { text: new TextDecoder().decode(bytes.subarray(startOf(bytes), dataOffset)), dataOffset };
}

/** Bytes that the header takes, by its first twelve. Throws a user error when there are fewer. */
export function headerLength(bytes: Uint8Array, source: string): number {
  if (bytes.length < 12) throw truncatedHeader(source);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = [view.getUint8(6), view.getUint8(7)];
  if (major < 1 || major > 3 || minor !== 0) {
    const message = `npy format version ${major}.${minor} is not known`;
    throw userError('npy-version', source, message, 'write the file in version 1.0, 2.0 or 3.0');
  }
  return startOf(bytes) + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
}

function startOf(bytes: Uint8Array): number {
  return bytes[6] === 1 ? 10 : 12;
}

function truncatedHeader(source: string): Error {
  return userError('truncated-file', source, 'the file ends within its npy header', 'write or copy the file again');
}

/** The dictionary's value of `key`, which must match `pattern`'s one group. */
function entryOf(text: string, key: string, pattern: string, source: string): string {
  const found = new RegExp(`['"]${key}['"]\\s*:\\s*${pattern}`).exec(text)?.[1];
  if (found === undefined) throw userError('npy-header', source, `the npy header has no valid '${key}'`, rewriteHint);
  return found;
}

function shapeOf(text: string, source: string): readonly number[] {
  const list = entryOf(text, 'shape', '\\(([\\d\\sL,]*)\\)', source);
  return (list.match(/\d+/g) ?? []).map(Number);
}

function elementTypeOf(text: string, source: string): Pick<NpyHeader, 'type' | 'size' | 'littleEndian'> {
  const description = entryOf(text, 'descr', '(\\[|[\'"][^\'"]*[\'"])', source);
  if (description === '[') {
    const hint = 'save a plain array: numpy.lib.recfunctions.structured_to_unstructured(array)';
    throw userError('npy-type', source, 'structured elements (named fields) are not read', hint);
  }
  const [, order = '', name = ''] = /^([<>|=]?)(.*)$/.exec(description.slice(1, -1)) ?? [];
  const type = elementTypes.find((known) => known === name);
  if (type === undefined) throw unreadableType(name, source);
  return { type, size: Number(type[1]), littleEndian: order !== '>' };
}

function unreadableType(name: string, source: string): Error {
  if (name.startsWith('O')) {
    const hint = 'save numbers: numpy.save(file, numpy.array(rows, dtype=float)), with rows of one length';
    return userError('npy-type', source, 'the array holds pickled Python objects, which are not read', hint);
  }
  if (name === 'f2') {
    const message = '16-bit floats (f2) are not read';
    return userError('npy-type', source, message, "save array.astype('float32'), which holds the same values");
  }
  return userError(
    'npy-type',
    source,
    `elements of type "${name}" are not read`,
    'save integers of 8 to 64 bits, booleans, or floats of 32 or 64 bits',
  );
}
