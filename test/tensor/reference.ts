/** What a tensor graph means, as plainly as it can be said: every node in float64, rounded to float32 where its dtype says so. */
import { elementCountOf, type Node, operandsOf, type Shape, type Window } from '../../src/tensor/graph.js';
import { topologicalOrder } from '../../src/tensor/order.js';
import { errorFunction } from '../support/error-function.js';

export function referenceValues(
  outputs: Iterable<Node>,
  feeds: ReadonlyMap<string, ArrayLike<number>>,
): ReadonlyMap<Node, readonly number[]> {
  const values = new Map<Node, readonly number[]>();
  for (const node of topologicalOrder(outputs)) {
    const operands = operandsOf(node).map((operand) => values.get(operand)!);
    const exact = valuesOf(node, operands, feeds);
    if (exact.length !== elementCountOf(node.shape)) throw new Error(`${node.kind} gives ${exact.length} values`);
    values.set(node, node.dtype === 'float32' ? exact.map(Math.fround) : exact);
  }
  return values;
}

const unary: Readonly<Record<string, (x: number) => number>> = {
  negate: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  floor: Math.floor,
  round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  sin: Math.sin,
  cos: Math.cos,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  erf: errorFunction,
};

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  equal: (a, b) => Number(a === b),
};

function valuesOf(
  node: Node,
  operands: readonly (readonly number[])[],
  feeds: ReadonlyMap<string, ArrayLike<number>>,
): readonly number[] {
  const positions = indices(node.shape);
  const stretched = (index: number): ((position: readonly number[]) => number) => {
    const shape = operandsOf(node)[index]!.shape;
    return (position) => {
      const own = position.slice(position.length - shape.length).map((p, axis) => (shape[axis] === 1 ? 0 : p));
      return operands[index]![offset(own, shape)]!;
    };
  };
  const [a, b, c] = [0, 1, 2].map((index) => (operands[index] === undefined ? () => 0 : stretched(index)));
  if (node.kind in unary) return operands[0]!.map(unary[node.kind]!);
  if (node.kind in binary) return positions.map((p) => binary[node.kind]!(a!(p), b!(p)));
  switch (node.kind) {
    case 'input':
      return Array.from(feeds.get(node.name)!);
    case 'constant':
      return node.values;
    case 'select':
      return positions.map((p) => (a!(p) !== 0 ? b!(p) : c!(p)));
    case 'matmul': {
      const inner = node.transposeLeft ? node.left.shape[0]! : node.left.shape[1]!;
      return positions.map(([row, column]) => {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          const left = node.transposeLeft ? [k, row!] : [row!, k];
          const right = node.transposeRight ? [column!, k] : [k, column!];
          total += operands[0]![offset(left, node.left.shape)]! * operands[1]![offset(right, node.right.shape)]!;
        }
        return total;
      });
    }
    case 'sum':
    case 'max': {
      const kept = node.operand.shape.map((length, axis) => (node.axes.includes(axis) ? 1 : length));
      const result = Array<number>(elementCountOf(node.shape)).fill(node.kind === 'sum' ? 0 : -Infinity);
      indices(node.operand.shape).forEach((position, index) => {
        const to = offset(
          position.map((p, axis) => (kept[axis] === 1 ? 0 : p)),
          kept,
        );
        const value = operands[0]![index]!;
        result[to] = node.kind === 'sum' ? result[to]! + value : Math.max(result[to]!, value);
      });
      return result;
    }
    case 'reshape':
    case 'convert':
    case 'surrogate':
      return operands[0]!;
    case 'broadcast':
      return positions.map(a!);
    case 'transpose': {
      const from = node.operand.shape;
      return positions.map(
        (p) =>
          operands[0]![
            offset(
              from.map((_, axis) => p[node.order.indexOf(axis)]!),
              from,
            )
          ]!,
      );
    }
    case 'concat':
      return positions.map((p) => {
        let at = p[node.axis]!;
        let which = 0;
        while (at >= node.operands[which]!.shape[node.axis]!) at -= node.operands[which++]!.shape[node.axis]!;
        return operands[which]![offset(p.with(node.axis, at), node.operands[which]!.shape)]!;
      });
    case 'slice':
      return positions.map(
        (p) =>
          operands[0]![
            offset(
              p.map((at, axis) => at + node.from[axis]!),
              node.operand.shape,
            )
          ]!,
      );
    case 'pad':
      return positions.map((p) => {
        const inside = p.map((at, axis) => at - node.before[axis]!);
        const isInside = inside.every((at, axis) => at >= 0 && at < node.operand.shape[axis]!);
        return isInside ? operands[0]![offset(inside, node.operand.shape)]! : 0;
      });
    case 'conv2d': {
      const [x, kernel] = [node.operand.shape, node.kernel.shape];
      const result = Array<number>(elementCountOf(node.shape)).fill(0);
      eachProduct(x, kernel, node.shape, node.window, (atX, atKernel, atResult) => {
        result[atResult]! += operands[0]![atX]! * operands[1]![atKernel]!;
      });
      return result;
    }
    case 'conv2d_input_gradient': {
      const result = Array<number>(elementCountOf(node.shape)).fill(0);
      eachProduct(node.shape, node.kernel.shape, node.gradient.shape, node.window, (atX, atKernel, atResult) => {
        result[atX]! += operands[0]![atResult]! * operands[1]![atKernel]!;
      });
      return result;
    }
    case 'conv2d_kernel_gradient': {
      const result = Array<number>(elementCountOf(node.shape)).fill(0);
      eachProduct(node.operand.shape, node.shape, node.gradient.shape, node.window, (atX, atKernel, atResult) => {
        result[atKernel]! += operands[0]![atX]! * operands[1]![atResult]!;
      });
      return result;
    }
    case 'upsample': {
      const [down, right] = node.factors;
      return positions.map(
        ([n, row, column, channel]) =>
          operands[0]![
            offset([n!, Math.floor(row! / down), Math.floor(column! / right), channel!], node.operand.shape)
          ]!,
      );
    }
    case 'depth_to_space': {
      const result = Array<number>(elementCountOf(node.shape));
      eachOfBlocks(node.operand.shape, node.block, node.shape, (inDepth, inSpace) => {
        result[inSpace] = operands[0]![inDepth]!;
      });
      return result;
    }
    case 'space_to_depth': {
      const result = Array<number>(elementCountOf(node.shape));
      eachOfBlocks(node.shape, node.block, node.operand.shape, (inDepth, inSpace) => {
        result[inDepth] = operands[0]![inSpace]!;
      });
      return result;
    }
    default:
      throw new Error(`the reference does not know ${node.kind}`);
  }
}

