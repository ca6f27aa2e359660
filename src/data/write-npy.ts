/** Encodes results as an npy file, version 1.0. */
import { userError } from '../base/diagnostic.js';
import { npyMagic } from './npy-header.js';

type Value = bigint | number;
type Rows = readonly (readonly Value[])[];

interface Encoding {
  readonly descr: '<f8' | '<i8' | '<u8';
  readonly holds: (value: Value) => boolean;
  readonly set: (view: DataView, at: number, value: Value) => void;
}

const float64: Encoding = {
  descr: '<f8',
  holds: (value) => typeof value === 'number' || BigInt(Number(value)) === value,
  set: (view, at, value) => view.setFloat64(at, Number(value), true),
};
const int64: Encoding = {
  descr: '<i8',
  holds: (value) => BigInt.asIntN(64, BigInt(value)) === BigInt(value),
  set: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
};
const uint64: Encoding = {
  descr: '<u8',
  holds: (value) => BigInt.asUintN(64, BigInt(value)) === BigInt(value),
  set: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
};

/**
 * Shape (N,) for one column, (N,K) for several. Numbers alone are float64. Integers with a bigint among them are int64,
 * or uint64 if only that holds them; bigints beside fractions are float64 if doubles hold them exactly.
 * @throws AxocError naming the first integer that does not fit.
 */
export function encodeNpy(rows: Rows, path: string): Uint8Array {
  const width = rows[0]?.length ?? 1;
  const { descr, set } = encodingOf(rows, path);
  const header = headerOf(descr, width === 1 ? `(${rows.length},)` : `(${rows.length}, ${width})`);
  const bytes = new Uint8Array(header.length + rows.length * width * 8);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  for (const [index, row] of rows.entries()) {
    for (const [column, value] of row.entries()) set(view, (index * width + column) * 8, value);
  }
  return bytes;
}

/** Padded with spaces so that the elements begin at a multiple of 64 bytes, as the format asks for. */
function headerOf(descr: string, shape: string): Uint8Array {
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const header = Buffer.from(`${npyMagic}\x01\0\0\0${dictionary.padEnd(length - 11)}\n`, 'latin1');
  header.writeUInt16LE(length - 10, 8);
  return header;
}

function encodingOf(rows: Rows, path: string): Encoding {
  if (allAre(rows, (value) => typeof value === 'number')) return float64;
  const wanted: [Encoding, ...Encoding[]] = allAre(rows, isInteger) ? [int64, uint64] : [float64];
  const encoding = wanted.find(({ holds }) => allAre(rows, holds));
  if (encoding === undefined) throw doesNotFit(rows, wanted, path);
  return encoding;
}

/** A number beyond 2^53 is a rounded float, not an integer. */
function isInteger(value: Value): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function allAre(rows: Rows, test: (value: Value) => boolean): boolean {
  return rows.every((row) => row.every(test));
}

/** Blames a value that fits none of the `wanted`; failing that, one that does not fit the first. */
function doesNotFit(rows: Rows, wanted: readonly [Encoding, ...Encoding[]], path: string): Error {
  const [first] = wanted;
  const { index, column } =
    find(rows, (value) => !wanted.some(({ holds }) => holds(value))) ?? find(rows, (value) => !first.holds(value))!;
  const type = first === float64 ? 'a float64, which the fractions beside it need' : 'an npy element of 64 bits';
  return userError(
    'result-too-wide',
    `${path}: row ${index}, column ${column}`,
    `the integer ${rows[index]![column]} does not fit ${type}`,
    'write a .json or .csv file',
  );
}

function find(rows: Rows, test: (value: Value) => boolean): { index: number; column: number } | undefined {
  const index = rows.findIndex((row) => row.some(test));
  return index < 0 ? undefined : { index, column: rows[index]!.findIndex(test) };
}
