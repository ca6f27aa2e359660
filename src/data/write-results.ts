/** Writes results, one row per event, in the format that the file's name asks for. */
import { gzipSync } from 'node:zlib';
import { internalError, userError } from '../base/diagnostic.js';
import { writeFileWhole } from '../base/files.js';
import { encodeNpy } from './write-npy.js';

/** One row per event, all of one width; integers of hardware are bigints, floats are numbers. */
export type ResultRows = readonly (readonly (bigint | number)[])[];

/**
 * By the end of `path`: `.npy` (see `encodeNpy`); `.json` and `.json.gz` (one column: a flat array; several: an array of
 * arrays; bigints beyond 2^53 - 1 as strings); anything else, `.csv` included, is text of one event a line, columns
 * separated by commas. Doubles are written in the shortest form that reads back as the same double.
 * With `columns` the names go along: text starts with a header row, JSON is an object with `columns` and `events` (which
 * `readEvents` reads), npy has no place for them.
 * The same rows give the same bytes (`.json.gz`: with the same version of Node).
 * @throws AxocError for values the format cannot hold and for a path that cannot be written.
 */
export function writeResults(path: string, rows: ResultRows, columns?: readonly string[]): void {
  const width = rows[0]?.length;
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd >= 0) throw internalError(path, `result row ${odd} has ${rows[odd]?.length} columns, row 0 has ${width}`);
  writeFileWhole(path, encode(path, rows, columns));
}

function encode(path: string, rows: ResultRows, columns: readonly string[] | undefined): string | Uint8Array {
  const name = path.toLowerCase();
  if (name.endsWith('.npy')) return encodeNpy(rows, path);
  if (name.endsWith('.json')) return jsonText(rows, path, columns);
  if (name.endsWith('.json.gz')) return gzip(jsonText(rows, path, columns));
  const header = columns === undefined ? '' : `${columns.map(quoted).join(',')}\n`;
  return header + rows.map((row) => `${row.map(valueText).join(',')}\n`).join('');
}

/** One event a line, so that two files compare line by line. */
function jsonText(rows: ResultRows, path: string, columns: readonly string[] | undefined): string {
  if (columns !== undefined) return `{"columns":${JSON.stringify(columns)},\n"events":${jsonRows(rows, path)}}\n`;
  return `${jsonRows(rows, path)}\n`;
}

function jsonRows(rows: ResultRows, path: string): string {
  if (rows.length === 0) return '[]';
  const lines = rows.map((row, index) => {
    const values = row.map((value, column) => jsonValue(value, `${path}: row ${index}, column ${column}`));
    return row.length === 1 ? values[0] : `[${values.join(',')}]`;
  });
  return `[\n${lines.join(',\n')}\n]`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function jsonValue(value: bigint | number, place: string): string {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  if (Number.isFinite(value)) return valueText(value);
  throw userError('result-not-finite', place, `JSON cannot hold the result ${value}`, 'write a .npy or .csv file');
}

/**
 * A double that is an integer beyond 2^53 gets an exponent: its shortest digits are not its exact value, and text without
 * point or exponent is read back as an exact integer.
 */
function valueText(value: bigint | number): string {
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0';
  const isLarge = Number.isFinite(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return isLarge ? value.toExponential() : String(value);
}

/** The gzip header's time (bytes 4 to 7) is 0 and its system (byte 9) "unknown", whoever writes. */
function gzip(text: string): Uint8Array {
  const bytes = gzipSync(text, { level: 9 });
  bytes.fill(0, 4, 8);
  bytes[9] = 255;
  return bytes;
}
