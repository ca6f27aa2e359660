/** The synthetic set: reproducible, labelled, ordered, in range, and roughly like the trigger's own events. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { withHdf5File } from '../../../src/data/hdf5/file.js';
import { inspectEvents, type SourceInspection } from '../../../src/l1/data/inspect.js';
import { synthesise } from '../../../src/l1/synthesis/synthesise.js';
import { workDirectory } from '../data/event-files.js';

const inWork = workDirectory();
const counts = { background: 40_000, signal: 3000 };
let background: SourceInspection;
let signals: Readonly<Record<string, SourceInspection>>;
let label: string | undefined;

beforeAll(async () => {
  const made = await synthesise({ out: inWork('set'), ...counts, seed: 1 });
  const inspected = await inspectEvents(made.background);
  label = inspected.synthetic;
  background = inspected.sources[0]!;
  signals = Object.fromEntries((await inspectEvents(made.signals)).sources.map((source) => [source.name, source]));
});

const object = ({ objects }: SourceInspection, name: string) => objects.find((one) => one.name === name)!;

describe('synthesise', () => {
  it('gives the same bytes for a seed, others for another', async () => {
    const bytes = async (out: string, seed: number): Promise<Buffer[]> => {
      const made = await synthesise({ out: inWork(out), background: 5000, signal: 300, seed });
      return [made.background, made.signals].map((file) => readFileSync(file));
    };
    const [first, again, other] = [await bytes('a', 7), await bytes('b', 7), await bytes('c', 8)];
    expect(first.map((file, index) => file.equals(again[index]!))).toEqual([true, true]);
    expect(first.map((file, index) => file.equals(other[index]!))).toEqual([false, false]);
  });

  it('begins a larger set with the same events', async () => {
    const table = (file: string) => withHdf5File(file, (h5) => h5.dataset('full_data_cyl').read(0, 1000));
    const small = await synthesise({ out: inWork('small'), background: 1000, signal: 1, seed: 3 });
    const large = await synthesise({ out: inWork('large'), background: 9000, signal: 1, seed: 3 });
    expect(await table(small.background)).toEqual(await table(large.background));
  });

  it('says that it is synthetic', () => {
    expect(label).toBe('axoc data synthesise, seed 1: not measured, not simulated');
    expect(path.basename(inWork('set'))).toBe('set');
  });
});

describe('the events', () => {
  it('are ordered by pt and stay in the fields of the hardware', () => {
    for (const source of [background, ...Object.values(signals)]) {
      expect(source.unordered).toBe(0);
      for (const { name, pt, eta, phi } of source.objects) {
        const limit = name === 'MET' ? 4095 : name.startsWith('JET') ? 2047 : 511;
        expect(pt.low >= 0 && pt.high <= limit, name).toBe(true);
        expect(Math.max(-eta.low, eta.high) <= (name.startsWith('MUON') ? 221 : 127), name).toBe(true);
        expect(phi.low >= 0 && phi.high < (name.startsWith('MUON') ? 576 : 144), name).toBe(true);
      }
    }
  });

  it('have pile-up of 50, soft jets and e/gammas, few muons, and MET of a few ten GeV', () => {
    expect(Math.abs(background.pileup! - 50)).toBeLessThan(0.3);
    expect(object(background, 'JET 1').occupancy).toBeGreaterThan(0.99);
    expect(object(background, 'JET 10').occupancy).toBeGreaterThan(0.3);
    expect(object(background, 'JET 10').occupancy).toBeLessThan(0.7);
    expect(object(background, 'EGAMMA 1').occupancy).toBeGreaterThan(0.85);
    expect(object(background, 'MUON 1').occupancy).toBeLessThan(0.25);
    expect(object(background, 'MUON 1').occupancy).toBeGreaterThan(0.05);
    expect(object(background, 'MUON 2').occupancy).toBeGreaterThan(0.002);
    const meanGeV = (name: string): number => object(background, name).meanPt / 2;
    expect(meanGeV('MET')).toBeGreaterThan(10);
    expect(meanGeV('MET')).toBeLessThan(25);
    expect(meanGeV('JET 1')).toBeGreaterThan(20);
    expect(meanGeV('JET 1')).toBeLessThan(40);
    const hardest = Array.from({ length: 10 }, (_, n) => meanGeV(`JET ${n + 1}`));
    expect(hardest).toEqual(hardest.toSorted((a, b) => b - a));
  });

  it('fire the menu rarely; signals often, but not always', () => {
    expect(background.level1!).toBeGreaterThan(0.0003);
    expect(background.level1!).toBeLessThan(0.01);
    for (const source of Object.values(signals)) {
      expect(source.level1!, source.name).toBeGreaterThan(20 * background.level1!);
      expect(source.level1!, source.name).toBeLessThan(0.97);
    }
  });

  it('point everywhere alike', async () => {
    await withHdf5File(inWork('set/background.h5'), (file) => {
      const table = file.dataset('full_data_cyl').read(0, 20_000);
      for (const [row, turn] of [
        [0, 144],
        [1, 144],
        [21, 144],
        [22, 144],
      ] as const) {
        const eighths = new Array<number>(8).fill(0);
        let there = 0;
        for (let event = 0; event < 20_000; event++) {
          if (table[99 * event + 3 * row] === 0) continue;
          eighths[Math.floor((table[99 * event + 3 * row + 2]! / turn) * 8)]!++;
          there++;
        }
        for (const count of eighths) expect(Math.abs(count / there - 1 / 8)).toBeLessThan(0.012);
      }
    });
  });

  it('are what their names say', () => {
    const { HHHto6b, XTo2L, SoftExotic } = signals as Record<string, SourceInspection>;
    // Six jets beyond what pile-up makes; leptons of half the mass; soft objects of all kinds.
    expect(object(HHHto6b!, 'JET 6').meanPt).toBeGreaterThan(2 * object(background, 'JET 6').meanPt);
    expect(HHHto6b!.ht).toBeGreaterThan(20 * background.ht);
    expect(object(XTo2L!, 'MUON 2').occupancy).toBeGreaterThan(0.3);
    expect(object(XTo2L!, 'MUON 2').occupancy).toBeLessThan(0.55);
    expect(object(XTo2L!, 'EGAMMA 2').meanPt).toBeGreaterThan(2 * object(background, 'EGAMMA 2').meanPt);
    expect(object(SoftExotic!, 'MUON 1').occupancy).toBeGreaterThan(0.5);
    expect(SoftExotic!.ht).toBeLessThan(HHHto6b!.ht / 4);
    expect(object(SoftExotic!, 'JET 10').meanPt).toBeGreaterThan(1.3 * object(background, 'JET 10').meanPt);
  });
});
