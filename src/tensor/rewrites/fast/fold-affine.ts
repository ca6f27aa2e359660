/** Folds factors for each channel into the weights before them, and adds biases that follow each other: batch normalisation in inference. */
import { type Binary, elementCountOf, type Graph, type Node } from '../../graph.js';
import { add, conv2d, conv2dInputGradient, divide, matmul, multiply, negate, reshape, subtract } from '../../ops.js';
import { rebuildWithUses, type UseCount } from '../rebuild.js';
import { flatVector, isPerChannel, tiledVector } from './channels.js';

export function foldAffine(graph: Graph): Graph {
  return rebuildWithUses(graph, (node, uses) => {
    switch (node.kind) {
      case 'multiply':
        return factored(node, uses) ?? node;
      case 'divide':
        return isFactor(node.right, node) ? (scaled(node.left, divide(1, flatVector(node.right)), uses) ?? node) : node;
      case 'add':
      case 'subtract':
        return joined(node, uses) ?? node;
      default:
        return node;
    }
  });
}

function isFactor(node: Node, of: Node): boolean {
  return of.shape.length > 1 && isPerChannel(node, of.shape.at(-1)!);
}

function factored(node: Binary, uses: UseCount): Node | undefined {
  const { left, right } = node;
  if (isFactor(right, node)) return scaled(left, flatVector(right), uses);
  return isFactor(left, node) ? scaled(right, flatVector(left), uses) : undefined;
}

/** `node * factor`, with the factor in the weights that make the node; undefined where they are not at hand. */
function scaled(node: Node, factor: Node, uses: UseCount): Node | undefined {
  if (uses(node) > 1) return undefined;
  const asColumn = factor.shape.length === 0 ? factor : reshape(factor, [factor.shape[0]!, 1]);
  switch (node.kind) {
    case 'conv2d':
      return conv2d(node.operand, multiply(node.kernel, factor), node.window);
    case 'conv2d_input_gradient':
      return conv2dInputGradient(node.gradient, multiply(node.kernel, asColumn), node.window, node.shape);
    case 'matmul': {
      const { left, right, transposeLeft, transposeRight } = node;
      return matmul(left, multiply(right, transposeRight ? asColumn : factor), { transposeLeft, transposeRight });
    }
    case 'add':
    case 'subtract': {
      if (!isFactor(node.right, node)) return undefined;
      const inner = scaled(node.left, factor, uses);
      const bias = multiply(flatVector(node.right), factor);
      if (inner === undefined) return undefined;
      return node.kind === 'add' ? add(inner, bias) : subtract(inner, bias);
    }
    case 'reshape': {
      const times = node.operand.shape.at(-1)! / (factor.shape[0] ?? 1);
      if (node.operand.shape.length < 2 || !Number.isInteger(times)) return undefined;
      if (times > 1 && !endsWithAxes(node.operand.shape.at(-1)!, node.shape)) return undefined;
      const inner = scaled(node.operand, tiledVector(factor, times), uses);
      return inner === undefined ? undefined : reshape(inner, node.shape);
    }
    default:
      return undefined;
  }
}

/** Whether an axis of this length was split into the last axes of a shape. */
function endsWithAxes(length: number, shape: readonly number[]): boolean {
  return shape.some((_, axis) => elementCountOf(shape.slice(axis)) === length);
}

/** `(x + a) + b` as `x + (a + b)`, and a difference as a sum. */
function joined(node: Binary, uses: UseCount): Node | undefined {
  const { left, right } = node;
  if (!isFactor(right, node)) return undefined;
  const bias = node.kind === 'add' ? flatVector(right) : negate(flatVector(right));
  if ((left.kind === 'add' || left.kind === 'subtract') && uses(left) === 1 && isFactor(left.right, left)) {
    const inner = flatVector(left.right);
    return add(left.left, left.kind === 'add' ? add(inner, bias) : subtract(bias, inner));
  }
  return node.kind === 'subtract' ? add(left, bias) : undefined;
}