/** Calls back for every product that a convolution adds: offsets in its input, its kernel and its result. */
function eachProduct(
  x: Shape,
  kernel: Shape,
  result: Shape,
  { strides, padding: [top, , left] }: Window,
  visit: (atX: number, atKernel: number, atResult: number) => void,
): void {
  indices(result).forEach(([n, row, column, f], atResult) => {
    indices(kernel.slice(0, 3)).forEach(([i, j, channel]) => {
      const y = row! * strides[0] + i! - top;
      const z = column! * strides[1] + j! - left;
      if (y < 0 || z < 0 || y >= x[1]! || z >= x[2]!) return;
      visit(offset([n!, y, z, channel!], x), offset([i!, j!, channel!, f!], kernel), atResult);
    });
  });
}

/** Calls back for every element: its offsets where blocks are channels, and where they are rows and columns. */
function eachOfBlocks(
  depth: Shape,
  [down, right]: readonly [number, number],
  space: Shape,
  visit: (inDepth: number, inSpace: number) => void,
): void {
  indices(space).forEach(([n, row, column, channel], inSpace) => {
    const phase = (row! % down) * right + (column! % right);
    const at = [n!, Math.floor(row! / down), Math.floor(column! / right), phase * space[3]! + channel!];
    visit(offset(at, depth), inSpace);
  });
}

function indices(shape: Shape): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (prefixes, length) => prefixes.flatMap((prefix) => Array.from({ length }, (_, index) => [...prefix, index])),
    [[]],
  );
}

function offset(position: readonly number[], shape: Shape): number {
  return position.reduce((total, at, axis) => total * shape[axis]! + at, 0);
}
