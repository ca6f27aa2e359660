/** What the types of a network can lose without anybody having asked for it: high bits in casts that wrap, digits of constants. */
import type { Diagnostic } from '../base/diagnostic.js';
import { castRaw } from '../fixed/cast.js';
import { toDecimal } from '../fixed/dyadic.js';
import { type Format, fractionBits, maxRaw, minRaw, printFormat } from '../fixed/format.js';
import { canOverflow, hull, type Interval, roundedInterval } from '../fixed/interval.js';
import { rangesOf } from '../ir/intervals.js';
import { type Cast, type Constant, formatAt, fractionAt, layerOf, opsById, type TensorType } from '../ir/op.js';
import type { Lowered } from './lower.js';

/** A warning and the cast it is about. */
export interface Warning extends Diagnostic {
  readonly cast: string;
}

/** Warnings about a lowered network, in its order; `source` is the description's file name. */
export function warningsOf({ program, names, places }: Lowered, source: string): readonly Warning[] {
  const ops = opsById(program);
  const ranges = rangesOf(program);
  const warnings = program.ops.flatMap((op) => {
    if (op.kind !== 'cast') return [];
    const operand = ops.get(op.operand)!;
    const layer = layerOf(op.id);
    const place = `${source}: ${keyOf(op.id, places.get(layer)!, ops.has(`${layer}.result`))}`;
    const subject = `${names.get(layer)}: the ${partOf(op.id)}`;
    return operand.kind === 'constant'
      ? constantLoss(op, operand, place, subject)
      : wrapAround(op, operand.type, ranges.get(operand.id)!, place, subject);
  });
  return firstOfEach(warnings);
}

/** A sum lowered step by step meets the same loss at every step: the first tells it. */
function firstOfEach(warnings: readonly Warning[]): readonly Warning[] {
  const byPlace = new Map<string, Warning>();
  for (const warning of warnings) {
    const key = `${warning.code} ${warning.place}`;
    if (!byPlace.has(key)) byPlace.set(key, warning);
  }
  return [...byPlace.values()];
}

/** A constant whose value its type changes, whatever the mode: nobody wants that. */
function constantLoss(cast: Cast, constant: Constant, place: string, subject: string): Warning[] {
  const changed = constant.raws.flatMap((raw, index) => {
    const fraction = fractionAt(constant.type, index);
    const to = formatAt(cast.type, index);
    const result = castRaw(raw, fraction, to);
    const before = toDecimal(raw, fraction);
    const after = toDecimal(result, fractionBits(to));
    return before === after ? [] : [`[${index}] ${before} becomes ${after}`];
  });
  if (changed.length === 0) return [];
  const more = changed.length > 4 ? `, and ${changed.length - 4} more` : '';
  return [
    {
      cast: cast.id,
      code: 'constant-changed',
      place,
      message: `${subject} does not fit ${printFormat(cast.type.formats[0]!)}: ${changed.slice(0, 4).join(', ')}${more}`,
      hint: 'the network computes with the changed value; if that is not what was trained, give the type more bits',
    },
  ];
}

/** A cast that can drop high bits silently: wrap-around, or zero in place of what is out of range. */
function wrapAround(
  cast: Cast,
  from: TensorType,
  ranges: readonly Interval[],
  place: string,
  subject: string,
): Warning[] {
  const lossy = ranges.flatMap((range, index) => {
    const to = formatAt(cast.type, index);
    const isSilent = to.overflow === 'AP_WRAP' || to.overflow === 'AP_SAT_ZERO';
    return isSilent && canOverflow(range, fractionAt(from, index), to)
      ? [{ index, to, range: roundedInterval(range, fractionAt(from, index), to) }]
      : [];
  });
  const [first] = lossy;
  if (first === undefined) return [];
  const { to } = first;
  const reach = lossy.map(({ range }) => range).reduce(hull);
  const count = ranges.length === 1 ? '' : ` in ${lossy.length} of ${ranges.length} elements, first [${first.index}]`;
  const decimal = (raw: bigint): string => toDecimal(raw, fractionBits(to));
  return [
    {
      cast: cast.id,
      code: to.overflow === 'AP_WRAP' ? 'can-wrap' : 'can-vanish',
      place,
      message: `${subject} can reach ${decimal(reach.low)} to ${decimal(reach.high)}${count}; ${triggers(reach, to, decimal)} ${
        to.overflow === 'AP_WRAP' ? 'wrap around' : 'become 0'
      } in ${printFormat(to)}`,
      hint: `give the type more integer bits, or AP_SAT to clamp`,
    },
  ];
}

/** The values out of range, in words. */
function triggers(reach: Interval, to: Format, decimal: (raw: bigint) => string): string {
  const below = reach.low < minRaw(to) ? [`below ${decimal(minRaw(to))}`] : [];
  const above = reach.high > maxRaw(to) ? [`above ${decimal(maxRaw(to))}`] : [];
  return `values ${[...below, ...above].join(' or ')}`;
}

/** What a cast is for, in words. */
function partOf(id: string): string {
  const part = id.split('.').at(-1)!;
  if (part === id) return 'result';
  switch (part) {
    case 'addends':
      return 'product in the accumulator';
    case 'start':
      return 'bias in the accumulator';
    case 'products':
      return 'square';
    case 'difference':
      return 'difference';
    case 'shifted':
    case 'scaled':
      return 'shifted difference';
    default:
      return part;
  }
}

/** The key of the description that gives a cast its type. */
function keyOf(id: string, place: string, hasLastCast: boolean): string {
  const part = id.split('.').at(-1)!;
  const isInput = place === '';
  if (part === id) return isInput ? 'input_format' : hasLastCast ? `${place}.then` : `${place}.result_format`;
  if (isInput) return part === 'offset' ? 'offset_format' : part === 'scaled' ? 'scaled_format' : 'hardware_format';
  switch (part) {
    case 'products':
      return `${place}.product_format`;
    case 'difference':
      return `${place}.difference_format`;
    case 'result':
      return `${place}.result_format`;
    default:
      return `${place}.accum_format`;
  }
}
