/** What generated C++ cannot express or public simulation headers cannot run: refused before anything is printed. */
import { AxocError, type Diagnostic } from '../../base/diagnostic.js';
import { dropsMoreThanAll } from '../../fixed/cast.js';
import { maxWidth, printFormat } from '../../fixed/format.js';
import { elementCount, formatAt } from '../../ir/op.js';
import type { Design } from './design.js';

/** @throws AxocError (internal) listing every breach; the passes leave none */
export function validateForHls(design: Design): void {
  const found: Diagnostic[] = [];
  for (const { op, format } of design.variables.values()) {
    if (format.width > maxWidth) {
      found.push({
        code: 'hls-too-wide',
        place: op.id,
        message: `its array needs elements of ${format.width} bits, ${maxWidth} are possible`,
      });
    }
    if (op.kind !== 'cast') continue;
    const from = design.variables.get(op.operand)!.format;
    const cast = Array.from({ length: elementCount(op.type) }, (_, index) => formatAt(op.type, index)).find((to) =>
      dropsMoreThanAll(from, to),
    );
    if (cast !== undefined) {
      found.push({
        code: 'hls-cast',
        place: op.id,
        message: `the cast from ${printFormat(from)} to ${printFormat(cast)} drops more bits than its source has`,
      });
    }
  }
  if (found.length > 0) throw new AxocError('internal', found);
}
