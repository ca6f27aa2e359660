/** The derivative of each operation: what the gradient of its result passes on to each operand. */
import type { Binary, Conv2d, MatMul, Node, Reduce, Select, Shape, Unary, Upsample } from './graph.js';
import {
  broadcast,
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  convert,
  cos,
  cosh,
  depthToSpace,
  divide,
  equal,
  exp,
  less,
  lessEqual,
  matmul,
  multiply,
  negate,
  pad,
  reshape,
  select,
  sign,
  sin,
  sinh,
  slice,
  spaceToDepth,
  square,
  subtract,
  sum,
  transpose,
} from './ops.js';
import { reducedShape, sameShape } from './shape.js';

/** An operand and the gradient it gets, made only when somebody needs it. */
export type Derivative = readonly [operand: Node, gradient: () => Node];

/**
 * Steps (`sign`, `floor`, `round`, comparisons, the condition of `select`) pass nothing on. Where `maximum` and `minimum` tie, the left operand
 * gets everything; elements that tie for the `max` of a reduction share equally. `abs` has derivative 0 at 0.
 * @param gradient of the loss by `node`, in its shape
 */
export function derivativesOf(node: Node, gradient: Node): readonly Derivative[] {
  switch (node.kind) {
    case 'input':
    case 'constant':
    case 'less':
    case 'less_equal':
    case 'equal':
      return [];
    case 'negate':
    case 'abs':
    case 'sign':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'floor':
    case 'round':
    case 'sin':
    case 'cos':
    case 'sinh':
    case 'cosh':
    case 'tanh':
    case 'erf':
      return ofUnary(node, gradient);
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'maximum':
    case 'minimum':
      return ofBinary(node, gradient);
    case 'select':
      return ofSelect(node, gradient);
    case 'matmul':
      return ofMatMul(node, gradient);
    case 'sum':
      return [[node.operand, () => broadcast(withAxes(gradient, node), node.operand.shape)]];
    case 'max':
      return [[node.operand, () => ofMax(node, gradient)]];
    case 'reshape':
      return [[node.operand, () => reshape(gradient, node.operand.shape)]];
    case 'broadcast':
      return [[node.operand, () => sumToShape(gradient, node.operand.shape)]];
    case 'transpose':
      return [
        [
          node.operand,
          () =>
            transpose(
              gradient,
              node.order.map((_, axis) => node.order.indexOf(axis)),
            ),
        ],
      ];
    case 'concat':
      return ofConcat(node.operands, node.axis, gradient);
    case 'slice': {
      const after = node.operand.shape.map((length, axis) => length - node.to[axis]!);
      return [[node.operand, () => pad(gradient, node.from, after)]];
    }
    case 'pad': {
      const end = node.operand.shape.map((length, axis) => length + node.before[axis]!);
      return [[node.operand, () => slice(gradient, node.before, end)]];
    }
    case 'conv2d':
      return ofConv2d(node, gradient);
    case 'conv2d_input_gradient':
      return [
        [node.gradient, () => conv2d(gradient, node.kernel, node.window)],
        [node.kernel, () => conv2dKernelGradient(gradient, node.gradient, node.window, node.kernel.shape)],
      ];
    case 'conv2d_kernel_gradient':
      return [
        [node.operand, () => conv2dInputGradient(node.gradient, gradient, node.window, node.operand.shape)],
        [node.gradient, () => conv2d(node.operand, gradient, node.window)],
      ];
    case 'upsample':
      return [[node.operand, () => ofUpsample(node, gradient)]];
    case 'depth_to_space':
      return [[node.operand, () => spaceToDepth(gradient, node.block)]];
    case 'space_to_depth':
      return [[node.operand, () => depthToSpace(gradient, node.block)]];
    case 'convert':
      return [[node.operand, () => convert(gradient, node.operand.dtype)]];
    case 'surrogate':
      return node.path === undefined ? [] : [[node.path, () => gradient]];
  }
}

function ofUnary(node: Unary, gradient: Node): readonly Derivative[] {
  const x = node.operand;
  switch (node.kind) {
    case 'sign':
    case 'floor':
    case 'round':
      return [];
    case 'negate':
      return [[x, () => negate(gradient)]];
    case 'abs':
      return [[x, () => multiply(gradient, sign(x))]];
    case 'exp':
      return [[x, () => multiply(gradient, node)]];
    case 'log':
      return [[x, () => divide(gradient, x)]];
    case 'sqrt':
      return [[x, () => divide(multiply(gradient, 0.5), node)]];
    case 'sin':
      return [[x, () => multiply(gradient, cos(x))]];
    case 'cos':
      return [[x, () => negate(multiply(gradient, sin(x)))]];
    case 'sinh':
      return [[x, () => multiply(gradient, cosh(x))]];
    case 'cosh':
      return [[x, () => multiply(gradient, sinh(x))]];
    case 'tanh':
      return [[x, () => multiply(gradient, subtract(1, multiply(node, node)))]];
    case 'erf':
      return [[x, () => multiply(gradient, multiply(exp(negate(square(x))), 2 / Math.sqrt(Math.PI)))]];
  }
}

