/** A table of events: one row per event, every value as exact as its file gave it. */
import { userError } from '../base/diagnostic.js';

export interface Events {
  /** The file's name, for messages. */
  readonly source: string;
  /** Rows, at least one. */
  readonly count: number;
  /** Columns: the values of one event, at least one. */
  readonly width: number;
  /**
   * Row by row, `count * width` long, all finite. A Float64Array whenever doubles hold the table exactly; otherwise
   * every integer beyond 2^53 - 1 in magnitude is a bigint, and smaller ones are numbers or bigints.
   */
  readonly values: ArrayLike<number | bigint>;
}

/** Events block by block: a file of any size. */
export interface EventStream {
  /** File name, for messages. */
  readonly source: string;
  /** Events in all, where the file says so before its last event. */
  readonly count?: number;
  /**
   * All events in order, at most `size` at a time; the values of a block are its own.
   * @throws AxocError with all problems of the table, after the blocks before the first of them
   */
  blocks(size: number): AsyncIterable<Events>;
  close(): void;
}

/** The value of decimal digits with an optional sign: a number where that is exact, a bigint beyond. */
export function exactInteger(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** Refuses a table without rows or without columns. */
export function checkNotEmpty(source: string, count: number, width: number): void {
  if (count === 0) throw userError('no-events', source, 'holds no events', 'give at least one event');
  if (width === 0) throw userError('no-values', source, 'its events hold no values', 'give every event its values');
}
