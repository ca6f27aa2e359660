/** The linear operations - dense, conv, sum - as one list of weighted inputs for each output element. */
import type { Conv, Dense, Sum } from './op.js';
import { sizeOf } from './op.js';

/** One input of a weighted sum. */
export interface Tap {
  /** Element of the operand. */
  readonly index: number;
  /** Raw weight; never 0. */
  readonly weight: bigint;
}

/** For each output element the taps it sums, in the operand's order; weights of zero are left out. */
export function tapsOf(op: Dense | Conv | Sum, operandShape: readonly number[]): readonly (readonly Tap[])[] {
  switch (op.kind) {
    case 'dense':
      return denseTaps(op);
    case 'conv':
      return convTaps(op, operandShape);
    case 'sum':
      return sumTaps(op.axis, operandShape);
  }
}

/** Fraction bits that the weights add to those of the operand. */
export function weightFraction(op: Dense | Conv | Sum): number {
  return op.kind === 'sum' ? 0 : op.weights.format.width - op.weights.format.integer;
}

function denseTaps(op: Dense): Tap[][] {
  const [inputs, outputs] = op.weights.shape as readonly [number, number];
  return Array.from({ length: outputs }, (_, j) =>
    nonZero(Array.from({ length: inputs }, (_, i) => ({ index: i, weight: op.weights.raws[i * outputs + j]! }))),
  );
}

function sumTaps(axis: number, shape: readonly number[]): Tap[][] {
  const length = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  return Array.from({ length: outer * inner }, (_, element) => {
    const start = Math.floor(element / inner) * length * inner + (element % inner);
    return Array.from({ length }, (_, k) => ({ index: start + k * inner, weight: 1n }));
  });
}

function convTaps(op: Conv, operandShape: readonly number[]): Tap[][] {
  const [height, width, channels] = operandShape as readonly [number, number, number];
  const [kernelHeight, kernelWidth, , filters] = op.weights.shape as readonly [number, number, number, number];
  const [outHeight, outWidth] = op.type.shape as readonly [number, number, number];
  const [top, , left] = op.padding;
  const taps: Tap[][] = [];
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let filter = 0; filter < filters; filter++) {
        const sum: Tap[] = [];
        for (let ky = 0; ky < kernelHeight; ky++) {
          const row = y * op.strides[0] + ky - top;
          if (row < 0 || row >= height) continue;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const column = x * op.strides[1] + kx - left;
            if (column < 0 || column >= width) continue;
            for (let channel = 0; channel < channels; channel++) {
              sum.push({
                index: (row * width + column) * channels + channel,
                weight: op.weights.raws[((ky * kernelWidth + kx) * channels + channel) * filters + filter]!,
              });
            }
          }
        }
        taps.push(nonZero(sum));
      }
    }
  }
  return taps;
}

function nonZero(taps: readonly Tap[]): Tap[] {
  return taps.filter((tap) => tap.weight !== 0n);
}
