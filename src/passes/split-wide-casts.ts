/**
 * Widens the source of casts that public ap_fixed headers cannot simulate: a rounding mode other than AP_TRN that drops
 * more bits than the source has makes them abort. With more integer bits in the source the same cast is unremarkable.
 */
import { dropsMoreThanAll } from '../fixed/cast.js';
import { type Format, fractionBits, makeFormat } from '../fixed/format.js';
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
  const widened = (isUniform ? [0] : indices).map((index) =>
    widenedFor(formatAt(from, index), formatAt(cast.type, index)),
  );
  const wide: Cast = {
    id: freeId(`${cast.id}.widened`, ops),
    kind: 'cast',
    operand: cast.operand,
    type: { shape: cast.type.shape, formats: widened },
  };
  return [wide, { ...cast, operand: wide.id }];
}

/** `id`, with a number behind it when that is taken: a program may be one that has been split before. */
function freeId(id: string, ops: ReadonlyMap<string, Op>): string {
  let free = id;
  for (let n = 2; ops.has(free); n++) free = `${id}_${n}`;
  return free;
}

/** The source format with as many integer bits as the cast needs. */
function widenedFor(from: Format, to: Format): Format {
  const width = dropsMoreThanAll(from, to) ? fractionBits(from) - fractionBits(to) : from.width;
  return makeFormat(from.signed, width, width - fractionBits(from));
}
