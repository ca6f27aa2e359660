/**
 * What a QONNX model computes, in doubles: each operator as the ONNX standard (opset 13) and QONNX's description of Quant have it. It reads the file
 * that was written and knows nothing of how it was made.
 */
import { internalError } from '../base/diagnostic.js';
import type { Attribute, OnnxModel, OnnxNode } from '../onnx/model.js';

export interface Doubles {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
}

/** The values of all nodes, by name. */
export function evaluateQonnx(
  { graph }: OnnxModel,
  inputs: ReadonlyMap<string, Doubles>,
): ReadonlyMap<string, Doubles> {
  const values = new Map<string, Doubles>(inputs);
  for (const { name, shape, data } of graph.initializers)
    values.set(name, { shape, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) });
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => values.get(name) ?? missing(name));
    values.set(node.outputs[0]!, evaluateNode(node, operands));
  }
  return values;
}

function missing(name: string): never {
  throw internalError('qonnx', `${name} is used before it is made`);
}

function evaluateNode(node: OnnxNode, operands: readonly Doubles[]): Doubles {
  const [x, y, z] = operands as readonly [Doubles, Doubles, Doubles];
  switch (node.operator) {
    case 'Quant':
      return quant(node, operands);
    case 'Identity':
    // Booleans are 0 and 1 here, and what is cast to an integer is one.
    case 'Cast':
      return x;
    case 'Add':
      return pairwise(x, y, (a, b) => a + b);
    case 'Sub':
      return pairwise(x, y, (a, b) => a - b);
    case 'Mul':
      return pairwise(x, y, (a, b) => a * b);
    case 'Max':
      return pairwise(x, y, Math.max);
    case 'Less':
      return pairwise(x, y, (a, b) => Number(a < b));
    case 'LessOrEqual':
      return pairwise(x, y, (a, b) => Number(a <= b));
    case 'Equal':
      return pairwise(x, y, (a, b) => Number(a === b));
    case 'Relu':
      return each(x, (a) => Math.max(a, 0));
    case 'Floor':
      return each(x, Math.floor);
    case 'LeakyRelu': {
      const alpha = Math.fround(numberOf(node, 'alpha'));
      return each(x, (a) => (a < 0 ? a * alpha : a));
    }
    case 'Clip':
      return each(x, (a) => Math.min(Math.max(a, y.data[0]!), z.data[0]!));
    case 'Gather':
      return { shape: y.shape, data: y.data.map((index) => x.data[index]!) };
    case 'Reshape':
      return reshaped(x, y);
    case 'Transpose':
      return transposed(x, numbersOf(node, 'perm'));
    case 'Concat':
      return concatenated(operands, numberOf(node, 'axis'));
    case 'Slice':
      return sliced(x, y, z, operands[3]!);
    case 'ReduceSum':
      return summed(x, y.data[0]!, numberOf(node, 'keepdims') === 1);
    case 'MatMul':
      return product(x, y);
    case 'Conv':
      return convolved(node, x, y);
    default:
      throw internalError('qonnx', `no meaning is known of the operator ${node.operator}`);
  }
}

function quant(node: OnnxNode, [x, scale, zero, bits]: readonly Doubles[]): Doubles {
  const [unit, offset, width] = [scale!.data[0]!, zero!.data[0]!, bits!.data[0]!];
  const isSigned = numberOf(node, 'signed') === 1;
  const narrow = numberOf(node, 'narrow');
  const low = isSigned ? -(2 ** (width - 1)) + narrow : 0;
  const high = isSigned ? 2 ** (width - 1) - 1 : 2 ** width - 1 - narrow;
  const round = roundings[textOf(node, 'rounding_mode')]!;
  return each(x!, (value) => (round(Math.min(Math.max(value / unit + offset, low), high)) - offset) * unit);
}

const roundings: Readonly<Record<string, (x: number) => number>> = {
  ROUND: (x) => {
    const whole = Math.floor(x);
    const rest = x - whole;
    return rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole;
  },
  FLOOR: Math.floor,
  CEIL: Math.ceil,
  DOWN: Math.trunc,
  HALF_UP: (x) => Math.sign(x) * Math.floor(Math.abs(x) + 0.5),
  HALF_DOWN: (x) => Math.sign(x) * Math.ceil(Math.abs(x) - 0.5),
};

function each({ shape, data }: Doubles, map: (x: number) => number): Doubles {
  return { shape, data: data.map(map) };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Broadcasts as NumPy does. */
function pairwise(x: Doubles, y: Doubles, combine: (a: number, b: number) => number): Doubles {
  const rank = Math.max(x.shape.length, y.shape.length);
  const padded = (shape: readonly number[]): number[] => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [left, right] = [padded(x.shape), padded(y.shape)];
  const shape = left.map((length, axis) => Math.max(length, right[axis]!));
  const data = new Float64Array(sizeOf(shape));
  const index = (of: readonly number[], position: readonly number[]): number =>
    of.reduce((flat, length, axis) => flat * length + (length === 1 ? 0 : position[axis]!), 0);
  forEachPosition(shape, (position, flat) => {
    data[flat] = combine(x.data[index(left, position)]!, y.data[index(right, position)]!);
  });
  return { shape, data };
}

function forEachPosition(shape: readonly number[], visit: (position: readonly number[], flat: number) => void): void {
  const position = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(position, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis]! += 1;
      if (position[axis]! < shape[axis]!) break;
      position[axis] = 0;
    }
  }
}

