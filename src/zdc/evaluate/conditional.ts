/** How well the photons of a shower are foretold from its particle: a score that a right distribution over all particles together does not suffice for. */

/**
 * The continuous ranked probability score, in photons, averaged over showers; 0 is perfect. For each shower the mean distance of the repeats from
 * the real number, less half their mean distance from each other: least, on average, for the distribution that the particle really has
 * (Gneiting and Raftery, 2007; in the form that does not depend on the number of repeats).
 * @param real one number a shower
 * @param repeats the same showers, at least twice; undefined with fewer
 */
export function rankedScore(real: Float64Array, repeats: readonly Float64Array[]): number | undefined {
  const count = repeats.length;
  if (count < 2) return undefined;
  let score = 0;
  for (let shower = 0; shower < real.length; shower++) {
    let [fromReal, apart] = [0, 0];
    for (let one = 0; one < count; one++) {
      const value = repeats[one]![shower]!;
      fromReal += Math.abs(value - real[shower]!);
      for (let other = 0; other < one; other++) apart += Math.abs(value - repeats[other]![shower]!);
    }
    score += fromReal / count - apart / (count * (count - 1));
  }
  return score / real.length;
}
