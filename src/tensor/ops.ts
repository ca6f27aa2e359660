/** Makes the nodes of the tensor graph: shapes inferred and checked, one function an operation. */
import type { BinaryKind, DType, Input, Node, Shape, UnaryKind, Window } from './graph.js';
import { elementCountOf } from './graph.js';
import {
  broadcastShape,
  convolvedShape,
  gatheredShape,
  reducedShape,
  sameShape,
  spreadShape,
  upsampledShape,
  wrongShape,
} from './shape.js';

/** A node, or a number that becomes a constant of shape [] in the other operand's dtype. */
export type Operand = Node | number;

export function input(name: string, shape: Shape, dtype: DType = 'float32'): Input {
  return { kind: 'input', name, shape, dtype };
}

/** @param values row-major, as many as `shape` has elements; or one number for all of them */
export function constant(values: number | ArrayLike<number>, shape: Shape = [], dtype: DType = 'float32'): Node {
  const count = elementCountOf(shape);
  const list = typeof values === 'number' ? Array<number>(count).fill(values) : Array.from(values);
  if (list.length !== count) throw wrongShape(`${list.length} values for a constant of shape [${shape}]`);
  return { kind: 'constant', values: list, shape, dtype };
}

export const negate = unary('negate');
export const abs = unary('abs');
export const sign = unary('sign');
export const exp = unary('exp');
export const log = unary('log');
export const sqrt = unary('sqrt');
export const floor = unary('floor');
export const round = unary('round');
export const sin = unary('sin');
export const cos = unary('cos');
export const sinh = unary('sinh');
export const cosh = unary('cosh');
export const tanh = unary('tanh');
export const erf = unary('erf');

export const add = binary('add');
export const subtract = binary('subtract');
export const multiply = binary('multiply');
export const divide = binary('divide');
export const maximum = binary('maximum');
export const minimum = binary('minimum');
export const less = binary('less');
export const lessEqual = binary('less_equal');
export const equal = binary('equal');

export function square(x: Node): Node {
  return multiply(x, x);
}

export function select(condition: Node, left: Operand, right: Operand): Node {
  const dtype = typeof left === 'number' ? (typeof right === 'number' ? condition.dtype : right.dtype) : left.dtype;
  const [a, b] = [nodeOf(left, dtype), nodeOf(right, dtype)];
  checkDTypes('select', a, b);
  return {
    kind: 'select',
    condition,
    left: a,
    right: b,
    dtype,
    shape: broadcastShape(condition.shape, broadcastShape(a.shape, b.shape)),
  };
}

export function matmul(
  left: Node,
  right: Node,
  { transposeLeft = false, transposeRight = false }: { transposeLeft?: boolean; transposeRight?: boolean } = {},
): Node {
  checkDTypes('matmul', left, right);
  const [rows, inner] = transposeLeft ? [left.shape[1], left.shape[0]] : left.shape;
  const [rightInner, columns] = transposeRight ? [right.shape[1], right.shape[0]] : right.shape;
  if (left.shape.length !== 2 || right.shape.length !== 2 || inner !== rightInner)
    throw wrongShape(`[${left.shape}] cannot be multiplied with [${right.shape}]`);
  return {
    kind: 'matmul',
    left,
    right,
    transposeLeft,
    transposeRight,
    shape: [rows!, columns!],
    dtype: left.dtype,
  };
}

/** Sum over `axes` (all of them by default). */
export function sum(operand: Node, axes?: readonly number[], keepAxes = false): Node {
  return reduce('sum', operand, axes, keepAxes);
}

/** Largest element over `axes` (all of them by default). */
export function max(operand: Node, axes?: readonly number[], keepAxes = false): Node {
  return reduce('max', operand, axes, keepAxes);
}

export function mean(operand: Node, axes?: readonly number[], keepAxes = false): Node {
  const total = sum(operand, axes, keepAxes);
  return divide(total, elementCountOf(operand.shape) / elementCountOf(total.shape));
}

export function reshape(operand: Node, shape: Shape): Node {
  if (sameShape(operand.shape, shape)) return operand;
  if (elementCountOf(shape) !== elementCountOf(operand.shape))
    throw wrongShape(`[${operand.shape}] cannot become [${shape}]`);
  return { kind: 'reshape', operand, shape, dtype: operand.dtype };
}

export function broadcast(operand: Node, shape: Shape): Node {
  if (sameShape(operand.shape, shape)) return operand;
  if (!sameShape(broadcastShape(operand.shape, shape), shape))
    throw wrongShape(`[${operand.shape}] does not broadcast to [${shape}]`);
  return { kind: 'broadcast', operand, shape, dtype: operand.dtype };
}

export function transpose(operand: Node, order: readonly number[]): Node {
  const axes = operand.shape.map((_, axis) => axis);
  if (order.length !== axes.length || axes.some((axis) => !order.includes(axis)))
    throw wrongShape(`[${order}] is no order of the axes of [${operand.shape}]`);
  return { kind: 'transpose', operand, order, shape: order.map((axis) => operand.shape[axis]!), dtype: operand.dtype };
}

export function concat(operands: readonly Node[], axis: number): Node {
  const first = operands[0];
  if (first === undefined) throw wrongShape('concat of nothing');
  for (const operand of operands) {
    checkDTypes('concat', first, operand);
    const fits = operand.shape.every((length, other) => other === axis || length === first.shape[other]);
    if (!fits || operand.shape.length !== first.shape.length)
      throw wrongShape(`[${first.shape}] and [${operand.shape}] do not join along axis ${axis}`);
  }
  const length = operands.reduce((total, operand) => total + operand.shape[axis]!, 0);
  return { kind: 'concat', operands, axis, shape: first.shape.with(axis, length), dtype: first.dtype };
}

