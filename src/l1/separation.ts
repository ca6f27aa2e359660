/** How well a score separates a signal from the background: the area under the ROC curve, and efficiencies at a rate. */

/** An area and its standard error. */
export interface Area {
  readonly auc: number;
  /** After Hanley and McNeil, Radiology 143 (1982) 29; 0 for perfect separation. */
  readonly error: number;
}

/**
 * The probability that a signal event scores higher than a background event, ties counting one half (Mann-Whitney).
 * @param background at least one score, none NaN; likewise `signal`
 */
export function areaUnderRoc(background: Float64Array, signal: Float64Array): Area {
  const low = background.toSorted();
  const high = signal.toSorted();
  let below = 0;
  let notAbove = 0;
  let wins = 0;
  for (const score of high) {
    while (below < low.length && low[below]! < score) below++;
    notAbove = Math.max(notAbove, below);
    while (notAbove < low.length && low[notAbove]! <= score) notAbove++;
    wins += below + (notAbove - below) / 2;
  }
  const auc = wins / (low.length * high.length);
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const variance = auc * (1 - auc) + (high.length - 1) * (q1 - auc * auc) + (low.length - 1) * (q2 - auc * auc);
  return { auc, error: Math.sqrt(Math.max(variance, 0) / (low.length * high.length)) };
}

/** Fraction of `scores` above `threshold`. */
export function efficiencyAbove(scores: Float64Array, threshold: number): number {
  let above = 0;
  for (const score of scores) if (score > threshold) above++;
  return above / scores.length;
}
