/** Weighted sums as matrix products. Whatever order a runtime adds in, every partial sum is exact: the sum of all magnitudes is. */
import { fractionBits } from '../../fixed/format.js';
import type { Interval } from '../../fixed/interval.js';
import type { Elements } from '../../ir/evaluate.js';
import { tapsOf, weightFraction } from '../../ir/linear.js';
import { type Conv, type Dense, fractionAt, type Sum, sizeOf, type TensorType } from '../../ir/op.js';
import { int, ints } from '../../onnx/model.js';
import type { Draft } from './draft.js';
import { checkHeld, type Value } from './value.js';

/** A value, and the fraction bits of each of its raw integers. */
export interface Scaled {
  readonly value: Value;
  readonly fractions: readonly number[];
}

/** @param x the raw integers of a value of type `from` */
export function emitSum(draft: Draft, op: Dense | Conv | Sum, x: Value, from: TensorType): Scaled {
  const common = Math.max(...from.formats.map(fractionBits));
  const aligned = draft.shiftLeft(
    x,
    x.range.map((_, index) => common - fractionAt(from, index)),
  );
  const range = sumRange(draft, op, aligned);
  const name = emitNodes(draft, op, aligned);
  return {
    value: draft.value(name, op.type.shape, range, x.isBatched),
    fractions: range.map(() => common + weightFraction(op)),
  };
}

/** The interval of each sum, after a check that the sum of any of its terms is held. */
function sumRange(draft: Draft, op: Dense | Conv | Sum, x: Value): Elements<Interval> {
  return tapsOf(op, x.shape).map((taps) => {
    const sum = { low: 0n, high: 0n };
    const partial = { low: 0n, high: 0n };
    for (const { index, weight } of taps) {
      const ends = [x.range[index]!.low * weight, x.range[index]!.high * weight] as const;
      const [low, high] = weight < 0n ? [ends[1], ends[0]] : ends;
      sum.low += low;
      sum.high += high;
      if (low < 0n) partial.low += low;
      if (high > 0n) partial.high += high;
    }
    checkHeld(draft.carrier, [partial]);
    return sum;
  });
}

function emitNodes(draft: Draft, op: Dense | Conv | Sum, x: Value): string {
  const firstAxis = x.isBatched ? 1 : 0;
  switch (op.kind) {
    case 'dense':
      return draft.node('MatMul', [x.name, draft.table(op.weights.raws, op.weights.shape).name]);
    case 'sum':
      if (draft.carrier === 'int64') return emitIntegerSum(draft, op.axis, x);
      return draft.node('ReduceSum', [x.name, draft.integers([op.axis + firstAxis])], {
        keepdims: int(x.shape.length === 1 ? 1 : 0),
      });
    case 'conv':
      return emitConv(draft, op, x);
  }
}

/** A product with ones: `ReduceSum` of int64 is computed in float64 by ONNX Runtime (1.30 and 1.32), which rounds beyond 53 bits. */
function emitIntegerSum(draft: Draft, axis: number, x: Value): string {
  const rank = x.shape.length;
  const ones = draft.table(Array(x.shape[axis]!).fill(1n), rank === 1 ? [x.shape[axis]!, 1] : [x.shape[axis]!]);
  const first = x.isBatched ? 1 : 0;
  const others = Array.from({ length: first + rank }, (_, place) => place).filter((place) => place !== first + axis);
  const isLast = axis === rank - 1;
  const moved = isLast ? x.name : draft.node('Transpose', [x.name], { perm: ints([...others, first + axis]) });
  return draft.node('MatMul', [moved, ones.name]);
}

/**
 * A convolution is a matrix product of patches: ONNX has Conv in float32 alone. The pixels of the image, a pixel of zeros at their end, are gathered
 * in the order of the kernel for each place of the result.
 */
function emitConv(draft: Draft, op: Conv, x: Value): string {
  const [height, width, channels] = x.shape as readonly [number, number, number];
  const [outHeight, outWidth] = op.type.shape as readonly [number, number, number];
  const [kernelHeight, kernelWidth, , filters] = op.weights.shape as readonly [number, number, number, number];
  const patch = kernelHeight * kernelWidth * channels;
  const reshaped = (name: string, shape: readonly number[]): string =>
    draft.node('Reshape', [name, draft.integers(x.isBatched ? [0, ...shape] : shape)]);
  const pixelAxis = x.isBatched ? 1 : 0;
  const pixels = reshaped(x.name, [height * width, channels]);
  const ends = x.isBatched ? [0, 0, 0, 0, 1, 0] : [0, 0, 1, 0];
  const hasZeros = op.padding.some((zeros) => zeros > 0);
  const padded = hasZeros ? draft.node('Pad', [pixels, draft.integers(ends)]) : pixels;
  const gathered = draft.node('Gather', [padded, draft.integers(patchPixels(op, height, width))], {
    axis: int(pixelAxis),
  });
  const patches = reshaped(gathered, [outHeight, outWidth, patch]);
  return draft.node('MatMul', [patches, draft.table(op.weights.raws, [patch, filters]).name]);
}

/** For each place of the result and of the kernel the pixel it meets; beyond the image that of zeros. */
function patchPixels(op: Conv, height: number, width: number): readonly number[] {
  const [outHeight, outWidth] = op.type.shape as readonly [number, number, number];
  const [kernelHeight, kernelWidth] = op.weights.shape as readonly [number, number, number, number];
  const [top, , left] = op.padding;
  const places = [outHeight, outWidth, kernelHeight, kernelWidth];
  return Array.from({ length: sizeOf(places) }, (_, place) => {
    const j = place % kernelWidth;
    const i = Math.floor(place / kernelWidth) % kernelHeight;
    const x = Math.floor(place / (kernelWidth * kernelHeight)) % outWidth;
    const y = Math.floor(place / (kernelWidth * kernelHeight * outWidth));
    const row = y * op.strides[0] + i - top;
    const column = x * op.strides[1] + j - left;
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    return isInside ? row * width + column : height * width;
  });
}
