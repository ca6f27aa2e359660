/** The standard scaler of the conditions: each is shifted and divided so that the training set has mean 0 and deviation 1. */

export interface Scaler {
  readonly means: readonly number[];
  /** Standard deviations; 1 for a condition that never changes. */
  readonly scales: readonly number[];
}

/**
 * Means and deviations (divided by the number of rows) over some rows.
 * @param particles row-major [rows, width]
 */
export function fitScaler(particles: Float64Array, width: number, rows: Uint32Array): Scaler {
  const columns = Array.from({ length: width }, (_, column) => column);
  const means = columns.map((column) => {
    let sum = 0;
    for (const row of rows) sum += particles[row * width + column]!;
    return sum / rows.length;
  });
  // Around the mean, not from sums of squares: momenta of 1000 GeV/c with small deviations would cancel.
  const scales = columns.map((column) => {
    let squares = 0;
    for (const row of rows) squares += (particles[row * width + column]! - means[column]!) ** 2;
    const deviation = Math.sqrt(squares / rows.length);
    // Rounding of the mean alone is no deviation.
    return deviation > 10 * Number.EPSILON * Math.abs(means[column]!) ? deviation : 1;
  });
  return { means, scales };
}

/** `(value - mean) / scale` of one row, into `into` from `at` on. */
export function scaleRow(
  { means, scales }: Scaler,
  particles: Float64Array,
  row: number,
  into: Float32Array,
  at: number,
): void {
  const width = means.length;
  for (let column = 0; column < width; column++)
    into[at + column] = (particles[row * width + column]! - means[column]!) / scales[column]!;
}

/** The text that the fast simulation in O2 reads: means, an empty line, scales; each number as its shortest exact decimal. */
export function scalesText({ means, scales }: Scaler): string {
  return ['#means', ...means.map(String), '', '#scales', ...scales.map(String), ''].join('\n');
}
