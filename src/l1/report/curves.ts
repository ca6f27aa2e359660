/** From scores to curves: the receiver operating characteristic, efficiency against rate, and against another quantity. */
import type { Binned } from '../../report/plots/plot.js';
import type { Counted } from '../../report/plots/points.js';
import { countAbove, percentile } from '../rates.js';

type Curve = readonly (readonly [number, number])[];

/** Points of a curve; more would not be seen. */
const curvePoints = 160;

/**
 * Vertices of the ROC, [background efficiency, signal efficiency] from [0, 0] to [1, 1]: at thresholds spread evenly over the
 * background's ranks, over the signal's, and closely over the background's highest.
 * @param background ascending, likewise `signal`, none empty
 */
export function rocOf(background: Float64Array, signal: Float64Array): Curve {
  const even = Array.from({ length: curvePoints }, (_, step) => step / (curvePoints - 1));
  const close = even.map((part) => 1 - background.length ** -part);
  const thresholds = new Set([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    ...[...even, ...close].map((part) => percentile(background, 100 * part)),
    ...even.map((part) => percentile(signal, 100 * part)),
  ]);
  const points = [...thresholds]
    .toSorted((a, b) => b - a)
    .map((threshold): [number, number] => [
      countAbove(background, threshold) / background.length,
      countAbove(signal, threshold) / signal.length,
    ]);
  return points.filter(([x, y], index) => index === 0 || x !== points[index - 1]![0] || y !== points[index - 1]![1]);
}

/**
 * [kHz, efficiency] at thresholds that leave from `fewest` background events to all of them.
 * @param background ascending, likewise `signal`
 */
export function efficiencyAgainstRateOf(
  background: Float64Array,
  signal: Float64Array,
  bcKhz: number,
  fewest: number,
): Curve {
  const total = background.length;
  const low = Math.log(Math.min(1, fewest / total));
  const curve = new Map<number, number>();
  for (let step = 0; step < curvePoints; step++) {
    const fraction = Math.exp(low * (1 - step / (curvePoints - 1)));
    const threshold = percentile(background, 100 * (1 - fraction));
    const above = countAbove(background, threshold);
    if (above > 0) curve.set((above / total) * bcKhz, countAbove(signal, threshold) / signal.length);
  }
  return [...curve].toSorted(([a], [b]) => a - b);
}

/** How many events pass in each of `bins` equal bins of a quantity from `low` to `high`; what is above is in the last one. */
export function countedIn(
  quantity: ArrayLike<number>,
  scores: Float64Array,
  threshold: number,
  [low, high]: readonly [number, number],
  bins: number,
): readonly Counted[] {
  const passed = new Array<number>(bins).fill(0);
  const total = new Array<number>(bins).fill(0);
  for (let event = 0; event < scores.length; event++) {
    const bin = Math.min(Math.floor(((quantity[event]! - low) / (high - low)) * bins), bins - 1);
    if (!(bin >= 0)) continue;
    total[bin]!++;
    if (scores[event]! > threshold) passed[bin]!++;
  }
  const edge = (bin: number): number => low + ((high - low) * bin) / bins;
  return passed.map((count, bin) => ({ low: edge(bin), high: edge(bin + 1), passed: count, total: total[bin]! }));
}

/** The ends between which nearly all of the values lie, NaN left out: without the lowest and highest 0.1 %. */
export function usualRange(values: readonly ArrayLike<number>[]): readonly [number, number] | undefined {
  const all = Float64Array.from(values.flatMap((one) => thinned(one)).filter(Number.isFinite)).toSorted();
  if (all.length === 0) return undefined;
  const [low, high] = [percentile(all, 0.1), percentile(all, 99.9)];
  return low < high ? [low, high] : undefined;
}

/** At most some ten thousand of them, evenly chosen. */
function thinned(values: ArrayLike<number>): number[] {
  const step = Math.max(1, Math.floor(values.length / 10_000));
  return Array.from({ length: Math.ceil(values.length / step) }, (_, index) => values[index * step]!);
}

const stretchedBins = 100;

/**
 * Edges of bins from 0, or the smallest score if that is below, to the largest, that grow with the size of the score, and below which
 * size they are even. Each edge lies half a step of the score's grid below a score that there can be: no bin is empty by its place alone.
 * @param step of the scores' grid; undefined where every score is 0
 */
export function stretchedEdges(
  sets: readonly Float64Array[],
  step: number,
): { readonly edges: readonly number[]; readonly linearBelow: number } | undefined {
  const sizes = Float64Array.from(
    sets
      .flatMap(thinned)
      .map(Math.abs)
      .filter((size) => size > 0),
  ).toSorted();
  const [least, most] = [extreme(sets, Math.min), extreme(sets, Math.max)];
  if (least === most) return undefined;
  const linearBelow = sizes.length === 0 ? Math.max(-least, most) : percentile(sizes, 50);
  const place = (score: number): number => Math.sign(score) * Math.log1p(Math.abs(score) / linearBelow);
  const [bottom, top] = [place(least), place(most)];
  const edges = Array.from({ length: stretchedBins + 1 }, (_, edge) => {
    const there = bottom + ((top - bottom) * edge) / stretchedBins;
    const at = Math.sign(there) * linearBelow * Math.expm1(Math.abs(there));
    return (Math.ceil(at / step) - 0.5) * step;
  });
  const [first, last] = [least - step / 2, most + step / 2];
  const inner = new Set(edges.filter((edge) => edge > first && edge < last));
  return { edges: [first, ...[...inner].toSorted((a, b) => a - b), last], linearBelow };
}

/** The smallest or largest of all scores and 0. */
function extreme(sets: readonly Float64Array[], of: (a: number, b: number) => number): number {
  return sets.reduce((found, scores) => scores.reduce((a, b) => of(a, b), found), 0);
}

/** Counts in bins of any width; a score outside them is in none. */
export function binnedIn(scores: Float64Array, edges: readonly number[]): Binned {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const ends = Float64Array.from(edges);
  for (const score of scores) {
    const bin = edges.length - 1 - countAbove(ends, score);
    if (bin >= 0 && bin < counts.length) counts[bin]!++;
  }
  return { edges, counts };
}
