/** Convolutions. */
import { makeFormat } from '../fixed/format.js';
import { compacted, type Table } from '../fixed/table.js';
import type { ProgramBuilder } from '../ir/builder.js';
import { sameShape } from '../ir/shape.js';
import type { Conv2d } from '../network/network.js';
import { outputSize, paddedSize } from '../network/shape.js';
import { checkProductCount, lowerSums } from './sums.js';

/**
 * @param source id of an image, or of flat values that are one
 * @returns the id of the accumulator's last value (or of the exact sum), shape [height, width, filters], not yet in the
 *   result type
 */
export function lowerConv2d(builder: ProgramBuilder, layer: Conv2d, id: string, source: string): string {
  const weights = compacted(layer.weights);
  const { strides, padding, inputShape } = layer;
  const x = sameShape(builder.typeOf(source).shape, inputShape)
    ? source
    : builder.exact({ id: `${id}.image`, kind: 'reshape', operand: source }, inputShape);
  const bias = { ...layer.bias, shape: [1, 1, ...layer.bias.shape] };
  return lowerSums(builder, {
    id,
    layer,
    operation: { id: `${id}.product`, kind: 'conv', operand: x, weights, strides, padding },
    bias: builder.constant(`${id}.bias`, bias),
    products: () => products(builder, layer, weights, id, x),
  });
}

/** Every product of the kernel at every position by itself: shape [terms, height, width, filters]. */
function products(builder: ProgramBuilder, layer: Conv2d, weights: Table, id: string, x: string): string {
  const [rows, columns, channels, filters] = weights.shape as readonly [number, number, number, number];
  const terms = rows * columns * channels;
  const [height, width] = outputSize(paddedSize(layer.inputShape, layer.padding), weights.shape, layer.strides);
  const [top, , left] = layer.padding;
  const alongRows = axisGrid(rows, height, layer.strides[0], top);
  const alongColumns = axisGrid(columns, width, layer.strides[1], left);
  checkProductCount(layer, alongRows.length * alongColumns.length * channels);

  const image = onGrid(builder, id, x, alongRows, alongColumns);
  const shape = [...alongRows.shape, ...alongColumns.shape, channels];
  const grid = builder.exact({ id: `${id}.grid`, kind: 'reshape', operand: image }, shape);
  const met = Array.from({ length: terms }, (_, term) => {
    const channel = term % channels;
    const column = Math.floor(term / channels) % columns;
    const row = Math.floor(term / channels / columns);
    const from = [...alongRows.placeOf(row), ...alongColumns.placeOf(column), channel];
    const sizes = [height, 1, width, 1, 1];
    const to = from.map((start, axis) => start + sizes[axis]!);
    return builder.exact({ id: `${id}.met_${term}`, kind: 'slice', operand: grid, from, to });
  });
  const joined = builder.exact({ id: `${id}.met`, kind: 'concat', operands: met, axis: 0 });
  const values = builder.exact({ id: `${id}.values`, kind: 'reshape', operand: joined }, [terms, height, width, 1]);
  const factors = builder.constant(`${id}.weights`, { ...weights, shape: [terms, 1, 1, filters] });
  return builder.exact({ id: `${id}.products`, kind: 'multiply', left: values, right: factors });
}

/**
 * One axis of the image counted in strides and places within a stride: what one row (or column) of the kernel meets, at
 * all its positions, then lies in one slice.
 */
interface AxisGrid {
  /** [strides, places]. */
  readonly shape: readonly [number, number];
  /** Rows or columns in all. */
  readonly length: number;
  /** Zeros before the first of the image. */
  readonly before: number;
  /** Where the first position of the kernel's row `offset` is. */
  readonly placeOf: (offset: number) => readonly [number, number];
}

function axisGrid(kernel: number, positions: number, given: number, before: number): AxisGrid {
  // A single position makes no stride.
  const stride = positions === 1 ? 1 : given;
  const shape = [positions + Math.floor((kernel - 1) / stride), stride] as const;
  const placeOf = (offset: number) => [Math.floor(offset / stride), offset % stride] as const;
  return { shape, length: shape[0] * shape[1], before, placeOf };
}

/**
 * The image in its padding, cut off or continued with zeros to the size of the grid. Channels count as columns meanwhile,
 * for which a kernel of a single 1 pads and moves nothing.
 */
function onGrid(builder: ProgramBuilder, id: string, x: string, rows: AxisGrid, columns: AxisGrid): string {
  const [height, width, channels] = builder.typeOf(x).shape as readonly [number, number, number];
  const after = (length: number, { before, length: wanted }: AxisGrid): number => Math.max(0, wanted - before - length);
  const [left, right] = [columns.before * channels, after(width, columns) * channels];
  const padding = [rows.before, after(height, rows), left, right] as const;
  const plane = builder.exact({ id: `${id}.plane`, kind: 'reshape', operand: x }, [height, width * channels, 1]);
  const padded = padding.some((zeros) => zeros > 0)
    ? builder.exact({ id: `${id}.padded`, kind: 'conv', operand: plane, weights: one, strides: [1, 1], padding })
    : plane;
  const to = [rows.length, columns.length * channels, 1];
  return sameShape(builder.typeOf(padded).shape, to)
    ? padded
    : builder.exact({ id: `${id}.seen`, kind: 'slice', operand: padded, from: [0, 0, 0], to });
}

const one: Table = { shape: [1, 1, 1, 1], format: makeFormat(false, 1, 1), raws: [1n] };
