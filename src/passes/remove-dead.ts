/** Removes operations that no output and no named value needs. */
import { isNamed, operandsOf, type Program } from '../ir/op.js';

export function removeDead(program: Program): Program {
  const needed = new Set<string>(program.outputs);
  for (const op of program.ops.toReversed()) {
    if (!needed.has(op.id) && !isNamed(op)) continue;
    for (const operand of operandsOf(op)) needed.add(operand);
  }
  return { ...program, ops: program.ops.filter((op) => needed.has(op.id) || isNamed(op)) };
}
