/**
 * Gives every value the narrowest format that holds its proven interval; inputs and outputs keep their types, and so does
 * the index of a lookup that would otherwise count in units larger than 1.
 */
import { type Format, fractionBits, makeFormat } from '../fixed/format.js';
import { canOverflow, canRound, formatFor, hull, type Interval } from '../fixed/interval.js';
import { compacted } from '../fixed/table.js';
import { deriveType } from '../ir/derive.js';
import type { Elements } from '../ir/evaluate.js';
import { rangeOf } from '../ir/intervals.js';
import {
  type Cast,
  type Constant,
  elementCount,
  formatAt,
  fractionAt,
  type Op,
  operandsOf,
  type Program,
  type TensorType,
} from '../ir/op.js';

export function narrowFormats(program: Program): Program {
  const ops = new Map<string, Op>();
  const ranges = new Map<string, Elements<Interval>>();
  const outputs = new Set(program.outputs);
  const indices = new Set(program.ops.flatMap((op) => (op.kind === 'lookup' ? [op.operand] : [])));
  for (const op of program.ops) {
    const narrowed = outputs.has(op.id) ? op : narrowedOp(op, ops, ranges);
    const kept =
      indices.has(op.id) && narrowed.type.formats.some((format) => fractionBits(format) !== 0) ? op : narrowed;
    ops.set(op.id, kept);
    ranges.set(op.id, rangeOf(kept, ops, ranges));
  }
  return { ...program, ops: [...ops.values()] };
}

function narrowedOp(op: Op, ops: ReadonlyMap<string, Op>, ranges: ReadonlyMap<string, Elements<Interval>>): Op {
  switch (op.kind) {
    case 'input':
      return op;
    case 'constant':
      return narrowedConstant(op);
    case 'cast':
      return narrowedCast(op, ops.get(op.operand)!.type, ranges.get(op.operand)!, rangeOf(op, ops, ranges));
    default:
      return {
        ...op,
        type: deriveType(
          op,
          ops,
          ranges,
          operandsOf(op).map((id) => ops.get(id)!.type),
        ),
      };
  }
}

/** One format for all elements, without trailing zeros that all of them have. */
function narrowedConstant(op: Constant): Constant {
  if (op.type.formats.length > 1) return op;
  const { raws, format } = compacted({ shape: op.type.shape, format: op.type.formats[0]!, raws: op.raws });
  return { ...op, raws, type: { shape: op.type.shape, formats: [format] } };
}

/** Drops what a cast cannot do: overflow it never meets, rounding that never happens, bits that are never set. */
function narrowedCast(op: Cast, from: TensorType, given: readonly Interval[], result: readonly Interval[]): Cast {
  const elements = Array.from({ length: elementCount(op.type) }, (_, index) => index);
  const narrow = (to: Format, indices: readonly number[]): Format => {
    const rounds = indices.some((index) => canRound(given[index]!, fractionAt(from, index), to));
    const rounding = rounds ? to.rounding : 'AP_TRN';
    if (indices.some((index) => canOverflow(given[index]!, fractionAt(from, index), to))) return { ...to, rounding };
    const fraction = Math.min(fractionBits(to), Math.max(...indices.map((index) => fractionAt(from, index))));
    const { low, high } = indices.map((index) => result[index]!).reduce(hull);
    const unset = BigInt(fractionBits(to) - fraction);
    const { signed, width, integer } = formatFor({ low: low >> unset, high: high >> unset }, fraction);
    return makeFormat(signed, width, integer, rounding);
  };
  const formats =
    op.type.formats.length === 1
      ? [narrow(op.type.formats[0]!, elements)]
      : elements.map((index) => narrow(formatAt(op.type, index), [index]));
  return { ...op, type: { shape: op.type.shape, formats } };
}
