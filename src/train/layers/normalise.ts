/** Batch normalisation of the values of a layer: by the statistics of the batch in training, by moving ones in inference. */
import type { Node } from '../../tensor/graph.js';
import {
  add,
  divide,
  mean,
  multiply,
  negate,
  sqrt,
  square,
  stopGradient,
  subtract,
  surrogate,
} from '../../tensor/ops.js';

/** Nodes of shape [channels]. */
export interface Normalisation {
  readonly isTraining: boolean;
  readonly momentum: number;
  readonly epsilon: number;
  readonly movingMean: Node;
  readonly movingVariance: Node;
  /** Absent: 1. */
  readonly gamma?: Node;
  /** Absent: 0. */
  readonly beta?: Node;
}

export interface Normalised {
  /** Shaped as what was given. */
  readonly y: Node;
  /** The moving statistics after this batch; absent in inference. */
  readonly moving?: Statistics;
}

interface Statistics {
  readonly mean: Node;
  readonly variance: Node;
}

/**
 * One factor and one offset for each channel, so that inference folds into the layer before. The variance is that of the batch itself
 * (divided by its number of values), in the moving average too.
 * @param x [batch, ..., channels]
 */
export function normalise(x: Node, normalisation: Normalisation): Normalised {
  const { isTraining, momentum, movingMean, movingVariance } = normalisation;
  if (!isTraining) return { y: affine(x, { mean: movingMean, variance: movingVariance }, normalisation) };
  const batch = statisticsOf(x);
  const moved = (old: Node, now: Node): Node => add(multiply(old, momentum), multiply(now, 1 - momentum));
  return {
    y: affine(x, batch, normalisation),
    moving: { mean: moved(movingMean, batch.mean), variance: moved(movingVariance, batch.variance) },
  };
}

function affine(x: Node, { mean, variance }: Statistics, { epsilon, gamma, beta }: Normalisation): Node {
  const scale = divide(gamma ?? 1, sqrt(add(variance, epsilon)));
  const shift = multiply(mean, scale);
  return add(multiply(x, scale), beta === undefined ? negate(shift) : subtract(beta, shift));
}

/**
 * The centred values add up to 0, so the mean inside the variance has no share in its derivative: the path leaves it out, and with it a sum over
 * the batch and two products.
 */
function statisticsOf(x: Node): Statistics {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const average = mean(x, axes);
  const centred = subtract(x, average);
  const path = multiply(mean(multiply(x, stopGradient(centred)), axes), 2);
  return { mean: average, variance: surrogate(mean(square(centred), axes), path) };
}
