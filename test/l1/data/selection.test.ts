import { describe, expect, it } from 'vitest';
import { defaultReadOptions } from '../../../src/l1/data/options.js';
import { selectObjects } from '../../../src/l1/data/selection.js';
import { messageOf } from '../../base/thrown.js';

const { objectRanges, constituents } = defaultReadOptions;

describe('selectObjects', () => {
  it('takes 19 objects of 33 rows by default: MET, e/gamma, muons, jets', () => {
    const selected = selectObjects(defaultReadOptions, 'BACKGROUND');
    expect(selected.map(({ row }) => row)).toEqual([
      0,
      1,
      2,
      3,
      4,
      13,
      14,
      15,
      16,
      ...Array.from({ length: 10 }, (_, n) => 21 + n),
    ]);
    expect(selected[5]).toEqual({ kind: 'MUON', ordinal: 0, row: 13 });
  });

  it('takes what the masks choose, from where the ranges say', () => {
    const selected = selectObjects(
      {
        objectRanges: { met: 9, egs: [0, 2], muons: [2, 4], jets: [4, 7] },
        constituents: { MET: [false], EGAMMA: [false, true], MUON: [true, false], JET: [true, false, true] },
      },
      'BACKGROUND',
    );
    expect(selected).toEqual([
      { kind: 'EGAMMA', ordinal: 1, row: 1 },
      { kind: 'MUON', ordinal: 0, row: 2 },
      { kind: 'JET', ordinal: 0, row: 4 },
      { kind: 'JET', ordinal: 2, row: 6 },
    ]);
  });

  it('tells all that is wrong', () => {
    const { met: _, ...noMet } = objectRanges;
    expect(messageOf(() => selectObjects({ objectRanges: { ...noMet, mett: 0 }, constituents }, 'BACKGROUND'))).toBe(
      'error[object-selection]: BACKGROUND: object_ranges.mett: there is no such kind of object\n  help: did you mean "met"?\n' +
        'error[object-selection]: BACKGROUND: object_ranges.met: is missing',
    );
    expect(
      messageOf(() => selectObjects({ objectRanges, constituents: { ...constituents, MUON: [true, true] } }, 'SIGNAL')),
    ).toBe(
      'error[object-selection]: SIGNAL: constituents.MUON: has 2 entries for 8 rows of object_ranges.muons\n  help: give one true or false for each row',
    );
  });
});
