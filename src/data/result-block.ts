/** Results as numbers: blocks of rows on their way to a file. */

/**
 * Row by row: doubles in a Float64Array, integers in the others. Every block of an output has the same kind of array.
 */
export type ResultValues = Float64Array | Int16Array | Int32Array | BigInt64Array | readonly bigint[];

export interface ResultBlock {
  readonly values: ResultValues;
  /** Columns, at least one. */
  readonly width: number;
  /** Number of the block's first row in the output. */
  readonly firstRow: number;
}
