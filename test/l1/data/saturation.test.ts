import { describe, expect, it } from 'vitest';
import type { EventBlock } from '../../../src/l1/data/event-block.js';
import { defaultReadOptions } from '../../../src/l1/data/options.js';
import { removeSaturated } from '../../../src/l1/data/saturation.js';
import { selectObjects } from '../../../src/l1/data/selection.js';

const selection = selectObjects(defaultReadOptions, 'test');
const at = { MET: 0, EGAMMA: 1, MUON: 5, JET: 9 } as const;

/** Each event holds one object; ET in hardware units. */
function blockOf(events: readonly { object: number; pt: number; et?: number }[]): EventBlock {
  const objects = new Int16Array(events.length * 57);
  events.forEach(({ object, pt }, event) => {
    objects.set([pt, 3, 4], event * 57 + 3 * object);
  });
  return {
    count: events.length,
    objects,
    et: Float32Array.from(events, ({ et = 100 }) => et),
    ht: Float32Array.from(events, (_, event) => event),
    pileup: Float32Array.from(events, (_, event) => 10 * event),
    level1: Uint8Array.from(events, (_, event) => event % 2),
  };
}

const edges = [
  { object: at.MET, pt: 4094 },
  { object: at.MET, pt: 4095 },
  { object: at.EGAMMA + 3, pt: 510 },
  { object: at.EGAMMA + 3, pt: 511 },
  { object: at.MUON, pt: 510 },
  { object: at.MUON, pt: 511 },
  { object: at.JET + 9, pt: 2046 },
  { object: at.JET + 9, pt: 2047 },
] as const;

const ptsOf = ({ objects, count }: EventBlock): number[] =>
  Array.from({ length: count }, (_, event) => Math.max(...objects.subarray(event * 57, (event + 1) * 57)));

describe('removeSaturated', () => {
  it('mask: makes objects at their limit (0, 0, 0) and keeps their events', () => {
    const { block, counts } = removeSaturated(blockOf(edges), selection, 'mask');
    expect(ptsOf(block)).toEqual([4094, 0, 510, 0, 510, 0, 2046, 0]);
    expect(counts).toEqual({ droppedByEt: 0, droppedByObject: 0, maskedObjects: 4 });
  });

  it('drop: leaves their events out, of every column', () => {
    const { block, counts } = removeSaturated(blockOf(edges), selection, 'drop');
    expect(ptsOf(block)).toEqual([4094, 510, 510, 2046]);
    expect([...block.ht]).toEqual([0, 2, 4, 6]);
    expect([...block.pileup!]).toEqual([0, 20, 40, 60]);
    expect([...block.level1!]).toEqual([0, 0, 0, 0]);
    expect([block.count, block.et.length]).toEqual([4, 4]);
    expect(counts).toEqual({ droppedByEt: 0, droppedByObject: 4, maskedObjects: 0 });
  });

  it.each(['mask', 'drop'] as const)('%s: leaves events out whose ET is at its limit', (mode) => {
    const events = [
      { object: at.JET, pt: 10, et: 4094 },
      { object: at.JET, pt: 2047, et: 4095 },
      { object: at.JET, pt: 11, et: 4096 },
      { object: at.JET, pt: 12 },
    ];
    const { block, counts } = removeSaturated(blockOf(events), selection, mode);
    expect(ptsOf(block)).toEqual([10, 12]);
    expect(counts).toEqual({ droppedByEt: 2, droppedByObject: 0, maskedObjects: 0 });
  });
});
