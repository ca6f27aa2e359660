/** Synthetic showers against the published statistics, and against what makes them worth learning. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { Primary } from '../../src/zdc/synthesis/primaries.js';
import { ShowerMaker, type SynthesisOptions, synthesiseRuns } from '../../src/zdc/synthesis/synthesise.js';

interface Sample {
  readonly primary: Primary;
  readonly sums: readonly [neutron: number, proton: number];
  /** Pixels that are not 0. */
  readonly lit: readonly [neutron: number, proton: number];
  /** Mean x and y of the photons in each image. */
  readonly centres: readonly (readonly [x: number, y: number])[];
}

const samples: Sample[] = [];

/** A particle each, so that means and spreads are not those of a small stock. */
beforeAll(() => {
  const maker = new ShowerMaker(Random.seeded(11), 20_000);
  for (let count = 0; count < 20_000; count++) {
    const { primary, sums } = maker.next();
    const images = [maker.neutron, maker.proton];
    samples.push({
      primary,
      sums,
      lit: images.map((image) => image.reduce((lit, value) => lit + Math.min(1, value), 0)) as unknown as Sample['lit'],
      centres: [centreOf(maker.neutron, 44), centreOf(maker.proton, 30)],
    });
  }
});

function centreOf(image: Uint16Array, ny: number): readonly [number, number] {
  let [sum, x, y] = [0, 0, 0];
  for (const [index, value] of image.entries()) {
    sum += value;
    x += value * Math.floor(index / ny);
    y += value * (index % ny);
  }
  return [x / sum, y / sum];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [left, right] = [mean(a), mean(b)];
  return mean(a.map((value, index) => (value - left) * (b[index]! - right))) / (spread(a) * spread(b));
};

/** Relative difference. */
const off = (found: number, published: number): number => Math.abs(found / published - 1);

describe('synthetic showers', () => {
  it.each([
    ['energy (GeV)', ({ energy }: Primary) => energy, 1067, 1190, 25],
    ['Vx (cm)', ({ vertex }: Primary) => vertex[0], 6e-7, 5.4e-6, 2e-7],
    ['Vy (cm)', ({ vertex }: Primary) => vertex[1], -2.5e-8, 5e-6, 2e-7],
    ['Vz (cm)', ({ vertex }: Primary) => vertex[2], 2.6e-4, 2e-2, 5e-4],
    ['Px (GeV/c)', ({ momentum }: Primary) => momentum[0], 0.035, 0.3, 0.01],
    ['Py (GeV/c)', ({ momentum }: Primary) => momentum[1], 0.008, 0.29, 0.01],
    ['Pz (GeV/c)', ({ momentum }: Primary) => momentum[2], 34, 1598, 40],
    ['mass (MeV)', ({ mass }: Primary) => mass, 293, 423, 12],
    ['charge (e)', ({ charge }: Primary) => charge, 0.11, 0.39, 0.012],
  ] as const)(
    '%s has the published mean, and the published spread within 5 percent',
    (_, of, published, width, tolerance) => {
      const values = samples.map(({ primary }) => of(primary));
      expect(Math.abs(mean(values) - published)).toBeLessThan(tolerance);
      expect(off(spread(values), width)).toBeLessThan(0.05);
    },
  );

  it.each([
    ['ZN', 0, [12, 111, 510], 3360, 0.961, 44 * 44],
    ['ZP', 1, [2, 5, 18], 2312, 0.989, 56 * 30],
  ] as const)(
    'in %s: quartiles of photons within 15 percent, the largest too, empty pixels within 0.2',
    (_, index, quartiles, largest, empty, pixels) => {
      const seen = samples.filter(({ sums }) => sums[index] > 0);
      const sums = seen.map((sample) => sample.sums[index]).sort((a, b) => a - b);
      const found = [0.25, 0.5, 0.75].map((part) => sums[Math.floor(part * sums.length)]!);
      for (const [at, quartile] of quartiles.entries()) expect(off(found[at]!, quartile)).toBeLessThan(0.15);
      expect(off(sums.at(-1)!, largest)).toBeLessThan(0.15);
      expect(Math.abs(1 - mean(seen.map(({ lit }) => lit[index])) / pixels - empty)).toBeLessThan(0.002);
    },
  );

  it('are of the published species, between 1.1 and 7000 GeV', () => {
    expect([...new Set(samples.map(({ primary }) => primary.code))].sort((a, b) => a - b)).toEqual([
      -211, 22, 130, 211, 2112, 2212, 3122,
    ]);
    const energies = samples.map(({ primary }) => primary.energy);
    expect(Math.min(...energies)).toBeGreaterThanOrEqual(1.1);
    expect(Math.max(...energies)).toBeLessThanOrEqual(7000);
  });

  it('have energies that go with mass and momentum', () => {
    for (const { primary } of samples) {
      const squared = primary.momentum.reduce((sum, value) => sum + value ** 2, (primary.mass / 1000) ** 2);
      // Only the softest particles, whose transverse momentum would be all of it, do not.
      if (primary.energy > 20) expect(off(Math.sqrt(squared), primary.energy)).toBeLessThan(1e-9);
    }
  });

  it('depend on the conditions: energy, direction, charge and mass', () => {
    const bright = (index: number, codes: readonly number[]) =>
      samples.filter(({ primary, sums }) => codes.includes(primary.code) && sums[index]! >= 20);
    const energyOf = ({ primary }: Sample): number => primary.energy;
    const slopeOf = ({ primary: { momentum } }: Sample): number => momentum[0] / Math.abs(momentum[2]);
    const neutrons = bright(0, [2112]);
    const protons = bright(1, [2212]);
    expect(
      correlation(
        neutrons.map(energyOf),
        neutrons.map(({ sums }) => sums[0]),
      ),
    ).toBeGreaterThan(0.4);
    expect(
      correlation(
        protons.map(energyOf),
        protons.map(({ sums }) => sums[1]),
      ),
    ).toBeGreaterThan(0.4);
    expect(
      correlation(
        neutrons.map(slopeOf),
        neutrons.map(({ centres }) => centres[0]![0]),
      ),
    ).toBeGreaterThan(0.7);
    expect(
      correlation(
        protons.map(energyOf),
        protons.map(({ centres }) => centres[1]![0]),
      ),
    ).toBeGreaterThan(0.7);
    const meanSum = (code: number, index: 0 | 1): number =>
      mean(samples.filter(({ primary }) => primary.code === code).map(({ sums }) => sums[index]));
    expect(meanSum(2112, 0)).toBeGreaterThan(20 * meanSum(2212, 0));
    expect(meanSum(2212, 1)).toBeGreaterThan(20 * meanSum(2112, 1));
    // Photons are narrower than neutrons: fewer pixels for as many photons.
    const share = (code: number): number =>
      mean(
        bright(0, [code])
          .filter(({ sums }) => sums[0] > 300 && sums[0] < 500)
          .map(({ lit, sums }) => lit[0] / sums[0]),
      );
    expect(share(2112)).toBeGreaterThan(1.2 * share(22));
  });
});

