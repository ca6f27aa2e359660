/**
 * A cast as QONNX has it: a Quant node, which rounds and saturates. The rest is standard operators around it:
 *
 * | mode | written as |
 * |---|---|
 * | AP_TRN, AP_TRN_ZERO | FLOOR, DOWN |
 * | AP_RND_CONV, AP_RND_INF, AP_RND_ZERO | ROUND, HALF_UP, HALF_DOWN (both by magnitude) |
 * | AP_RND, AP_RND_MIN_INF | half a unit added, FLOOR; half a unit subtracted, CEIL |
 * | AP_SAT, AP_SAT_SYM | Quant saturates; `narrow` leaves out the lowest code |
 * | AP_WRAP, AP_SAT_ZERO | where the range cannot be left: nothing; else a remainder, or zero outside |
 */
import { internalError } from '../../base/diagnostic.js';
import { lowestKept } from '../../fixed/cast.js';
import { toDouble } from '../../fixed/dyadic.js';
import { type Format, fractionBits, maxRaw, minRaw, type Rounding } from '../../fixed/format.js';
import { canOverflow, canRound, formatFor, hull, type Interval, roundedInterval } from '../../fixed/interval.js';
import { fractionAt, type TensorType } from '../../ir/op.js';
import { int } from '../../onnx/model.js';
import { typeCode } from '../../onnx/schema.js';
import type { QonnxDraft, QuantGrid, QuantRounding } from './qonnx-draft.js';

/** What is known of the operand: intervals of its elements in raw integers of `type`. */
export interface CastOperand {
  readonly name: string;
  readonly type: TensorType;
  readonly range: readonly Interval[];
}

/** What a cast can do to its operand. */
export interface CastLoss {
  readonly rounds: boolean;
  readonly overflows: boolean;
}

export function lossOf({ type, range }: CastOperand, to: Format): CastLoss {
  return {
    rounds: range.some((interval, index) => canRound(interval, fractionAt(type, index), to)),
    overflows: range.some((interval, index) => canOverflow(interval, fractionAt(type, index), to)),
  };
}

/** The only format of a type: in a lowered network all elements of a cast's result have the same. */
export function onlyFormat(type: TensorType): Format {
  if (type.formats.length !== 1) throw internalError('qonnx', 'a cast gives each element a format of its own');
  return type.formats[0]!;
}

export function emitQuant(draft: QonnxDraft, x: CastOperand, to: Format): string {
  const { rounds, overflows } = lossOf(x, to);
  const [source, rounding] = rounds ? emitHalf(draft, x.name, to) : [x.name, roundingOf(to.rounding) ?? 'ROUND'];
  const target = gridOf(to);
  if (!overflows) return draft.quant(source, target, rounding);
  switch (to.overflow) {
    case 'AP_SAT':
    case 'AP_SAT_SYM':
      if (isBipolar(to))
        return draft.quant(emitClip(draft, emitRounded(draft, x, source, rounding, to), to), target, 'ROUND');
      return draft.quant(source, target, rounding);
    case 'AP_WRAP':
      return draft.quant(emitWrap(draft, emitRounded(draft, x, source, rounding, to), to), target, 'ROUND');
    case 'AP_SAT_ZERO': {
      const whole = emitRounded(draft, x, source, rounding, to);
      const isInside = draft.node('Equal', [whole, emitClip(draft, whole, to)]);
      const kept = draft.node('Mul', [whole, draft.node('Cast', [isInside], { to: int(typeCode.float32) })]);
      return draft.quant(kept, target, 'ROUND');
    }
  }
}

/** One signed bit is -1 or 1 in QONNX; ours is -1 or 0, which is written as two bits. */
function isBipolar({ signed, width }: Format): boolean {
  return signed && width === 1;
}

function gridOf(to: Format): QuantGrid {
  const narrow = lowestKept(to) !== minRaw(to);
  return { signed: to.signed, bits: isBipolar(to) ? 2 : to.width, fraction: fractionBits(to), narrow };
}

/** @returns undefined for the modes that take half a unit first */
function roundingOf(mode: Rounding): QuantRounding | undefined {
  switch (mode) {
    case 'AP_TRN':
      return 'FLOOR';
    case 'AP_TRN_ZERO':
      return 'DOWN';
    case 'AP_RND_CONV':
      return 'ROUND';
    case 'AP_RND_INF':
      return 'HALF_UP';
    case 'AP_RND_ZERO':
      return 'HALF_DOWN';
    case 'AP_RND':
    case 'AP_RND_MIN_INF':
      return undefined;
  }
}

/** The value to be rounded, and how. */
function emitHalf(draft: QonnxDraft, x: string, to: Format): readonly [string, QuantRounding] {
  const rounding = roundingOf(to.rounding);
  if (rounding !== undefined) return [x, rounding];
  const half = draft.number(2 ** -(fractionBits(to) + 1));
  return to.rounding === 'AP_RND' ? [draft.node('Add', [x, half]), 'FLOOR'] : [draft.node('Sub', [x, half]), 'CEIL'];
}

/** Rounded to the grid of `to`, in as many bits as that takes. */
function emitRounded(draft: QonnxDraft, x: CastOperand, source: string, rounding: QuantRounding, to: Format): string {
  const onGrid = x.range
    .map((interval, index) => roundedInterval(interval, fractionAt(x.type, index), to))
    .reduce(hull);
  const { signed, width } = formatFor(onGrid, fractionBits(to));
  return draft.quant(source, { signed, bits: Math.max(2, width), fraction: fractionBits(to), narrow: false }, rounding);
}

/** `x - 2^I * floor((x - lowest) * 2^-I)`, lowest the least number of the type: what wrap-around leaves. */
function emitWrap(draft: QonnxDraft, x: string, to: Format): string {
  const span = 2 ** (to.width - fractionBits(to));
  const lowest = toDouble(minRaw(to), fractionBits(to));
  const above = lowest === 0 ? x : draft.node('Sub', [x, draft.number(lowest)]);
  const turns = draft.node('Floor', [draft.node('Mul', [above, draft.number(1 / span)])]);
  return draft.node('Sub', [x, draft.node('Mul', [turns, draft.number(span)])]);
}

function emitClip(draft: QonnxDraft, x: string, to: Format): string {
  const end = (raw: bigint): string => draft.number(toDouble(raw, fractionBits(to)));
  return draft.node('Clip', [x, end(lowestKept(to)), end(maxRaw(to))]);
}
