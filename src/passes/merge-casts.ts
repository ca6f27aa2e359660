/** Removes casts that change nothing and joins casts of casts where one has the same effect. */
import { fractionBits, sameValues } from '../fixed/format.js';
import { canOverflow, canRound } from '../fixed/interval.js';
import { type Ranges, rangesOf } from '../ir/intervals.js';
import { type Cast, formatAt, fractionAt, isNamed, type Op, opsById, type Program, withOperands } from '../ir/op.js';

export function mergeCasts(program: Program): Program {
  // Idle casts go first: joined with the cast before it, an idle cast would become a second copy of that cast.
  return withoutIdleCasts(withJoinedCasts(withoutIdleCasts(program)));
}

/** Lets a cast read past a cast before it that loses nothing, or that only truncates as it does itself. */
function withJoinedCasts(program: Program): Program {
  const ranges = rangesOf(program);
  const ops = new Map<string, Op>();
  for (const op of program.ops) {
    const inner = op.kind === 'cast' ? ops.get(op.operand)! : undefined;
    const joins = op.kind === 'cast' && inner?.kind === 'cast' && canSkip(inner, op, ops, ranges);
    ops.set(op.id, joins ? { ...op, operand: inner.operand } : op);
  }
  return { ...program, ops: [...ops.values()] };
}

function canSkip(inner: Cast, outer: Cast, ops: ReadonlyMap<string, Op>, ranges: Ranges): boolean {
  const source = ops.get(inner.operand)!;
  return ranges.get(source.id)!.every((range, index) => {
    const fraction = fractionAt(source.type, index);
    const to = formatAt(inner.type, index);
    const final = formatAt(outer.type, index);
    if (canOverflow(range, fraction, to)) return false;
    const truncatesTwice =
      to.rounding === 'AP_TRN' && final.rounding === 'AP_TRN' && fractionBits(final) <= fractionBits(to);
    return truncatesTwice || !canRound(range, fraction, to);
  });
}

/** Drops a cast whose result has the type and the value of its operand; a name moves to the operand. */
function withoutIdleCasts(program: Program): Program {
  const ops = opsById(program);
  const ranges = rangesOf(program);
  const renamed = new Map<string, string>();
  const dropped = new Set<string>();
  for (const op of program.ops) {
    if (op.kind !== 'cast' || !isIdle(op, ops.get(op.operand)!, ranges)) continue;
    const operand = ops.get(op.operand)!;
    if (!isNamed(op)) renamed.set(op.id, finalName(op.operand, renamed));
    else if (!isNamed(operand) && !renamed.has(operand.id)) renamed.set(operand.id, op.id);
    else continue;
    dropped.add(op.id);
  }
  const rename = (id: string): string => finalName(id, renamed);
  const kept = program.ops.filter((op) => !dropped.has(op.id));
  return { ...program, ops: kept.map((op) => ({ ...withOperands(op, rename), id: rename(op.id) })) };
}

function isIdle(cast: Cast, operand: Op, ranges: Ranges): boolean {
  return ranges.get(operand.id)!.every((range, index) => {
    const from = formatAt(operand.type, index);
    const to = formatAt(cast.type, index);
    return sameValues(from, to) && !canOverflow(range, fractionBits(from), to);
  });
}

function finalName(id: string, renamed: ReadonlyMap<string, string>): string {
  const next = renamed.get(id);
  return next === undefined ? id : finalName(next, renamed);
}