describe('synthetic runs', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'axoc-synthesis-'));
  const base: SynthesisOptions = { out: '', showers: 200, runs: 2, firstRun: 3, repeats: 10, seed: 1 };

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function made(name: string, options: Partial<SynthesisOptions>): Promise<ReadonlyMap<string, string>> {
    const out = path.join(directory, name);
    await synthesiseRuns({ ...base, ...options, out });
    return new Map(readdirSync(out).map((file) => [file, readFileSync(path.join(out, file), 'utf8')]));
  }

  it('are the same for the same seed, each by itself; another seed gives others', async () => {
    const both = await made('both', {});
    const again = await made('again', { firstRun: 4, runs: 1 });
    const other = await made('other', { seed: 2 });
    expect([...both.keys()].filter((name) => name.includes('run4'))).toEqual([...again.keys()]);
    for (const [name, text] of again) expect(both.get(name)).toBe(text);
    expect(other.get('non_zero_examples_run4.txt')).not.toBe(both.get('non_zero_examples_run4.txt'));
    expect(both.get('non_zero_examples_run3.txt')).not.toBe(both.get('non_zero_examples_run4.txt'));
  });

  it('say that they are synthetic', async () => {
    const files = await made('labelled', { seed: 7 });
    expect(files.get('synthetic_run3.txt')).toBe('axoc zdc synthesise: not measured, not simulated\nseed 7, run 3\n');
  });

  it('have every particle many times, with other showers', async () => {
    const files = await made('repeated', { showers: 500, runs: 1 });
    const rows = files.get('non_zero_examples_run3.txt')!.trim().split('\n').slice(1);
    const sums = new Map<string, Set<string>>();
    for (const row of rows.filter((line) => line.startsWith('P') || line.startsWith('N'))) {
      const [, particle, sum] = /^(.*),([^,]*)$/.exec(row)!;
      sums.set(particle!, (sums.get(particle!) ?? new Set()).add(sum!));
    }
    expect(rows).toHaveLength(1000);
    expect(sums.size).toBeLessThanOrEqual(100);
    expect(sums.size).toBeGreaterThan(70);
    expect(mean([...sums.values()].map(({ size }) => size))).toBeGreaterThan(3);
  });
});
