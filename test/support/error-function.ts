/** The error function in float64, by two series: nothing in `src` computes it. */

/** The Maclaurin series near 0, where its terms stay small; the continued fraction of the complement far out. */
export function errorFunction(x: number): number {
  return Math.abs(x) < 2 ? series(x) : Math.sign(x) * (1 - complement(Math.abs(x)));
}

/** 2 / sqrt(pi) exp(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...): all terms of one sign. */
function series(x: number): number {
  let [term, total] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** exp(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + 3/2 / (x + ...)))) */
function complement(x: number): number {
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