function ofBinary(node: Binary, gradient: Node): readonly Derivative[] {
  const { left, right } = node;
  const [toLeft, toRight] = [
    (contribution: Node): Node => sumToShape(contribution, left.shape),
    (contribution: Node): Node => sumToShape(contribution, right.shape),
  ];
  switch (node.kind) {
    case 'add':
      return [
        [left, () => toLeft(gradient)],
        [right, () => toRight(gradient)],
      ];
    case 'subtract':
      return [
        [left, () => toLeft(gradient)],
        [right, () => negate(toRight(gradient))],
      ];
    case 'multiply':
      return [
        [left, () => toLeft(multiply(gradient, right))],
        [right, () => toRight(multiply(gradient, left))],
      ];
    case 'divide':
      return [
        [left, () => toLeft(divide(gradient, right))],
        [right, () => toRight(negate(divide(multiply(gradient, node), right)))],
      ];
    case 'maximum':
    case 'minimum': {
      // A product with 0 or 1 and not a `select`, which takes the executors longer.
      const [lower, upper] = node.kind === 'maximum' ? [right, left] : [left, right];
      return [
        [left, () => toLeft(multiply(gradient, lessEqual(lower, upper)))],
        [right, () => toRight(multiply(gradient, less(upper, lower)))],
      ];
    }
    case 'less':
    case 'less_equal':
    case 'equal':
      return [];
  }
}

function ofSelect({ condition, left, right }: Select, gradient: Node): readonly Derivative[] {
  return [
    [left, () => sumToShape(select(condition, gradient, 0), left.shape)],
    [right, () => sumToShape(select(condition, 0, gradient), right.shape)],
  ];
}

function ofMatMul(node: MatMul, gradient: Node): readonly Derivative[] {
  const { left, right, transposeLeft, transposeRight } = node;
  return [
    [
      left,
      () =>
        transposeLeft
          ? matmul(right, gradient, { transposeLeft: transposeRight, transposeRight: true })
          : matmul(gradient, right, { transposeRight: !transposeRight }),
    ],
    [
      right,
      () =>
        transposeRight
          ? matmul(gradient, left, { transposeLeft: true, transposeRight: transposeLeft })
          : matmul(left, gradient, { transposeLeft: !transposeLeft }),
    ],
  ];
}

function ofMax(node: Reduce, gradient: Node): Node {
  const isLargest = equal(node.operand, withAxes(node, node));
  const share = divide(withAxes(gradient, node), sum(isLargest, node.axes, true));
  return multiply(isLargest, share);
}

function ofConcat(operands: readonly Node[], axis: number, gradient: Node): readonly Derivative[] {
  let end = 0;
  return operands.map((operand) => {
    const start = end;
    end += operand.shape[axis]!;
    const from = operand.shape.map((_, other) => (other === axis ? start : 0));
    return [operand, () => slice(gradient, from, operand.shape.with(axis, start + operand.shape[axis]!))];
  });
}

function ofConv2d(node: Conv2d, gradient: Node): readonly Derivative[] {
  return [
    [node.operand, () => conv2dInputGradient(gradient, node.kernel, node.window, node.operand.shape)],
    [node.kernel, () => conv2dKernelGradient(node.operand, gradient, node.window, node.kernel.shape)],
  ];
}

/** Every element gets what its copies get. */
function ofUpsample({ operand, factors: [down, right] }: Upsample, gradient: Node): Node {
  const [batch, height, width, channels] = operand.shape as readonly [number, number, number, number];
  const blocks = reshape(spaceToDepth(gradient, [down, right]), [batch, height, width, down * right, channels]);
  return sum(blocks, [3]);
}

/** The result of a reduction, with length 1 where axes went. */
function withAxes(result: Node, { operand, axes }: Reduce): Node {
  return reshape(result, reducedShape(operand.shape, axes, true));
}

/** The gradient of a broadcast operand: summed over where it was stretched. */
function sumToShape(gradient: Node, shape: Shape): Node {
  if (sameShape(gradient.shape, shape)) return gradient;
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((length, axis) => (axis < added || shape[axis - added] !== length ? [axis] : []));
  return reshape(sum(gradient, axes), shape);
}
