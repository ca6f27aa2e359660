/** Batch normalisation: statistics, folding into a kernel, and the moving averages that inference uses. */
import type { Node } from '../../tensor/graph.js';
import { add, divide, mean, multiply, sqrt, square, subtract } from '../../tensor/ops.js';

export interface BatchNormConfig {
  /** Share of the old moving average that stays at each step. */
  readonly momentum: number;
  /** Added to the variance. */
  readonly epsilon: number;
}

/** Shape [units] each. */
export interface BatchNormValues {
  readonly gamma: Node;
  readonly beta: Node;
  readonly movingMean: Node;
  readonly movingVariance: Node;
}

export interface Statistics {
  readonly mean: Node;
  readonly variance: Node;
}

/** Mean and (biased) variance of every unit over all other axes. */
export function statisticsOf(sums: Node): Statistics {
  const axes = sums.shape.slice(0, -1).map((_, axis) => axis);
  const average = mean(sums, axes);
  return { mean: average, variance: mean(square(subtract(sums, average)), axes) };
}

/** `(sums - mean) / sqrt(variance + epsilon) * gamma + beta`. */
export function normalised(sums: Node, statistics: Statistics, values: BatchNormValues, epsilon: number): Node {
  return add(multiply(subtract(sums, statistics.mean), scaleOf(statistics, values, epsilon)), values.beta);
}

/** The kernel and the bias whose sums are the normalised ones: the unit is the kernel's last axis. */
export function folded(
  kernel: Node,
  statistics: Statistics,
  values: BatchNormValues,
  epsilon: number,
): { readonly kernel: Node; readonly bias: Node } {
  const scale = scaleOf(statistics, values, epsilon);
  return { kernel: multiply(kernel, scale), bias: subtract(values.beta, multiply(statistics.mean, scale)) };
}

/** The moving averages after a batch. */
export function movedStatistics(batch: Statistics, values: BatchNormValues, momentum: number): Statistics {
  const moved = (old: Node, now: Node): Node => add(multiply(old, momentum), multiply(now, 1 - momentum));
  return { mean: moved(values.movingMean, batch.mean), variance: moved(values.movingVariance, batch.variance) };
}

function scaleOf({ variance }: Statistics, { gamma }: BatchNormValues, epsilon: number): Node {
  return divide(gamma, sqrt(add(variance, epsilon)));
}
