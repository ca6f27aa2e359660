/** Replaces operations whose every element is proved to be one number by constants. */
import { withoutModes } from '../fixed/format.js';
import { isPoint } from '../fixed/interval.js';
import { rangesOf } from '../ir/intervals.js';
import type { Op, Program } from '../ir/op.js';

export function foldConstants(program: Program): Program {
  const ranges = rangesOf(program);
  const fold = (op: Op): Op => {
    const range = ranges.get(op.id)!;
    if (op.kind === 'input' || op.kind === 'constant' || !range.every(isPoint)) return op;
    const formats = op.type.formats.map(withoutModes);
    return { id: op.id, kind: 'constant', raws: range.map(({ low }) => low), type: { shape: op.type.shape, formats } };
  };
  return { ...program, ops: program.ops.map(fold) };
}
