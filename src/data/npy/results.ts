/** Results as an npy file, version 1.0: elements block by block, the header when all are known. */
import { userError } from '../../base/diagnostic.js';
import type { ResultBlock, ResultValues } from '../result-block.js';
import { npyMagic } from './header.js';

/** What blocks of elements of 64 bits are, one after the other: their type is known after the last. */
export interface NpyElements {
  readonly isReal: boolean;
  readonly hasNegative: boolean;
  /** The first integer that only an unsigned element holds, as place and number for a message. */
  readonly unsignedOnly?: { readonly place: string; readonly value: string };
}

/**
 * Doubles as float64; integers as their lowest 64 bits, which are those of int64 and of uint64 alike.
 * @throws AxocError (user) for an integer that neither holds
 */
export function encodeElements(
  block: ResultBlock,
  path: string,
): { readonly bytes: Uint8Array; readonly elements: NpyElements } {
  const { values } = block;
  const isWide = Array.isArray(values);
  return {
    bytes: new Uint8Array(elementsOf(values).buffer),
    elements: isWide ? wideElements(block, path) : { isReal: values instanceof Float64Array, hasNegative: true },
  };
}

function elementsOf(values: ResultValues): Float64Array | BigInt64Array | Int32Array {
  if (values instanceof Float64Array) return Float64Array.from(values);
  if (values instanceof Int16Array || values instanceof Int32Array) return doubled(values);
  return BigInt64Array.from(values);
}

/** Each integer as two words of 32 bits, the lower one first. */
function doubled(values: Int16Array | Int32Array): Int32Array {
  const words = new Int32Array(2 * values.length);
  for (let index = 0; index < values.length; index++) {
    words[2 * index] = values[index]!;
    words[2 * index + 1] = values[index]! >> 31;
  }
  return words;
}

/** Integers of any width. */
function wideElements({ values, width, firstRow }: ResultBlock, path: string): NpyElements {
  let hasNegative = false;
  let unsignedOnly: NpyElements['unsignedOnly'];
  for (const [index, value] of (values as readonly bigint[]).entries()) {
    const isSigned = BigInt.asIntN(64, value) === value;
    if (value < 0n) hasNegative = true;
    if (isSigned) continue;
    const place = `${path}: row ${firstRow + Math.floor(index / width)}, column ${index % width}`;
    if (BigInt.asUintN(64, value) !== value) throw doesNotFit(place, String(value));
    unsignedOnly ??= { place, value: String(value) };
  }
  return { isReal: false, hasNegative, ...(unsignedOnly === undefined ? {} : { unsignedOnly }) };
}

/** What all blocks together are. */
export function joined(a: NpyElements | undefined, b: NpyElements): NpyElements {
  const unsignedOnly = a?.unsignedOnly ?? b.unsignedOnly;
  const hasNegative = (a?.hasNegative ?? false) || b.hasNegative;
  return { isReal: b.isReal, hasNegative, ...(unsignedOnly === undefined ? {} : { unsignedOnly }) };
}

/** Whatever the shape: 117 characters are enough for any. */
export const npyHeaderLength = 128;

/**
 * Shape (N,) for one column, (N,K) for several. Integers are int64, or uint64 if only that holds them.
 * @throws AxocError (user) when neither holds all of them
 */
export function npyHeader(elements: NpyElements, rows: number, width: number): Uint8Array {
  const shape = width === 1 ? `(${rows},)` : `(${rows}, ${width})`;
  const dictionary = `{'descr': '${typeOf(elements)}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = Buffer.from(`${npyMagic}\x01\0\0\0${dictionary.padEnd(npyHeaderLength - 11)}\n`, 'latin1');
  header.writeUInt16LE(npyHeaderLength - 10, 8);
  return header;
}

function typeOf({ isReal, hasNegative, unsignedOnly }: NpyElements): string {
  if (isReal) return '<f8';
  if (unsignedOnly === undefined) return '<i8';
  if (hasNegative) throw doesNotFit(unsignedOnly.place, unsignedOnly.value);
  return '<u8';
}

function doesNotFit(place: string, value: string): Error {
  return userError(
    'result-too-wide',
    place,
    `the integer ${value} does not fit an npy element of 64 bits`,
    'write a .json or .csv file',
  );
}
