/** Histograms of scores, background and signals in the same bins. */
import type { Histogram } from '../artefact/artefact.js';

const binCount = 200;

/** Equal bins from the smallest to the largest score of all; the last one includes its upper edge. */
export function histogramsOf(
  background: Float64Array,
  signals: ReadonlyMap<string, Float64Array>,
): { readonly background: Histogram; readonly signals: ReadonlyMap<string, Histogram> } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const scores of [background, ...signals.values()]) {
    for (const score of scores) {
      if (score < low) low = score;
      if (score > high) high = score;
    }
  }
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low, low + 1] : [0, 1];
  const bins = Array.from({ length: binCount + 1 }, (_, edge) => low + ((high - low) * edge) / binCount);
  const count = (scores: Float64Array): Histogram => {
    const counts = Array<number>(binCount).fill(0);
    for (const score of scores) {
      const bin = Math.floor(((score - low) / (high - low)) * binCount);
      counts[Math.min(bin, binCount - 1)]!++;
    }
    return { bins, counts };
  };
  return {
    background: count(background),
    signals: new Map([...signals].map(([name, scores]) => [name, count(scores)] as const)),
  };
}
