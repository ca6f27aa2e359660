/** Element types of HDF5 datasets, and the typed arrays that hold them. */
import type { LibraryDataset } from './library.js';

/** Arrays whose elements are numbers, one for each type that is written. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** `bool` is the enumeration of FALSE and TRUE that h5py writes; it is read as int8. */
export type ElementType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'bool'
  | 'string';

/** Types that are written, with the letters by which the library knows them. */
export const libraryTypes = {
  int8: '<b',
  uint8: '<B',
  int16: '<h',
  uint16: '<H',
  int32: '<i',
  uint32: '<I',
  float32: '<f',
  float64: '<d',
} as const;

export type NumberType = keyof typeof libraryTypes;

const classes = { integer: 0, float: 1, string: 3, enumeration: 8 } as const;

/** Undefined: a type that is not read (half floats, compounds, references, ...). */
export function elementTypeOf(dataset: LibraryDataset): ElementType | undefined {
  const { type, size, signed, enum_type: enumeration } = dataset.metadata;
  switch (type) {
    case classes.integer:
      return size <= 8 ? (`${signed ? '' : 'u'}int${size * 8}` as ElementType) : undefined;
    case classes.float:
      return size === 4 ? 'float32' : size === 8 ? 'float64' : undefined;
    case classes.string:
      return 'string';
    case classes.enumeration:
      return size === 1 && enumeration?.nmembers === 2 && enumeration.members.TRUE === 1 ? 'bool' : undefined;
    default:
      return undefined;
  }
}

export function numberTypeOf(data: NumberArray): NumberType {
  switch (data.constructor) {
    case Int8Array:
      return 'int8';
    case Uint8Array:
      return 'uint8';
    case Int16Array:
      return 'int16';
    case Uint16Array:
      return 'uint16';
    case Int32Array:
      return 'int32';
    case Uint32Array:
      return 'uint32';
    case Float32Array:
      return 'float32';
    default:
      return 'float64';
  }
}