function reshaped({ shape: from, data }: Doubles, to: Doubles): Doubles {
  const lengths = [...to.data];
  const known = sizeOf(lengths.filter((length) => length !== -1));
  return { shape: lengths.map((length) => (length === -1 ? sizeOf(from) / known : length)), data };
}

function transposed({ shape: from, data }: Doubles, perm: readonly number[]): Doubles {
  const shape = perm.map((axis) => from[axis]!);
  const result = new Float64Array(data.length);
  forEachPosition(shape, (position, flat) => {
    const source = from.reduce((index, length, axis) => index * length + position[perm.indexOf(axis)]!, 0);
    result[flat] = data[source]!;
  });
  return { shape, data: result };
}

function concatenated(operands: readonly Doubles[], axis: number): Doubles {
  const shape = operands[0]!.shape.map((length, at) =>
    at === axis ? operands.reduce((sum, operand) => sum + operand.shape[axis]!, 0) : length,
  );
  const outer = sizeOf(shape.slice(0, axis));
  const parts: number[] = [];
  for (let row = 0; row < outer; row++)
    for (const operand of operands) {
      const length = operand.data.length / outer;
      parts.push(...operand.data.subarray(row * length, (row + 1) * length));
    }
  return { shape, data: Float64Array.from(parts) };
}

function sliced({ shape: from, data }: Doubles, starts: Doubles, ends: Doubles, axes: Doubles): Doubles {
  const start = from.map(() => 0);
  const shape = [...from];
  axes.data.forEach((axis, place) => {
    start[axis] = starts.data[place]!;
    shape[axis] = Math.min(ends.data[place]!, from[axis]!) - start[axis];
  });
  const result = new Float64Array(sizeOf(shape));
  forEachPosition(shape, (position, flat) => {
    result[flat] = data[from.reduce((index, length, axis) => index * length + position[axis]! + start[axis]!, 0)]!;
  });
  return { shape, data: result };
}

function summed({ shape: from, data }: Doubles, axis: number, keeps: boolean): Doubles {
  const kept = from.map((length, at) => (at === axis ? 1 : length));
  const inner = sizeOf(from.slice(axis + 1));
  const length = from[axis]!;
  const result = new Float64Array(sizeOf(kept));
  data.forEach((value, flat) => {
    result[Math.floor(flat / (inner * length)) * inner + (flat % inner)]! += value;
  });
  return { shape: keeps ? kept : kept.filter((_, at) => at !== axis), data: result };
}

/** [..., k] by [k, n]. */
function product(x: Doubles, y: Doubles): Doubles {
  const k = x.shape.at(-1)!;
  const n = y.shape.at(-1)!;
  const rows = x.data.length / k;
  const data = new Float64Array(rows * n);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < k; i++) {
      const value = x.data[row * k + i]!;
      for (let column = 0; column < n; column++) data[row * n + column]! += value * y.data[i * n + column]!;
    }
  return { shape: [...x.shape.slice(0, -1), n], data };
}

/** Channels first, one group, no dilation. */
function convolved(node: OnnxNode, x: Doubles, kernel: Doubles): Doubles {
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  const [filters, , rows, columns] = kernel.shape as readonly [number, number, number, number];
  const [vertical, horizontal] = numbersOf(node, 'strides') as [number, number];
  const [top, left, bottom, right] = numbersOf(node, 'pads') as [number, number, number, number];
  const shape = [
    batch,
    filters,
    Math.floor((height + top + bottom - rows) / vertical) + 1,
    Math.floor((width + left + right - columns) / horizontal) + 1,
  ];
  const data = new Float64Array(sizeOf(shape));
  forEachPosition(shape, ([event, filter, row, column], flat) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) {
          const [at, across] = [row! * vertical + r - top, column! * horizontal + c - left];
          if (at < 0 || at >= height || across < 0 || across >= width) continue;
          const value = x.data[((event! * channels + channel) * height + at) * width + across]!;
          sum += value * kernel.data[((filter! * channels + channel) * rows + r) * columns + c]!;
        }
    data[flat] = sum;
  });
  return { shape, data };
}

function attributeOf(node: OnnxNode, key: string): Attribute {
  return node.attributes[key] ?? missing(`${node.name}, attribute ${key}`);
}

function numberOf(node: OnnxNode, key: string): number {
  const attribute = attributeOf(node, key);
  return attribute.kind === 'int' || attribute.kind === 'float' ? attribute.value : missing(`${key}, a number,`);
}

function numbersOf(node: OnnxNode, key: string): readonly number[] {
  const attribute = attributeOf(node, key);
  return attribute.kind === 'ints' ? attribute.value : missing(`${key}, a list,`);
}

function textOf(node: OnnxNode, key: string): string {
  const attribute = attributeOf(node, key);
  return attribute.kind === 'string' ? attribute.value : missing(`${key}, a text,`);
}
