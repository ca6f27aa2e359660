import { describe, expect, it } from 'vitest';
import { EventBuilder } from '../../../src/l1/synthesis/event-builder.js';
import { firesMenu } from '../../../src/l1/synthesis/menu.js';

const row = (event: EventBuilder, index: number): number[] => [...event.table.subarray(3 * index, 3 * index + 3)];
const jets = 21;
const muons = 13;

describe('EventBuilder', () => {
  it('quantises: half GeV downward, eta and phi to the nearest step', () => {
    const event = new EventBuilder();
    event.add('JET', 20.9, -1, 0.5);
    event.add('MUON', 5.2, 1, 0.9999);
    expect(row(event, jets)).toEqual([41, -23, 72]);
    expect(row(event, muons)).toEqual([10, 92, 0]);
  });

  it('orders by pt, keeps the hardest, and fills with zeros', () => {
    const event = new EventBuilder();
    for (const pt of [5, 30, 10, 20, 8, 1, 2, 3, 4]) event.add('MUON', pt, pt / 100, 0);
    expect(Array.from({ length: 8 }, (_, index) => event.table[3 * (muons + index)])).toEqual([
      60, 40, 20, 16, 10, 8, 6, 4,
    ]);
    expect(row(event, muons + 1)).toEqual([40, 18, 0]);
    expect(row(event, jets)).toEqual([0, 0, 0]);
    event.reset();
    event.add('MUON', 3, 0, 0);
    expect([row(event, muons), row(event, muons + 1)]).toEqual([
      [6, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('does not see what is too soft or too far forward, and saturates', () => {
    const event = new EventBuilder();
    event.add('MUON', 0.4, 0, 0);
    event.add('MUON', 10, 2.8, 0);
    expect(row(event, muons)).toEqual([0, 0, 0]);
    event.add('MUON', 400, 0, 0);
    expect(row(event, muons)).toEqual([511, 0, 0]);
  });

  it('sums energies: HT of hard, central jets, MET against all of them', () => {
    const event = new EventBuilder();
    event.addBalanced('JET', 40, 1, 0.25);
    event.addBalanced('JET', 35, 3, 0.5);
    event.addBalanced('JET', 20, 0, 0.25);
    event.finish();
    expect([event.et, event.ht]).toEqual([190, 80]);
    // 60 GeV up, 35 to the left: missing 69.46 GeV at -59.7 degrees, 300.3 / 360 of a turn.
    expect(row(event, 0)).toEqual([138, 0, 120]);
  });
});

describe('the menu', () => {
  const fires = (fill: (event: EventBuilder) => void): boolean => {
    const event = new EventBuilder();
    fill(event);
    event.finish();
    return firesMenu(event);
  };

  it('has sharp thresholds, in eta too', () => {
    expect(fires(() => {})).toBe(false);
    expect(fires((event) => event.add('MUON', 22, 1, 0))).toBe(true);
    expect(fires((event) => event.add('MUON', 21.9, 1, 0))).toBe(false);
    expect(fires((event) => event.add('EGAMMA', 32, 2.4, 0))).toBe(true);
    expect(fires((event) => event.add('EGAMMA', 60, 2.7, 0))).toBe(false);
    expect(fires((event) => event.add('JET', 179.9, 0, 0))).toBe(false);
    expect(fires((event) => event.add('JET', 180, 0, 0))).toBe(true);
  });

  it('counts objects for seeds of several, softer ones for later thresholds', () => {
    const withMuons = (...pts: readonly number[]) =>
      fires((event) => {
        for (const pt of pts) event.add('MUON', pt, 0, 0);
      });
    expect(withMuons(15, 7)).toBe(true);
    expect(withMuons(15, 6.5)).toBe(false);
    expect(withMuons(5, 3, 3)).toBe(true);
    expect(withMuons(5, 3, 2.5)).toBe(false);
    // The forward muon does not count, the next one does.
    const forward = (pt: number) =>
      fires((event) => {
        event.add('MUON', 21, 2.6, 0);
        event.add('MUON', pt, 0, 0);
      });
    expect([forward(21.5), forward(22)]).toEqual([false, true]);
  });

  it('knows HT and MET', () => {
    const spread = (pt: number) =>
      fires((event) => {
        for (const phi of [0, 0.25, 0.5, 0.75]) event.addBalanced('JET', pt, 0, phi);
      });
    expect([spread(60), spread(90)]).toEqual([false, true]);
    const oneSided = (pt: number) => fires((event) => event.addBalanced('JET', pt, 3, 0));
    expect([oneSided(89), oneSided(91)]).toEqual([false, true]);
  });
});
