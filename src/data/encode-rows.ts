/** Rows of results to the bytes of an output file: blocks of rows one by one, in any thread. */
import { userError } from '../base/diagnostic.js';
import { IntegerText } from './integer-text.js';
import { encodeElements, type NpyElements } from './npy/results.js';
import type { ResultBlock } from './result-block.js';

export type ResultFormat = 'npy' | 'json' | 'json.gz' | 'text';

/** What a thread sends for its block. */
export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** What an npy file has to know of its elements. */
  readonly npy?: NpyElements;
}

/** Ends of names that promise another format than text. */
const unwritten = ['.npz', '.h5', '.hdf5', '.gz', '.zip', '.root', '.parquet'];

/**
 * By the end of the name: `.npy`; `.json` and `.json.gz` (one column: a flat array; several: an array of arrays; integers
 * beyond 2^53 - 1 as strings); anything else, `.csv` included, is text of one event a line, columns separated by commas.
 * Doubles are written in the shortest form that reads back as the same double.
 * @throws AxocError (user) for a name that promises a format which is not written
 */
export function resultFormatOf(path: string): ResultFormat {
  const name = path.toLowerCase();
  if (name.endsWith('.npy')) return 'npy';
  if (name.endsWith('.json')) return 'json';
  if (name.endsWith('.json.gz')) return 'json.gz';
  const promised = unwritten.find((end) => name.endsWith(end));
  if (promised !== undefined)
    throw userError(
      'result-format',
      path,
      `results are not written as ${promised}`,
      'give a name that ends with .npy, .json or .json.gz, or with .csv or .txt for text',
    );
  return 'text';
}

/**
 * Rows without what stands before, between and after blocks, which is the `ResultWriter`'s.
 * @throws AxocError (user) for values the format cannot hold
 */
export function encodeRows(block: ResultBlock, format: ResultFormat, path: string): EncodedRows {
  const rows = block.values.length / block.width;
  switch (format) {
    case 'npy': {
      const { bytes, elements } = encodeElements(block, path);
      return { bytes, rows, npy: elements };
    }
    case 'json':
    case 'json.gz':
      return { bytes: jsonRows(block, path), rows };
    case 'text':
      return { bytes: textRows(block), rows };
  }
}

/** One event a line, the last one too. */
function textRows({ values, width }: ResultBlock): Uint8Array {
  if (values instanceof Int16Array || values instanceof Int32Array) return integerLines(values, width, '', '\n', '\n');
  return linesOf(values, width, valueText, '', '\n');
}

/** One event a line, so that two files compare line by line; a comma between lines. */
function jsonRows({ values, width, firstRow }: ResultBlock, path: string): Uint8Array {
  const [open, close] = width === 1 ? ['', ''] : ['[', ']'];
  if (values instanceof Int16Array || values instanceof Int32Array)
    return integerLines(values, width, open, `${close},\n`, close);
  const text = (value: bigint | number, index: number): string =>
    jsonValue(value, () => `${path}: row ${firstRow + Math.floor(index / width)}, column ${index % width}`);
  return linesOf(values, width, text, open, `${close},\n`, close);
}

function linesOf(
  values: Float64Array | BigInt64Array | readonly bigint[],
  width: number,
  text: (value: bigint | number, index: number) => string,
  open: string,
  between: string,
  close = between,
): Uint8Array {
  let lines = '';
  for (let start = 0; start < values.length; start += width) {
    lines += start === 0 ? open : between + open;
    for (let column = 0; column < width; column++)
      lines += (column === 0 ? '' : ',') + text(values[start + column]!, start + column);
  }
  return Buffer.from(lines + close, 'latin1');
}

/** The same for integers of at most 32 bits, without a detour over strings. */
function integerLines(
  values: Int16Array | Int32Array,
  width: number,
  open: string,
  between: string,
  close: string,
): Uint8Array {
  const text = new IntegerText(values.length * 12 + (values.length / width) * (open.length + between.length));
  for (let start = 0; start < values.length; start += width) {
    if (start > 0) text.addText(between);
    text.addText(open);
    text.addInteger(values[start]!);
    for (let column = 1; column < width; column++) {
      text.addText(',');
      text.addInteger(values[start + column]!);
    }
  }
  text.addText(close);
  return text.finish();
}

function jsonValue(value: bigint | number, place: () => string): string {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  if (Number.isFinite(value)) return valueText(value);
  throw userError('result-not-finite', place(), `JSON cannot hold the result ${value}`, 'write a .npy or .csv file');
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
