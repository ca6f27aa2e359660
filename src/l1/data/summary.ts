/** How many events a prepared set was made from, and what became of the others. */
import type { SaturationCounts } from './saturation.js';

export interface SetSummary extends SaturationCounts {
  readonly read: number;
  readonly kept: number;
}

export interface PrepareSummary {
  readonly train: SetSummary;
  readonly test: SetSummary;
  readonly signals: Readonly<Record<string, SetSummary>>;
}

export const emptySummary: SetSummary = { read: 0, kept: 0, droppedByEt: 0, droppedByObject: 0, maskedObjects: 0 };

export function addSummary(a: SetSummary, b: SetSummary): SetSummary {
  return {
    read: a.read + b.read,
    kept: a.kept + b.kept,
    droppedByEt: a.droppedByEt + b.droppedByEt,
    droppedByObject: a.droppedByObject + b.droppedByObject,
    maskedObjects: a.maskedObjects + b.maskedObjects,
  };
}
