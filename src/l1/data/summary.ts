/** How many events a prepared set was made from, and what became of the others. */
import type { SaturationCounts } from './saturation.js';

export interface SetSummary extends SaturationCounts {
  readonly read: number;
  readonly kept: number;
  /** Events read in which an object is harder than the one before it of its kind. */
  readonly unordered: number;
}

export interface PrepareSummary {
  readonly train: SetSummary;
  readonly test: SetSummary;
  readonly signals: Readonly<Record<string, SetSummary>>;
}

export const emptySummary: SetSummary = {
  read: 0,
  kept: 0,
  unordered: 0,
  droppedByEt: 0,
  droppedByObject: 0,
  maskedObjects: 0,
};

export function addSummary(a: SetSummary, b: SetSummary): SetSummary {
  return {
    read: a.read + b.read,
    kept: a.kept + b.kept,
    unordered: a.unordered + b.unordered,
    droppedByEt: a.droppedByEt + b.droppedByEt,
    droppedByObject: a.droppedByObject + b.droppedByObject,
    maskedObjects: a.maskedObjects + b.maskedObjects,
  };
}

/** @returns what to tell of events whose objects are not in the order of pt; undefined where there are none */
export function unorderedNotice({ train, test, signals }: PrepareSummary): string | undefined {
  const counts = [['training', train] as const, ['test', test] as const, ...Object.entries(signals)]
    .filter(([, { unordered }]) => unordered > 0)
    .map(([name, { unordered, read }]) => `${unordered} of ${read} ${name} events`);
  if (counts.length === 0) return undefined;
  return `Objects are not in the order of pt in ${counts.join(', ')}: the trigger gives the hardest of each kind first, and the network learns places.`;
}
