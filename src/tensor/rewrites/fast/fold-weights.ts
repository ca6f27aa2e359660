/**
 * Computes whatever depends on constants alone, of any size, in float64: rounded to float32 once, in the end. Operations whose last bit depends
 * on the machine (`exp` and its like) stay.
 */
import {
  type Constant,
  elementCountOf,
  type Graph,
  type MatMul,
  type Node,
  operandsOf,
  type Shape,
} from '../../graph.js';
import { constant } from '../../ops.js';
import { isElementwise } from '../elementwise.js';
import { elementFor, scalarFunction } from '../fold-constants.js';
import { rebuild } from '../rebuild.js';

export function foldWeights(graph: Graph): Graph {
  return rebuild(graph, (node) => {
    const operands = operandsOf(node);
    if (operands.length === 0 || !operands.every((operand) => operand.kind === 'constant')) return node;
    const values = valuesOf(node, operands);
    return values === undefined ? node : constant(values, node.shape, node.dtype);
  });
}

function valuesOf(node: Node, operands: readonly Constant[]): readonly number[] | undefined {
  const [first] = operands as readonly [Constant];
  if (isElementwise(node)) {
    const apply = scalarFunction(node.kind);
    if (apply === undefined) return undefined;
    return filled(node.shape, (index) => apply(...operands.map((operand) => elementFor(operand, index, node.shape))));
  }
  switch (node.kind) {
    case 'reshape':
      return first.values;
    case 'broadcast':
      return filled(node.shape, (index) => elementFor(first, index, node.shape));
    case 'transpose': {
      const strides = stridesOf(first.shape);
      return picked(
        first,
        node.shape,
        0,
        node.order.map((axis) => strides[axis]!),
      );
    }
    case 'slice': {
      const strides = stridesOf(first.shape);
      const start = node.from.reduce((total, from, axis) => total + from * strides[axis]!, 0);
      return picked(first, node.shape, start, strides);
    }
    case 'pad':
      return padded(first, node.shape, node.before);
    case 'concat':
      return concatenated(operands, node.axis);
    case 'matmul':
      return product(node, operands as readonly [Constant, Constant]);
    default:
      return undefined;
  }
}

function filled(shape: Shape, element: (index: number) => number): number[] {
  return Array.from({ length: elementCountOf(shape) }, (_, index) => element(index));
}

function stridesOf(shape: Shape): readonly number[] {
  return shape.map((_, axis) => elementCountOf(shape.slice(axis + 1)));
}

/** Elements of `from` in the order of a shape whose axes walk through it with these strides. */
function picked({ values }: Constant, shape: Shape, start: number, strides: readonly number[]): readonly number[] {
  const own = stridesOf(shape);
  return filled(shape, (index) => {
    const at = shape.reduce(
      (total, length, axis) => total + (Math.floor(index / own[axis]!) % length) * strides[axis]!,
      start,
    );
    return values[at]!;
  });
}

/** Zeros with the values in their midst. */
function padded({ values, shape }: Constant, around: Shape, before: readonly number[]): readonly number[] {
  const [outer, inner] = [stridesOf(around), stridesOf(shape)];
  const result = Array<number>(elementCountOf(around)).fill(0);
  values.forEach((value, index) => {
    const at = shape.reduce(
      (total, length, axis) => total + ((Math.floor(index / inner[axis]!) % length) + before[axis]!) * outer[axis]!,
      0,
    );
    result[at] = value;
  });
  return result;
}

function concatenated(operands: readonly Constant[], axis: number): readonly number[] {
  const runs = operands.map(({ shape }) => elementCountOf(shape.slice(axis)));
  const count = elementCountOf(operands[0]!.shape.slice(0, axis));
  return Array.from({ length: count }, (_, run) =>
    operands.flatMap(({ values }, index) => values.slice(run * runs[index]!, (run + 1) * runs[index]!)),
  ).flat();
}

function product(
  { shape, transposeLeft, transposeRight }: MatMul,
  [left, right]: readonly [Constant, Constant],
): readonly number[] {
  const [rows, columns] = shape as readonly [number, number];
  const inner = left.shape[transposeLeft ? 0 : 1]!;
  const [down, along] = transposeLeft ? [1, rows] : [inner, 1];
  const [deep, across] = transposeRight ? [1, inner] : [columns, 1];
  const result = Array<number>(rows * columns).fill(0);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inner; k++) {
      const factor = left.values[row * down + k * along]!;
      // Most matrices that weights are multiplied with choose and add.
      if (factor === 0) continue;
      for (let column = 0; column < columns; column++)
        result[row * columns + column]! += factor * right.values[k * deep + column * across]!;
    }
  return result;
}
