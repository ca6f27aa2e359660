/** Events whose objects are not ordered as the trigger gives them: a harder one behind a softer one of its kind. */
import type { EventBlock } from './event-block.js';
import type { SelectedObject } from './selection.js';

/** How many events have one. A network learns places, and firmware fills them in the order of pt. */
export function countUnordered({ objects, count }: EventBlock, selection: readonly SelectedObject[]): number {
  const pairs = selection.flatMap(({ kind }, index) => (selection[index - 1]?.kind === kind ? [index] : []));
  let unordered = 0;
  for (let event = 0; event < count; event++) {
    const start = event * selection.length;
    if (pairs.some((index) => objects[3 * (start + index)]! > objects[3 * (start + index - 1)]!)) unordered++;
  }
  return unordered;
}
