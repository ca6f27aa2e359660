/** Events in hardware units, a slab at a time, whatever file they come from. */
import type { SelectedObject } from './selection.js';

export interface EventBlock {
  readonly count: number;
  /** [count, selected objects, 3] hardware integers pt, eta, phi. */
  readonly objects: Int16Array;
  /** [count] total transverse energy, units of 0.5 GeV. */
  readonly et: Float32Array;
  /** [count] scalar sum of jet pt, units of 0.5 GeV. */
  readonly ht: Float32Array;
  /** [count] pile-up vertices, where the file knows. */
  readonly pileup?: Float32Array;
  /** [count] 1 where a seed of the Level-1 menu has fired, where the file knows. */
  readonly level1?: Uint8Array;
}

/** Which of a block's columns a source has. */
export interface Columns {
  readonly hasPileup: boolean;
  readonly hasLevel1: boolean;
  /** ET and HT are sums over the objects, because the file does not hold them. */
  readonly hasComputedEnergies: boolean;
}

export interface EventSource extends Columns {
  /** `background`, or the name of a signal. */
  readonly name: string;
  readonly count: number;
  readonly selection: readonly SelectedObject[];
  /** Events `from` to `to` (excluded); the block is the caller's to change. */
  read(from: number, to: number): EventBlock;
}

/** The sources of one file. */
export interface EventFile {
  readonly path: string;
  readonly layout: EventLayout;
  readonly sources: readonly EventSource[];
  /** The label of a synthetic file: how it was made. */
  readonly synthetic?: string;
  close(): void;
}

export type EventLayout = 'background' | 'signals' | 'particles' | 'integers';

/** Moves the rows `kept` (ascending) to the front, in place, and gives those. */
export function keepRows<T extends Int16Array | Float32Array | Uint8Array>(
  values: T,
  kept: Int32Array,
  width: number,
): T {
  kept.forEach((row, place) => {
    if (row !== place) values.copyWithin(place * width, row * width, (row + 1) * width);
  });
  return values.subarray(0, kept.length * width) as T;
}
