/** The linear baseline: principal components of the background, and how far an event is from their span. What a network has to beat. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface LinearBaseline {
  /** Shape [features]. */
  readonly mean: Float64Array;
  /** Orthonormal, the direction of largest variance first: [components][features]. */
  readonly components: readonly Float64Array[];
}

/**
 * Fits the `count` leading principal components.
 * @param rows row-major [events, features]
 */
export function fitLinearBaseline(rows: Float32Array, features: number, count: number): LinearBaseline {
  const events = rows.length / features;
  const mean = new Float64Array(features);
  for (let index = 0; index < rows.length; index++) mean[index % features]! += rows[index]! / events;
  const covariance = Matrix.zeros(features, features);
  const centred = new Float64Array(features);
  for (let start = 0; start < rows.length; start += features) {
    for (let i = 0; i < features; i++) centred[i] = rows[start + i]! - mean[i]!;
    for (let i = 0; i < features; i++)
      for (let j = 0; j <= i; j++) covariance.set(i, j, covariance.get(i, j) + (centred[i]! * centred[j]!) / events);
  }
  for (let i = 0; i < features; i++) for (let j = 0; j < i; j++) covariance.set(j, i, covariance.get(i, j));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const leading = realEigenvalues
    .map((value, column) => ({ value, column }))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count);
  return { mean, components: leading.map(({ column }) => Float64Array.from(eigenvectorMatrix.getColumn(column))) };
}

/** Squared distance of each event from the span of the components: the reconstruction error of a linear autoencoder. */
export function scoreLinearBaseline({ mean, components }: LinearBaseline, rows: Float32Array): Float64Array {
  const features = mean.length;
  const scores = new Float64Array(rows.length / features);
  const centred = new Float64Array(features);
  for (let event = 0; event < scores.length; event++) {
    let distance = 0;
    for (let i = 0; i < features; i++) {
      centred[i] = rows[event * features + i]! - mean[i]!;
      distance += centred[i]! ** 2;
    }
    for (const component of components) {
      let projection = 0;
      for (let i = 0; i < features; i++) projection += centred[i]! * component[i]!;
      distance -= projection ** 2;
    }
    scores[event] = distance;
  }
  return scores;
}
