/** Distances of channels with their errors, baselines, summaries of photons: on sets small enough to do by hand. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { anyShower, nearestCondition } from '../../../src/zdc/evaluate/baseline.js';
import { rankedScore } from '../../../src/zdc/evaluate/conditional.js';
import { average, channelDistances } from '../../../src/zdc/evaluate/distances.js';
import { summarisePhotons } from '../../../src/zdc/evaluate/photon-summary.js';
import { drawPhotons } from '../../../src/zdc/evaluate/photons.js';

/** Showers of five channels that all hold `value`, plus the channel's number. */
const showers = (...values: number[]): Float64Array =>
  Float64Array.from(values.flatMap((value) => [0, 1, 2, 3, 4].map((channel) => value + channel)));

/** Every shower of a particle of its own. */
const each = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row);

describe('channelDistances', () => {
  it('averages repeats, and channels', () => {
    const real = showers(0, 10, 20);
    const shifted = real.map((sum, place) => sum + (place % 5)); // by the number of the channel
    const further = real.map((sum, place) => sum + 3 * (place % 5));
    const { channels, mean } = channelDistances(real, [shifted, further], each(3), Random.seeded(1));
    expect(channels.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8]);
    expect(mean.value).toBe(4);
  });

  it('has an error that falls with the root of the number of showers', () => {
    const random = Random.seeded(5);
    const errorOf = (count: number): number => {
      const draw = (): Float64Array => showers(...Array.from({ length: count }, () => 100 * random.uniform()));
      return channelDistances(draw(), [draw()], each(count), random).channels[0]!.error;
    };
    const ratio = errorOf(100) / errorOf(6400);
    expect(ratio).toBeGreaterThan(4);
    expect(ratio).toBeLessThan(16);
  });

  it('has an error near the scatter of distances of independent samples', () => {
    const random = Random.seeded(9);
    const draw = (shift: number): Float64Array =>
      showers(...Array.from({ length: 400 }, () => shift + random.normal()));
    const trials = Array.from(
      { length: 60 },
      () => channelDistances(draw(0), [draw(3)], each(400), random).channels[0]!,
    );
    const values = trials.map(({ value }) => value);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const scatter = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const error = trials.reduce((sum, trial) => sum + trial.error, 0) / trials.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(error / scatter).toBeGreaterThan(0.7);
    expect(error / scatter).toBeLessThan(1.4);
  });
});

describe('errors of channelDistances', () => {
  it('know that showers of one particle are alike: by particles, not by showers', () => {
    const random = Random.seeded(11);
    // 40 particles, each with 25 showers that hardly differ; the generator is off by something else for each particle.
    const groupOf = Int32Array.from({ length: 1000 }, (_, row) => Math.floor(row / 25));
    const draw = (): readonly [Float64Array, Float64Array] => {
      const centres = Float64Array.from({ length: 40 }, () => random.normal());
      const shifts = centres.map(() => 3 + random.normal());
      const rows = (at: (particle: number) => number) =>
        showers(...Array.from(groupOf, (particle) => at(particle) + 0.01 * random.normal()));
      return [rows((particle) => centres[particle]!), rows((particle) => centres[particle]! + shifts[particle]!)];
    };
    const trials = Array.from({ length: 40 }, () => {
      const [real, generated] = draw();
      return channelDistances(real, [generated], groupOf, random).channels[0]!;
    });
    const mean = average(trials.map(({ value }) => value));
    const scatter = Math.sqrt(average(trials.map(({ value }) => (value - mean) ** 2)));
    const error = average(trials.map((trial) => trial.error));
    expect(error / scatter).toBeGreaterThan(0.7);
    expect(error / scatter).toBeLessThan(1.4);
  });
});

