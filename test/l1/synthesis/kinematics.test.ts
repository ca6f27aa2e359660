import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import {
  decay,
  exponential,
  type Parent,
  type Particle,
  Poisson,
  powerLaw,
} from '../../../src/l1/synthesis/kinematics.js';

const momentum = ({ pt, eta, phi }: Particle): readonly [number, number, number, number] => [
  pt * Math.cosh(eta),
  pt * Math.cos(2 * Math.PI * phi),
  pt * Math.sin(2 * Math.PI * phi),
  pt * Math.sinh(eta),
];

describe('decay', () => {
  it('conserves energy and momentum', () => {
    const random = Random.seeded(1);
    for (let n = 0; n < 500; n++) {
      const parent: Parent = {
        mass: 125,
        pt: 200 * random.uniform(),
        rapidity: 4 * random.uniform() - 2,
        phi: random.uniform(),
      };
      const [a, b] = decay(parent, random).map(momentum) as [ReturnType<typeof momentum>, ReturnType<typeof momentum>];
      const sum = a.map((value, index) => value + b[index]!) as [number, number, number, number];
      const transverse = Math.hypot(parent.mass, parent.pt);
      expect(sum[0]).toBeCloseTo(transverse * Math.cosh(parent.rapidity), 6);
      expect(sum[1]).toBeCloseTo(parent.pt * Math.cos(2 * Math.PI * parent.phi), 6);
      expect(sum[2]).toBeCloseTo(parent.pt * Math.sin(2 * Math.PI * parent.phi), 6);
      expect(sum[3]).toBeCloseTo(transverse * Math.sinh(parent.rapidity), 6);
    }
  });

  it('is isotropic at rest: the mean of cos^2 is a third', () => {
    const random = Random.seeded(2);
    const parent = { mass: 100, pt: 0, rapidity: 0, phi: 0 };
    let sum = 0;
    for (let n = 0; n < 20_000; n++) sum += Math.tanh(decay(parent, random)[0].eta) ** 2 / 20_000;
    expect(Math.abs(sum - 1 / 3)).toBeLessThan(0.01);
  });
});

describe('draws', () => {
  const mean = (draw: () => number, count = 50_000): number => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += draw() / count;
    return sum;
  };

  it('exponential and power law have their means, and begin where they should', () => {
    const random = Random.seeded(3);
    expect(Math.abs(mean(() => exponential(random, 7)) - 7)).toBeLessThan(0.15);
    // The mean of a power law is least * index / (index - 1).
    expect(Math.abs(mean(() => powerLaw(random, 10, 4)) - 40 / 3)).toBeLessThan(0.15);
    expect(powerLaw(random, 10, 4)).toBeGreaterThanOrEqual(10);
  });

  it.each([0, 0.3, 10, 50])('Poisson of mean %d has that mean and variance', (expected) => {
    const random = Random.seeded(4);
    const poisson = new Poisson(expected);
    const draws = Array.from({ length: 40_000 }, () => poisson.draw(random));
    const average = draws.reduce((sum, n) => sum + n, 0) / draws.length;
    const variance = draws.reduce((sum, n) => sum + (n - average) ** 2, 0) / draws.length;
    expect(Math.abs(average - expected)).toBeLessThanOrEqual(0.03 * Math.sqrt(expected));
    expect(Math.abs(variance - expected)).toBeLessThanOrEqual(0.05 * expected);
  });
});
