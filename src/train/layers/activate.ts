/** Activation functions as graphs, written so that neither they nor their gradients overflow. */
import type { Activation, Relu } from '../../network/layers/layers.js';
import type { Node } from '../../tensor/graph.js';
import {
  abs,
  add,
  divide,
  erf,
  exp,
  less,
  lessEqual,
  log,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  type Operand,
  select,
  sqrt,
  square,
  stopGradient,
  subtract,
  sum,
  tanh,
} from '../../tensor/ops.js';

/** Slope of the activation `leaky_relu` without a number, as in Keras. */
const leakySlope = 0.2;
/** Of `soft_shrink` and `hard_shrink` without a number, as in Keras. */
const shrinkThreshold = 0.5;
/** G. Klambauer et al., Self-normalizing neural networks (2017): for these, layers keep mean 0 and variance 1. */
const selu = { alpha: 1.6732632423543772, scale: 1.0507009873554805 } as const;

export function activate(x: Node, activation: Activation): Node {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return positivePart(x);
    case 'relu6':
      return minimum(positivePart(x), 6);
    case 'leaky_relu':
      return leaky(x, leakySlope);
    case 'elu':
      return elu(x, 1);
    case 'selu':
      return multiply(elu(x, selu.alpha), selu.scale);
    case 'exponential':
      return exp(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'tanh':
      return tanh(x);
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return divide(x, add(abs(x), 1));
    case 'swish':
      return multiply(x, sigmoid(x));
    case 'softmax':
      return softmax(x);
    case 'gelu':
      return multiply(x, multiply(add(erf(multiply(x, Math.SQRT1_2)), 1), 0.5));
    case 'mish':
      return multiply(x, tanh(softplus(x)));
    case 'hard_sigmoid':
      return ramp(x, 1 / 6);
    case 'hard_sigmoid_keras2':
      return ramp(x, 1 / 5);
    case 'hard_silu':
      return multiply(x, ramp(x, 1 / 6));
    case 'hard_tanh':
      return clipped(x, 1);
    case 'log_softmax': {
      const lower = belowLargest(x);
      return subtract(lower, log(sum(exp(lower), [lastAxis(x)], true)));
    }
    case 'log_sigmoid':
      return negate(softplus(negate(x)));
    case 'tanh_shrink':
      return subtract(x, tanh(x));
    case 'soft_shrink':
      return subtract(x, clipped(x, shrinkThreshold));
    case 'hard_shrink':
      return select(less(shrinkThreshold, abs(x)), x, 0);
    case 'squareplus':
      return multiply(add(x, hypotenuse(x, 2)), 0.5);
    case 'sparse_plus':
      return add(multiply(square(add(clipped(x, 1), 1)), 0.25), positivePart(subtract(x, 1)));
    case 'sparse_sigmoid':
      return ramp(x, 1 / 2);
  }
}

/** `x` where it is positive, else `slope * x`; a slope for each element broadcasts. */
export function leaky(x: Node, slope: Operand): Node {
  return slope === 0 ? positivePart(x) : select(less(0, x), x, multiply(x, slope));
}

export function relu(x: Node, { slope, threshold, maxValue }: Relu): Node {
  const limited = (node: Node): Node => (maxValue === undefined ? node : minimum(node, maxValue));
  if (threshold === 0 && slope === 0) return limited(positivePart(x));
  return select(less(threshold, x), limited(x), multiply(subtract(x, threshold), slope));
}

/** `x` where it is positive, else `alpha * (exp(x) - 1)`. */
export function elu(x: Node, alpha: number): Node {
  const below = negativeExponential(x);
  return select(less(0, x), x, alpha === 1 ? below : multiply(below, alpha));
}

/** In this order the gradient at 0 is 0, as it is elsewhere in the field. */
function positivePart(x: Node): Node {
  return maximum(0, x);
}

/** `exp(x) - 1` where x is negative, 0 elsewhere: the branch that is not chosen must stay finite, for its gradient is multiplied by 0. */
function negativeExponential(x: Node): Node {
  return subtract(exp(minimum(x, 0)), 1);
}

function sigmoid(x: Node): Node {
  const small = exp(negate(abs(x)));
  return divide(select(lessEqual(0, x), 1, small), add(small, 1));
}

function softplus(x: Node): Node {
  return add(positivePart(x), log(add(exp(negate(abs(x))), 1)));
}

/** From 0 to 1 along a straight line, which is 1/2 at 0. */
function ramp(x: Node, slope: number): Node {
  return minimum(maximum(0, add(multiply(x, slope), 0.5)), 1);
}

/** Between plus and minus a limit. */
function clipped(x: Node, limit: number): Node {
  return minimum(maximum(-limit, x), limit);
}

/** `sqrt(x^2 + other^2)`: the unit in which it is computed cancels, and so does its gradient. */
function hypotenuse(x: Node, other: number): Node {
  const unit = stopGradient(maximum(abs(x), other));
  return multiply(unit, sqrt(add(square(divide(x, unit)), square(divide(other, unit)))));
}

function softmax(x: Node): Node {
  const powers = exp(belowLargest(x));
  return divide(powers, sum(powers, [lastAxis(x)], true));
}

/** What is subtracted cancels in softmax and its logarithm, and so does its gradient. */
function belowLargest(x: Node): Node {
  return subtract(x, stopGradient(max(x, [lastAxis(x)], true)));
}

function lastAxis(x: Node): number {
  return x.shape.length - 1;
}
