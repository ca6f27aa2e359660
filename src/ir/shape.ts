/** Shapes: what each operation makes of its operands' shapes, and which element comes from where. */
import { type Op, sizeOf } from './op.js';

export type Shape = readonly number[];

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

export function printShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The shape of an operation's result, or the reason (a string) why its operands or attributes do not fit it. */
export function resultShape(op: Op, operands: readonly Shape[]): Shape | string {
  const [x] = operands as readonly [Shape, ...Shape[]];
  switch (op.kind) {
    case 'input':
    case 'constant':
      return op.type.shape;
    case 'cast':
    case 'square':
    case 'relu':
    case 'leaky_relu':
    case 'lookup':
      return x;
    case 'shift':
      return op.by.length === 1 || op.by.length === sizeOf(x)
        ? x
        : `${op.by.length} shift amounts for ${sizeOf(x)} elements`;
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
    case 'compare':
      return broadcastShape(x, operands[1]!);
    case 'reshape':
      return sizeOf(op.type.shape) === sizeOf(x)
        ? op.type.shape
        : `${sizeOf(x)} elements cannot take shape ${printShape(op.type.shape)}`;
    case 'dense':
      if (op.weights.shape.length !== 2) return `weights of shape ${printShape(op.weights.shape)}, two axes expected`;
      return sameShape(x, [op.weights.shape[0]!])
        ? [op.weights.shape[1]!]
        : `weights ${printShape(op.weights.shape)} do not fit ${printShape(x)}`;
    case 'conv':
      return convShape(op.weights.shape, op.strides, op.padding, x);
    case 'sum':
      if (!isAxis(op.axis, x)) return `no axis ${op.axis} in ${printShape(x)}`;
      return x.length === 1 ? [1] : x.filter((_, axis) => axis !== op.axis);
    case 'concat':
      return concatShape(operands, op.axis);
    case 'slice':
      if (op.from.length !== x.length || op.to.length !== x.length)
        return `bounds for ${op.from.length} axes on ${printShape(x)}`;
      if (!x.every((length, axis) => 0 <= op.from[axis]! && op.from[axis]! < op.to[axis]! && op.to[axis]! <= length)) {
        return `from ${printShape(op.from)} to ${printShape(op.to)} is not inside ${printShape(x)}`;
      }
      return x.map((_, axis) => op.to[axis]! - op.from[axis]!);
  }
}

function broadcastShape(a: Shape, b: Shape): Shape | string {
  const fits = a.length === b.length && a.every((length, axis) => length === b[axis] || length === 1 || b[axis] === 1);
  return fits
    ? a.map((length, axis) => Math.max(length, b[axis]!))
    : `shapes ${printShape(a)} and ${printShape(b)} do not fit each other`;
}

function convShape(weights: Shape, strides: Shape, padding: Shape, x: Shape): Shape | string {
  if (weights.length !== 4 || x.length !== 3)
    return 'a convolution takes [height, width, channels] and weights of four axes';
  if (weights[2] !== x[2]) return `weights for ${weights[2]} channels on ${x[2]}`;
  if (strides.some((stride) => stride < 1) || padding.some((zeros) => zeros < 0))
    return 'strides start at 1 and padding at 0';
  const height = Math.floor((x[0]! + padding[0]! + padding[1]! - weights[0]!) / strides[0]!) + 1;
  const width = Math.floor((x[1]! + padding[2]! + padding[3]! - weights[1]!) / strides[1]!) + 1;
  return height > 0 && width > 0 ? [height, width, weights[3]!] : 'the kernel is larger than the padded input';
}

function concatShape(operands: readonly Shape[], axis: number): Shape | string {
  const [first] = operands;
  if (first === undefined) return 'nothing to concatenate';
  if (!isAxis(axis, first)) return `no axis ${axis} in ${printShape(first)}`;
  const fits = operands.every(
    (shape) => shape.length === first.length && shape.every((length, a) => a === axis || length === first[a]),
  );
  if (!fits) return `shapes ${operands.map(printShape).join(', ')} differ outside axis ${axis}`;
  const total = operands.reduce((sum, shape) => sum + shape[axis]!, 0);
  return first.map((length, a) => (a === axis ? total : length));
}

function isAxis(axis: number, shape: Shape): boolean {
  return Number.isInteger(axis) && axis >= 0 && axis < shape.length;
}

/** For each element of `to` (row-major) the element of `from` it reads when dimensions of 1 stretch. */
export function broadcastIndices(from: Shape, to: Shape): readonly number[] {
  return elementsOf(to).map((position) =>
    flatIndex(
      position.map((p, axis) => (from[axis] === 1 ? 0 : p)),
      from,
    ),
  );
}

/** For each element of a slice that starts at `start` the element of `from` it reads. */
export function sliceIndices(from: Shape, start: readonly number[], to: Shape): readonly number[] {
  return elementsOf(to).map((position) =>
    flatIndex(
      position.map((p, axis) => p + start[axis]!),
      from,
    ),
  );
}

/** For each element of a concatenation the operand and the element in it. */
export function concatIndices(
  operands: readonly Shape[],
  axis: number,
  to: Shape,
): readonly { readonly operand: number; readonly index: number }[] {
  return elementsOf(to).map((position) => {
    let operand = 0;
    let along = position[axis]!;
    while (along >= operands[operand]![axis]!) along -= operands[operand++]![axis]!;
    return { operand, index: flatIndex(position.with(axis, along), operands[operand]!) };
  });
}

function flatIndex(position: readonly number[], shape: Shape): number {
  return position.reduce((index, p, axis) => index * shape[axis]! + p, 0);
}

function elementsOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (positions, length) => positions.flatMap((position) => Array.from({ length }, (_, p) => [...position, p])),
    [[]],
  );
}
