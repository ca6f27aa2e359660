/** Events and objects at the upper end of the hardware's scale: their energies are lower bounds, not values. */
import { type EventBlock, keepRows } from './event-block.js';
import { etLimit, objectScales } from './objects.js';
import type { SaturationMode } from './options.js';
import type { SelectedObject } from './selection.js';

export interface SaturationCounts {
  /** Events left out because ET is saturated. */
  readonly droppedByEt: number;
  /** Events left out because an object is (mode `drop`). */
  readonly droppedByObject: number;
  /** Objects that became (0, 0, 0) (mode `mask`), in events that were kept. */
  readonly maskedObjects: number;
}

/** Changes the block it is given. */
export function removeSaturated(
  block: EventBlock,
  selection: readonly SelectedObject[],
  mode: SaturationMode,
): { readonly block: EventBlock; readonly counts: SaturationCounts } {
  const limits = Int32Array.from(selection, ({ kind }) => objectScales[kind].ptLimit);
  const { objects, et } = block;
  const width = 3 * limits.length;
  const kept = new Int32Array(block.count);
  let [count, droppedByEt, droppedByObject, maskedObjects] = [0, 0, 0, 0];
  for (let event = 0; event < block.count; event++) {
    if (et[event]! >= etLimit) {
      droppedByEt++;
      continue;
    }
    const found = saturatedObjects(objects, event * width, limits, mode);
    if (found > 0 && mode === 'drop') {
      droppedByObject++;
      continue;
    }
    maskedObjects += found;
    kept[count++] = event;
  }
  return {
    block: keepEvents(block, kept.subarray(0, count), width),
    counts: { droppedByEt, droppedByObject, maskedObjects },
  };
}

function saturatedObjects(objects: Int16Array, start: number, limits: Int32Array, mode: SaturationMode): number {
  let found = 0;
  for (let object = 0; object < limits.length; object++) {
    const at = start + 3 * object;
    if (objects[at]! < limits[object]!) continue;
    found++;
    if (mode === 'mask') objects.fill(0, at, at + 3);
  }
  return found;
}

function keepEvents(block: EventBlock, kept: Int32Array, width: number): EventBlock {
  if (kept.length === block.count) return block;
  return {
    count: kept.length,
    objects: keepRows(block.objects, kept, width),
    et: keepRows(block.et, kept, 1),
    ht: keepRows(block.ht, kept, 1),
    ...(block.pileup === undefined ? {} : { pileup: keepRows(block.pileup, kept, 1) }),
    ...(block.level1 === undefined ? {} : { level1: keepRows(block.level1, kept, 1) }),
  };
}