export function slice(operand: Node, from: readonly number[], to: readonly number[]): Node {
  const isInside = operand.shape.every(
    (length, axis) => 0 <= from[axis]! && from[axis]! < to[axis]! && to[axis]! <= length,
  );
  if (!isInside || from.length !== operand.shape.length)
    throw wrongShape(`[${from}] to [${to}] is not inside [${operand.shape}]`);
  return { kind: 'slice', operand, from, to, shape: to.map((end, axis) => end - from[axis]!), dtype: operand.dtype };
}

export function pad(operand: Node, before: readonly number[], after: readonly number[]): Node {
  const shape = operand.shape.map((length, axis) => length + before[axis]! + after[axis]!);
  return { kind: 'pad', operand, before, after, shape, dtype: operand.dtype };
}

export function conv2d(operand: Node, kernel: Node, window: Window): Node {
  checkDTypes('conv2d', operand, kernel);
  const shape = convolvedShape(operand.shape, kernel.shape, window);
  return { kind: 'conv2d', operand, kernel, window, shape, dtype: operand.dtype };
}

/** @param shape the convolution's input, [batch, height, width, channels] */
export function conv2dInputGradient(gradient: Node, kernel: Node, window: Window, shape: Shape): Node {
  checkDTypes('conv2d_input_gradient', gradient, kernel);
  if (!sameShape(convolvedShape(shape, kernel.shape, window), gradient.shape))
    throw wrongShape(`[${gradient.shape}] is not what a convolution of [${shape}] gives`);
  return { kind: 'conv2d_input_gradient', gradient, kernel, window, shape, dtype: gradient.dtype };
}

/** @param shape the kernel's, [height, width, channels, filters] */
export function conv2dKernelGradient(operand: Node, gradient: Node, window: Window, shape: Shape): Node {
  checkDTypes('conv2d_kernel_gradient', operand, gradient);
  if (!sameShape(convolvedShape(operand.shape, shape, window), gradient.shape))
    throw wrongShape(`[${gradient.shape}] is not what a convolution with [${shape}] gives`);
  return { kind: 'conv2d_kernel_gradient', operand, gradient, window, shape, dtype: gradient.dtype };
}

/** @param factors how often each row and each column of [batch, height, width, channels] stands in the result */
export function upsample(operand: Node, factors: readonly [number, number]): Node {
  const shape = upsampledShape(operand.shape, factors);
  if (factors.every((factor) => factor === 1)) return operand;
  return { kind: 'upsample', operand, factors, shape, dtype: operand.dtype };
}

/** @param block rows and columns that the channels of one element of [batch, height, width, channels] become */
export function depthToSpace(operand: Node, block: readonly [number, number]): Node {
  const shape = spreadShape(operand.shape, block);
  if (block.every((length) => length === 1)) return operand;
  return { kind: 'depth_to_space', operand, block, shape, dtype: operand.dtype };
}

/** @param block rows and columns of [batch, height, width, channels] that become the channels of one element */
export function spaceToDepth(operand: Node, block: readonly [number, number]): Node {
  const shape = gatheredShape(operand.shape, block);
  if (block.every((length) => length === 1)) return operand;
  return { kind: 'space_to_depth', operand, block, shape, dtype: operand.dtype };
}

export function convert(operand: Node, dtype: DType): Node {
  return operand.dtype === dtype ? operand : { kind: 'convert', operand, shape: operand.shape, dtype };
}

/** The value of `value`, with the gradient of `path` (of the same shape and dtype). */
export function surrogate(value: Node, path: Node): Node {
  checkDTypes('surrogate', value, path);
  if (!sameShape(value.shape, path.shape))
    throw wrongShape(`a surrogate of [${value.shape}] has a path of [${path.shape}]`);
  return { kind: 'surrogate', value, path, shape: value.shape, dtype: value.dtype };
}

/** The value of `value`, which gets no gradient. */
export function stopGradient(value: Node): Node {
  return { kind: 'surrogate', value, shape: value.shape, dtype: value.dtype };
}

function unary(kind: UnaryKind): (operand: Node) => Node {
  return (operand) => ({ kind, operand, shape: operand.shape, dtype: operand.dtype });
}

function binary(kind: BinaryKind): (left: Operand, right: Operand) => Node {
  return (left, right) => {
    const dtype = typeof left === 'number' ? (typeof right === 'number' ? 'float32' : right.dtype) : left.dtype;
    const [a, b] = [nodeOf(left, dtype), nodeOf(right, dtype)];
    checkDTypes(kind, a, b);
    return { kind, left: a, right: b, shape: broadcastShape(a.shape, b.shape), dtype };
  };
}

function reduce(kind: 'sum' | 'max', operand: Node, axes: readonly number[] | undefined, keepAxes: boolean): Node {
  const reduced = (axes ?? operand.shape.map((_, axis) => axis)).toSorted((a, b) => a - b);
  if (reduced.some((axis, index) => axis < 0 || axis >= operand.shape.length || axis === reduced[index - 1]))
    throw wrongShape(`[${reduced}] are not axes of [${operand.shape}]`);
  const shape = reducedShape(operand.shape, reduced, keepAxes);
  return { kind, operand, axes: reduced, keepAxes, shape, dtype: operand.dtype };
}

function nodeOf(operand: Operand, dtype: DType): Node {
  return typeof operand === 'number' ? constant(operand, [], dtype) : operand;
}

function checkDTypes(what: string, left: Node, right: Node): void {
  if (left.dtype !== right.dtype) throw wrongShape(`${what} of ${left.dtype} and ${right.dtype}`);
}