describe('nearestCondition', () => {
  // Training showers 0 and 2 are of one particle, 1 and 3 of two others.
  const train = Float32Array.of(0, 0, 5, 5, 0, 0, 9, 0);

  it('draws among all showers of the nearest particle, and only among these', () => {
    const drawn = nearestCondition(train, Float32Array.of(1, 0, 8, 1, 0.5, 0.5), 2);
    const random = Random.seeded(3);
    const first = new Set<number>();
    for (let draw = 0; draw < 40; draw++) {
      const places = drawn.draw(random);
      first.add(places[0]!);
      expect(places[1]).toBe(3);
      expect([0, 2]).toContain(places[2]);
    }
    expect([...first].sort()).toEqual([0, 2]);
  });

  it('does not look at the condition where any shower will do', () => {
    const places = anyShower(4, 2000).draw(Random.seeded(4));
    const counts = [0, 1, 2, 3].map((shower) => places.filter((place) => place === shower).length);
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
  });
});

describe('rankedScore', () => {
  it('is the distance from the truth, less half of the distance among the repeats', () => {
    // First shower: |1 - 4| and |5 - 4|, 4 apart; second: exact.
    const found = rankedScore(Float64Array.of(4, 7), [Float64Array.of(1, 7), Float64Array.of(5, 7)]);
    expect(found).toBe(((3 + 1) / 2 - 4 / 2) / 2);
    expect(
      rankedScore(
        Float64Array.of(0),
        [0, 3, 6].map((value) => Float64Array.of(value)),
      ),
    ).toBe(3 - (3 + 3 + 6) / 6);
    expect(rankedScore(Float64Array.of(0), [Float64Array.of(1)])).toBeUndefined();
  });

  it('is least for the distribution that numbers really have', () => {
    const random = Random.seeded(6);
    const draw = (mean: number, spread: number): Float64Array =>
      Float64Array.from({ length: 20_000 }, () => mean + spread * random.normal());
    const real = draw(10, 2);
    const score = (mean: number, spread: number): number =>
      rankedScore(real, [draw(mean, spread), draw(mean, spread), draw(mean, spread)])!;
    const right = score(10, 2);
    expect(right).toBeCloseTo(2 / Math.sqrt(Math.PI), 1);
    for (const [mean, spread] of [
      [11, 2],
      [10, 0.5],
      [10, 4],
    ] as const)
      expect(score(mean, spread)).toBeGreaterThan(right + 0.05);
  });
});

describe('summarisePhotons', () => {
  it('tells mean, empty showers, and the spread of particles that repeat', () => {
    // Particle 0 has showers of 5 * 2, 5 * 4, 5 * 6 photons, particle 1 of 5 * 0 and 5 * 2, particle 2 one of 5 * 100.
    const values = [2, 0, 4, 6, 100, 2];
    const sums = Float64Array.from(values.flatMap((value) => [0, 1, 2, 3, 4].map(() => value)));
    const found = summarisePhotons(sums, Int32Array.of(0, 1, 0, 0, 2, 1));
    expect(found).toEqual({ mean: 95, empty: 1 / 6, spread: Math.sqrt((100 + 0 + 100 + 25 + 25) / 3) });
  });

  it('has no spread where no particle repeats', () => {
    expect(summarisePhotons(showers(1, 2), Int32Array.of(0, 1)).spread).toBeUndefined();
  });
});

describe('drawPhotons', () => {
  it.each([0.1, 3, 29.5, 75])('has mean and variance %d', (mean) => {
    const random = Random.seeded(8);
    const counts = Array.from({ length: 20_000 }, () => drawPhotons(mean, random));
    const found = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - found) ** 2, 0) / counts.length;
    expect(Math.abs(found - mean)).toBeLessThan(5 * Math.sqrt(mean / counts.length));
    expect(variance / mean).toBeGreaterThan(0.94);
    expect(variance / mean).toBeLessThan(1.06);
  });

  it.each([0, -0.2])('gives none for a mean of %d', (mean) => {
    expect(drawPhotons(mean, Random.seeded(1))).toBe(0);
  });
});
