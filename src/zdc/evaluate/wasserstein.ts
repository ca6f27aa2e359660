/** The 1-Wasserstein distance of two samples of numbers: the area between their distribution functions. */

/**
 * Exact, for samples of any sizes: the integral of |F - G|.
 * @param a rising
 * @param b rising
 */
export function wassersteinDistance(a: Float64Array, b: Float64Array): number {
  return weightedDistance(a, undefined, b, undefined);
}

/**
 * The same with a weight for each number: how often it occurs. A weight of 0 leaves it out.
 * @param a rising
 * @param b rising
 */
export function weightedDistance(
  a: Float64Array,
  weightsA: Uint32Array | undefined,
  b: Float64Array,
  weightsB: Uint32Array | undefined,
): number {
  const [totalA, totalB] = [totalOf(a, weightsA), totalOf(b, weightsB)];
  let [indexA, indexB] = [0, 0];
  // What is at or below the place reached, in occurrences: whole numbers, so F - G is rounded once.
  let [belowA, belowB] = [0, 0];
  let place = Math.min(a[0]!, b[0]!);
  let area = 0;
  while (indexA < a.length || indexB < b.length) {
    const isA = indexB >= b.length || (indexA < a.length && a[indexA]! <= b[indexB]!);
    const next = isA ? a[indexA]! : b[indexB]!;
    if (next > place) {
      area += Math.abs(belowA / totalA - belowB / totalB) * (next - place);
      place = next;
    }
    if (isA) belowA += weightsA === undefined ? 1 : weightsA[indexA]!;
    else belowB += weightsB === undefined ? 1 : weightsB[indexB]!;
    if (isA) indexA++;
    else indexB++;
  }
  return area;
}

function totalOf(values: Float64Array, weights: Uint32Array | undefined): number {
  return weights === undefined ? values.length : weights.reduce((sum, weight) => sum + weight, 0);
}
