/** Weighted sums with an accumulator type - dense, conv2d: bit for bit what that type makes of them. */
import { internalError, userError } from '../base/diagnostic.js';
import { type Format, fractionBits } from '../fixed/format.js';
import {
  addIntervals,
  canOverflow,
  castInterval,
  type Interval,
  multiplyIntervals,
  pointInterval,
  rescaledInterval,
} from '../fixed/interval.js';
import type { ProgramBuilder } from '../ir/builder.js';
import { type Tap, tapsOf } from '../ir/linear.js';
import { type Conv, type Dense, fractionAt, sizeOf } from '../ir/op.js';
import { resultShape } from '../ir/shape.js';
import type { Conv2d, Dense as DenseLayer } from '../network/network.js';
import { maxValues } from '../network/shape.js';
import { accumulate } from './accumulate.js';

/** `acc = accum(bias)`; for each product in order `acc = accum(acc + accum(x * w))`; without a type, the exact sum. */
export interface WeightedSums {
  /** Id of the layer's value. */
  readonly id: string;
  readonly layer: DenseLayer | Conv2d;
  /** All sums at once, exactly and without the bias. */
  readonly operation: Omit<Dense, 'type'> | Omit<Conv, 'type'>;
  /** Id of a constant that stretches to the shape of the sums; its last axis is theirs. */
  readonly bias: string;
  /** Makes every product by itself, in ascending order along the first axis: shape [terms, ...shape of the sums]. */
  readonly products: () => string;
}

/** @returns the id of the accumulator's last value (or of the exact sum), not yet in the result type */
export function lowerSums(builder: ProgramBuilder, sums: WeightedSums): string {
  const { id, bias, layer } = sums;
  const { accumFormat } = layer;
  if (accumFormat === undefined) return exactSums(builder, sums, bias);
  const start = builder.cast(`${id}.start`, bias, [accumFormat]);
  if (sumsExactly(builder, sums, accumFormat, start)) {
    return builder.cast(`${id}.accumulator`, exactSums(builder, sums, start), [accumFormat]);
  }
  checkProductCount(layer, productCount(builder, sums));
  const addends = builder.cast(`${id}.addends`, sums.products(), [accumFormat]);
  return accumulate(builder, { prefix: `${id}.`, addends, start, format: accumFormat });
}

function exactSums(builder: ProgramBuilder, { id, operation }: WeightedSums, start: string): string {
  const product = builder.exact(operation);
  return builder.exact({ id: `${id}.sum`, kind: 'add', left: product, right: start });
}

/**
 * Whether one cast of the exact sum equals the accumulator, product by product: no product has a bit below the
 * accumulator's unit, and either overflow keeps the low bits, or neither a product nor a partial sum can leave the range.
 */
function sumsExactly(builder: ProgramBuilder, { operation }: WeightedSums, accum: Format, start: string): boolean {
  const type = builder.typeOf(operation.operand);
  const fraction = fractionBits(accum);
  const weights = fractionBits(operation.weights.format);
  if (type.formats.some((format) => fractionBits(format) + weights > fraction)) return false;
  if (accum.overflow === 'AP_WRAP') return true;

  const ranges = builder.rangeOf(operation.operand);
  const startRanges = builder.rangeOf(start);
  const staysInRange = (taps: readonly Tap[], output: number): boolean => {
    let partial: Interval = startRanges[output % startRanges.length]!;
    for (const { index, weight } of taps) {
      const exact = multiplyIntervals(ranges[index]!, pointInterval(weight));
      const product = rescaledInterval(exact, fractionAt(type, index) + weights, fraction);
      if (canOverflow(product, fraction, accum)) return false;
      partial = addIntervals(partial, castInterval(product, fraction, accum));
      if (canOverflow(partial, fraction, accum)) return false;
    }
    return true;
  };
  return tapsOfSums(operation, type.shape).every(staysInRange);
}

function tapsOfSums(operation: WeightedSums['operation'], operandShape: readonly number[]) {
  return tapsOf({ ...operation, type: { shape: shapeOfSums(operation, operandShape), formats: [] } }, operandShape);
}

function shapeOfSums(operation: WeightedSums['operation'], operandShape: readonly number[]): readonly number[] {
  const shape = resultShape({ ...operation, type: { shape: [], formats: [] } }, [operandShape]);
  if (typeof shape === 'string') throw internalError(operation.id, shape);
  return shape;
}

function productCount(builder: ProgramBuilder, { operation }: WeightedSums): number {
  const { shape, raws } = operation.weights;
  const terms = raws.length / shape.at(-1)!;
  return terms * sizeOf(shapeOfSums(operation, builder.typeOf(operation.operand).shape));
}

/** @throws AxocError (user) when there are more than a program can hold in one value */
export function checkProductCount({ name, place }: DenseLayer | Conv2d, count: number): void {
  if (count <= maxValues) return;
  throw userError(
    'too-large',
    `${place}.accum_format`,
    `"${name}" needs ${count} products one by one, since its accumulator rounds or clamps them; axoc handles ${maxValues}`,
    'give the accumulator all fraction bits of the products and AP_WRAP, or leave it out for an exact sum',
  );
}
