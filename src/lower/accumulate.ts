/** Sums with an accumulator type: `acc = accum(acc + addend)` in ascending order, exactly as the hardware does it. */
import { type Format, fractionBits } from '../fixed/format.js';
import { addIntervals, canOverflow, type Interval, pointInterval, rescaledInterval } from '../fixed/interval.js';
import type { ProgramBuilder } from '../ir/builder.js';
import { fractionAt, sizeOf } from '../ir/op.js';

/** A sum over the first axis of `addends` [terms, ...outputs], starting from `start` or from 0. */
export interface Accumulation {
  /** Prefix of the ids it makes: `dense2.`. */
  readonly prefix: string;
  readonly addends: string;
  /** Already in the accumulator's format; of a shape that stretches to [...outputs] along all axes but the last. */
  readonly start?: string;
  readonly format: Format;
}

/**
 * Lowers an accumulation to the cheapest operations that give the same bits:
 * - one exact sum and one cast, where the accumulator only ever drops high bits (wrap-around commutes with sums) or where
 *   no partial sum can leave its range;
 * - otherwise step by step.
 * @returns the id of the sum, shape [...outputs], in the accumulator's format
 */
export function accumulate(builder: ProgramBuilder, accumulation: Accumulation): string {
  const onGrid = broughtOnGrid(builder, accumulation);
  if (onGrid !== undefined && sumsOnce(builder, { ...accumulation, addends: onGrid })) {
    const { prefix, start, format } = accumulation;
    const sum = builder.exact({ id: `${prefix}sum`, kind: 'sum', operand: onGrid, axis: 0 });
    const total =
      start === undefined ? sum : builder.exact({ id: `${prefix}total`, kind: 'add', left: sum, right: start });
    return builder.cast(`${prefix}accumulator`, total, [format]);
  }
  return stepByStep(builder, accumulation);
}

/**
 * The addends without fraction bits that the accumulator drops, if those can be dropped before the addition: an
 * accumulator on its own grid plus an addend rounds like the addend alone when the mode looks at nothing but the dropped
 * bits (not at the sign, not at the parity of the sum) and when overflow keeps the low bits.
 */
function broughtOnGrid(builder: ProgramBuilder, { prefix, addends, format }: Accumulation): string | undefined {
  const isOnGrid = builder.typeOf(addends).formats.every((addend) => fractionBits(addend) <= fractionBits(format));
  if (isOnGrid) return addends;
  const roundsAlone = ['AP_TRN', 'AP_RND', 'AP_RND_MIN_INF'].includes(format.rounding);
  return roundsAlone && format.overflow === 'AP_WRAP' ? builder.cast(`${prefix}addends`, addends, [format]) : undefined;
}

/** Whether one cast of the exact sum gives the accumulator's last value. */
function sumsOnce(builder: ProgramBuilder, accumulation: Accumulation): boolean {
  return accumulation.format.overflow === 'AP_WRAP' || staysInRange(builder, accumulation);
}

/** Whether no partial sum, from the start value on, can leave the accumulator's range. */
function staysInRange(builder: ProgramBuilder, { addends, start, format }: Accumulation): boolean {
  const fraction = fractionBits(format);
  const type = builder.typeOf(addends);
  const [terms, ...outputShape] = type.shape as readonly [number, ...number[]];
  const outputs = sizeOf(outputShape);
  const addendRanges = builder.rangeOf(addends);
  const startRanges = start === undefined ? undefined : builder.rangeOf(start);
  for (let output = 0; output < outputs; output++) {
    let partial: Interval = startRanges?.[output % startRanges.length] ?? pointInterval(0n);
    for (let term = 0; term < terms; term++) {
      const index = term * outputs + output;
      partial = addIntervals(partial, rescaledInterval(addendRanges[index]!, fractionAt(type, index), fraction));
      if (canOverflow(partial, fraction, format)) return false;
    }
  }
  return true;
}

function stepByStep(builder: ProgramBuilder, { prefix, addends, start, format }: Accumulation): string {
  const [terms, ...outputs] = builder.typeOf(addends).shape as readonly [number, ...number[]];
  const origin = outputs.map(() => 0);
  let accumulator = start;
  for (let term = 0; term < terms; term++) {
    const step = `${prefix}step_${term}`;
    const row = builder.exact({
      id: `${step}.row`,
      kind: 'slice',
      operand: addends,
      from: [term, ...origin],
      to: [term + 1, ...outputs],
    });
    const addend = builder.exact({ id: `${step}.addend`, kind: 'reshape', operand: row }, outputs);
    const sum =
      accumulator === undefined
        ? addend
        : builder.exact({ id: `${step}.sum`, kind: 'add', left: accumulator, right: addend });
    accumulator = builder.cast(`${step}.accumulator`, sum, [format]);
  }
  return accumulator!;
}
