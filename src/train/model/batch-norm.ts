/** Batch normalisation: statistics, folding into a kernel, and the moving averages that inference uses. */
import type { WeightedStage } from '../../network/architecture.js';
import type { Node } from '../../tensor/graph.js';
import {
  add,
  convert,
  divide,
  matmul,
  maximum,
  mean,
  multiply,
  reshape,
  sqrt,
  square,
  stopGradient,
  subtract,
  sum,
  surrogate,
} from '../../tensor/ops.js';
import { contraction } from './contraction.js';

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

/** Of the sums of a stage, shape [units] each. */
export interface Statistics {
  readonly mean: Node;
  readonly variance: Node;
}

/** Mean and (biased) variance of the sums of a batch, without their bias. */
export function batchStatistics(stage: WeightedStage, x: Node, kernel: Node): Statistics {
  return stage.kind === 'dense' ? denseStatistics(x, kernel) : statisticsOf(contraction(stage, x, kernel, 'float32'));
}

/**
 * From the inputs' mean m and covariance C alone: the sums x W have mean m W and variance diag(W' C W). Passing over the sums instead, there and
 * back, doubled the time of a whole training step.
 */
function denseStatistics(x: Node, kernel: Node): Statistics {
  const [batch, units] = [x.shape[0]!, kernel.shape[1]!];
  const rows = reshape(convert(x, 'float32'), [batch, kernel.shape[0]!]);
  const inputMean = mean(rows, [0], true);
  // The centred inputs add up to 0, whatever is subtracted from them: C has no derivative by this mean.
  const centred = subtract(rows, stopGradient(inputMean));
  const covariance = covarianceOf(centred);
  const variance = sum(multiply(kernel, matmul(covariance, kernel)), [0]);
  // Rounding can make a variance of 0 a little smaller.
  return { mean: reshape(matmul(inputMean, kernel), [units]), variance: maximum(variance, 0) };
}

/**
 * `C = X' X / batch`. Its gradient G is symmetric, because C only meets vectors on both sides alike: X gets (X G + X G') / batch, of which the path
 * computes one product and doubles it.
 * @param centred X, [batch, inputs]
 */
function covarianceOf(centred: Node): Node {
  const batch = centred.shape[0]!;
  const product = (left: Node, factor: number): Node =>
    multiply(matmul(left, centred, { transposeLeft: true }), factor / batch);
  return surrogate(product(centred, 1), product(stopGradient(centred), 2));
}

/** Over all axes but the last. */
function statisticsOf(sums: Node): Statistics {
  const axes = sums.shape.slice(0, -1).map((_, axis) => axis);
  const average = mean(sums, axes);
  return { mean: average, variance: mean(square(subtract(sums, average)), axes) };
}

/**
 * The kernel and the bias whose sums are the normalised ones, `(sums - mean) / sqrt(variance + epsilon) * gamma + beta`: the unit is the
 * kernel's last axis.
 */
export function folded(
  kernel: Node,
  { mean: average, variance }: Statistics,
  { gamma, beta }: BatchNormValues,
  epsilon: number,
): { readonly kernel: Node; readonly bias: Node } {
  const scale = divide(gamma, sqrt(add(variance, epsilon)));
  return { kernel: multiply(kernel, scale), bias: subtract(beta, multiply(average, scale)) };
}

/** The moving averages after a batch. */
export function movedStatistics(batch: Statistics, values: BatchNormValues, momentum: number): Statistics {
  const moved = (old: Node, now: Node): Node => add(multiply(old, momentum), multiply(now, 1 - momentum));
  return { mean: moved(values.movingMean, batch.mean), variance: moved(values.movingVariance, batch.variance) };
}
