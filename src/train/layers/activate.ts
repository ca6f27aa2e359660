/** Activation functions as graphs, written so that neither they nor their gradients overflow. */
import type { Activation, Relu } from '../../network/layers/layers.js';
import type { Node } from '../../tensor/graph.js';
import {
  abs,
  add,
  divide,
  exp,
  less,
  lessEqual,
  log,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  select,
  stopGradient,
  subtract,
  sum,
  tanh,
} from '../../tensor/ops.js';

/** Slope of the activation `leaky_relu` without a number, as in Keras. */
const leakySlope = 0.2;
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
      return select(less(0, x), x, negativeExponential(x));
    case 'selu':
      return multiply(select(less(0, x), x, multiply(negativeExponential(x), selu.alpha)), selu.scale);
    case 'exponential':
      return exp(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'tanh':
      return tanh(x);
    case 'softplus':
      return add(positivePart(x), log(add(exp(negate(abs(x))), 1)));
    case 'softsign':
      return divide(x, add(abs(x), 1));
    case 'swish':
      return multiply(x, sigmoid(x));
    case 'softmax':
      return softmax(x);
  }
}

/** `x` where it is positive, else `slope * x`. */
export function leaky(x: Node, slope: number): Node {
  return slope === 0 ? positivePart(x) : select(less(0, x), x, multiply(x, slope));
}

export function relu(x: Node, { slope, threshold, maxValue }: Relu): Node {
  const limited = (node: Node): Node => (maxValue === undefined ? node : minimum(node, maxValue));
  if (threshold === 0 && slope === 0) return limited(positivePart(x));
  return select(less(threshold, x), limited(x), multiply(subtract(x, threshold), slope));
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

/** Over the last axis; what is subtracted first cancels, and so does its gradient. */
function softmax(x: Node): Node {
  const axis = x.shape.length - 1;
  const powers = exp(subtract(x, stopGradient(max(x, [axis], true))));
  return divide(powers, sum(powers, [axis], true));
}
