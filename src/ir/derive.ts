/** Result types derived from ranges: the narrowest formats that hold what an exact operation can give. */
import { userError } from '../base/diagnostic.js';
import { fractionBits, makeFormat, maxInteger, maxWidth } from '../fixed/format.js';
import { formatFor, hull, type Interval } from '../fixed/interval.js';
import { type Elements, exactFraction } from './evaluate.js';
import { rangeOf } from './intervals.js';
import type { Cast, Constant, Input, Op, TensorType } from './op.js';
import { sizeOf } from './op.js';

/** The operations whose type follows from their operands. */
export type ExactOp = Exclude<Op, Input | Constant | Cast>;

/**
 * The type of an exact operation: one format where all elements have the same number of fraction bits, else one for each.
 * @param op its `type.shape` must be right, its formats are not looked at
 * @throws AxocError (user) when a result needs more bits, or a binary point further away, than axoc handles
 */
export function deriveType(
  op: ExactOp,
  ops: ReadonlyMap<string, Op>,
  ranges: ReadonlyMap<string, Elements<Interval>>,
  operands: readonly TensorType[],
): TensorType {
  const { shape } = op.type;
  const fractions = Array.from({ length: sizeOf(shape) }, (_, index) => exactFraction(op, operands, index)!);
  const isUniform = fractions.every((fraction) => fraction === fractions[0]);
  // Any formats with the right fraction bits serve to compute the range; its width is what we are after.
  const provisional = (isUniform ? fractions.slice(0, 1) : fractions).map((fraction) =>
    makeFormat(true, 1, 1 - fraction),
  );
  const range = rangeOf({ ...op, type: { shape, formats: provisional } }, ops, ranges);
  const formats = isUniform
    ? [formatFor(range.reduce(hull), fractions[0]!)]
    : range.map((interval, index) => formatFor(interval, fractions[index]!));
  const widest = formats.reduce((a, b) => (b.width > a.width ? b : a));
  if (widest.width > maxWidth) {
    throw userError(
      'too-wide',
      op.id,
      `an exact result needs ${widest.width} bits (${fractionBits(widest)} after the binary point), axoc handles ${maxWidth}`,
      'give the layers before it narrower result types',
    );
  }
  const far = formats.find(({ integer }) => Math.abs(integer) > maxInteger);
  if (far !== undefined) {
    throw userError(
      'too-wide',
      op.id,
      `an exact result has ${far.integer} bits before the binary point, axoc handles ${-maxInteger} to ${maxInteger}`,
      'give the layers before it types with the binary point nearer to the bits',
    );
  }
  return { shape, formats };
}
