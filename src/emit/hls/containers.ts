/** The C++ element type of each array: one that holds every element's value, and every partial sum on the way to it. */
import { type Format, fractionBits, makeFormat } from '../../fixed/format.js';
import {
  addIntervals,
  formatFor,
  hull,
  type Interval,
  multiplyIntervals,
  pointInterval,
  rescaledInterval,
} from '../../fixed/interval.js';
import type { Ranges } from '../../ir/intervals.js';
import { tapsOf, weightFraction } from '../../ir/linear.js';
import { type Conv, type Dense, fractionAt, type Op, type Sum } from '../../ir/op.js';

/** The element type of the array that holds an operation's value. Casts of one format carry their modes in it. */
export function containerOf(op: Op, ops: ReadonlyMap<string, Op>, ranges: Ranges): Format {
  switch (op.kind) {
    case 'dense':
    case 'conv':
    case 'sum':
      return joined([op.type.formats[0]!, partialSumFormat(op, ops, ranges)]);
    default:
      return op.type.formats.length === 1 ? op.type.formats[0]! : joined(op.type.formats);
  }
}

/** The narrowest format that holds all values of all `formats`; it has no modes. */
export function joined(formats: readonly Format[]): Format {
  const fraction = Math.max(...formats.map(fractionBits));
  const signed = formats.some((format) => format.signed);
  const integer = Math.max(...formats.map((format) => format.integer + (signed && !format.signed ? 1 : 0)));
  return makeFormat(signed, Math.max(1, integer + fraction), Math.max(1, integer + fraction) - fraction);
}

/** What a running sum from 0, tap by tap in order, can reach. */
function partialSumFormat(op: Dense | Conv | Sum, ops: ReadonlyMap<string, Op>, ranges: Ranges): Format {
  const operand = ops.get(op.operand)!;
  const given = ranges.get(op.operand)!;
  const common = Math.max(...operand.type.formats.map(fractionBits));
  let reached: Interval = pointInterval(0n);
  for (const taps of tapsOf(op, operand.type.shape)) {
    let partial = pointInterval(0n);
    for (const { index, weight } of taps) {
      const aligned = rescaledInterval(given[index]!, fractionAt(operand.type, index), common);
      partial = addIntervals(partial, multiplyIntervals(aligned, pointInterval(weight)));
      reached = hull(reached, partial);
    }
  }
  return formatFor(reached, common + weightFraction(op));
}
