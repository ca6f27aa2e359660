/** Elements of an npy array: from bytes in any order to typed arrays of this machine. */
import type { Events } from '../events.js';
import { allocate } from '../row-collector.js';
import type { ElementType } from './header.js';

type Elements =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

const arrays: Readonly<Record<ElementType, new (buffer: ArrayBuffer) => Elements>> = {
  b1: Uint8Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** @param bytes the elements one after the other, last index fastest, little-endian as all machines here are */
export function elementsOf(bytes: Uint8Array, type: ElementType): Elements {
  const isOwn = bytes.byteLength === bytes.buffer.byteLength;
  return new arrays[type]((isOwn ? bytes : Uint8Array.from(bytes)).buffer as ArrayBuffer);
}

/** Elements of `size` bytes with the order of their bytes turned round. */
export function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (let at = 0; at < result.length; at += size) result.subarray(at, at + size).reverse();
  return result;
}

/** The same numbers as doubles, if doubles hold them all exactly. */
export function asDoubles({ values, source }: Events): Events['values'] {
  if (values instanceof Float64Array) return values;
  const doubles = allocate(values.length, source);
  for (let index = 0; index < values.length; index++) doubles[index] = Number(values[index]!);
  const isExact = !(values instanceof BigInt64Array || values instanceof BigUint64Array);
  return isExact || doubles.every(Number.isSafeInteger) ? doubles : values;
}
