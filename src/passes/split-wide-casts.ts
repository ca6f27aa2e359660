/**
 * Splits casts that public ap_fixed headers cannot simulate: a rounding mode other than AP_TRN that drops more bits than
 * the source has makes them abort. Such a value lies within a quarter of the result's unit below 0 or a half above it, and
 * rounds to 0 whatever the mode; truncated to a multiple of a quarter it still does, and the same cast is unremarkable.
 */
import { dropsMoreThanAll } from '../fixed/cast.js';
import { type Format, fractionBits, makeFormat, withoutModes } from '../fixed/format.js';
import { type Cast, elementCount, formatAt, type Op, opsById, type Program } from '../ir/op.js';

export function splitWideCasts(program: Program): Program {
  const ops = opsById(program);
  return {
    ...program,
    ops: program.ops.flatMap((op) => (op.kind === 'cast' ? split(op, ops) : [op])),
  };
}

function split(cast: Cast, ops: ReadonlyMap<string, Op>): Op[] {
  const from = ops.get(cast.operand)!.type;
  const indices = Array.from({ length: elementCount(cast.type) }, (_, index) => index);
  if (!indices.some((index) => dropsMoreThanAll(formatAt(from, index), formatAt(cast.type, index)))) return [cast];
  const isUniform = from.formats.length === 1 && cast.type.formats.length === 1;
  const formats = (isUniform ? [0] : indices).map((index) =>
    truncatedFor(formatAt(from, index), formatAt(cast.type, index)),
  );
  const truncated: Cast = {
    id: freeId(`${cast.id}.truncated`, ops),
    kind: 'cast',
    operand: cast.operand,
    type: { shape: cast.type.shape, formats },
  };
  return [truncated, { ...cast, operand: truncated.id }];
}

/** `id`, with a number behind it when that is taken: a program may be one that has been split before. */
function freeId(id: string, ops: ReadonlyMap<string, Op>): string {
  let free = id;
  for (let n = 2; ops.has(free); n++) free = `${id}_${n}`;
  return free;
}

/** -1 to 3/4 of the result's unit in quarters, where the cast drops too much; else the source's own values. */
function truncatedFor(from: Format, to: Format): Format {
  return dropsMoreThanAll(from, to) ? makeFormat(true, 3, 1 - fractionBits(to)) : withoutModes(from);
}
