/** What the random streams of the generator's training and evaluation are for. */

/** Beside those of the fit (`train/stream.ts`); part of every result, so they never change. */
export const zdcPurpose = {
  split: 101,
  noise: 102,
  photons: 103,
  baseline: 104,
  bootstrap: 105,
  reference: 106,
} as const;
