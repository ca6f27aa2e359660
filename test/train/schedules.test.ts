/** Learning rates: the known values of the defaults, and the formula with logarithms. */
import { describe, expect, it } from 'vitest';
import type { ScheduleOptions } from '../../src/train/fit-options.js';
import { rateAt } from '../../src/train/schedules.js';

const cosine: Extract<ScheduleOptions, { name: 'CosineDecayRestarts_Warmup' }> = {
  name: 'CosineDecayRestarts_Warmup',
  initialRate: 1e-4,
  firstDecaySteps: 32,
  tMul: 2,
  mMul: 0.65,
  alpha: 1e-6,
  warmupEpochs: 10,
};

/** As its authors write it: number and fraction of the cycle by logarithms. */
function byLogarithms(options: typeof cosine, epoch: number): number {
  const { initialRate, firstDecaySteps, tMul, mMul, alpha, warmupEpochs } = options;
  let completed = epoch / firstDecaySteps;
  let cycle = Math.floor(completed);
  if (tMul === 1) completed -= cycle;
  else {
    // 1e-12: the logarithm of an exact power may come out below a whole number.
    cycle = Math.floor(Math.log(1 - completed * (1 - tMul)) / Math.log(tMul) + 1e-12);
    completed = (completed - (1 - tMul ** cycle) / (1 - tMul)) / tMul ** cycle;
  }
  const decayed = (1 - alpha) * 0.5 * mMul ** cycle * (1 + Math.cos(Math.PI * completed)) + alpha;
  return initialRate * decayed * Math.min((epoch + 1) / warmupEpochs, 1);
}

describe('CosineDecayRestarts_Warmup', () => {
  it('begins with the known values', () => {
    const rates = [0, 1, 2, 3, 4].map((epoch) => rateAt(cosine, epoch));
    expect(rates.map((rate) => rate.toExponential(4))).toEqual([
      '1.0000e-5',
      '1.9952e-5',
      '2.9712e-5',
      '3.9139e-5',
      '4.8097e-5',
    ]);
    for (const [epoch, rate] of [1.0e-5, 1.99518e-5, 2.97118e-5, 3.91388e-5, 4.8097e-5].entries())
      expect(Math.abs(rates[epoch]! - rate)).toBeLessThan(5.1e-11);
  });

  it('has four cycles in 480 epochs, each peak 0.65 of the one before', () => {
    for (const [start, cycle] of [
      [32, 1],
      [96, 2],
      [224, 3],
      [480, 4],
    ] as const) {
      expect(rateAt(cosine, start)).toBeCloseTo(1e-4 * 0.65 ** cycle, 9);
      expect(rateAt(cosine, start - 1)).toBeLessThan(rateAt(cosine, start) / 50);
    }
  });

  it.each([cosine, { ...cosine, tMul: 1 }, { ...cosine, tMul: 1.5, firstDecaySteps: 7, alpha: 0.1 }])(
    'follows its formula: %o',
    (options) => {
      for (let epoch = 0; epoch < 600; epoch++)
        expect(rateAt(options, epoch)).toBeCloseTo(byLogarithms(options, epoch), 14);
    },
  );

  it('needs no warmup', () => {
    expect(rateAt({ ...cosine, warmupEpochs: 0 }, 0)).toBe(1e-4);
  });
});

it('a constant stays', () => {
  expect([0, 7].map((epoch) => rateAt({ name: 'constant', rate: 0.25 }, epoch))).toEqual([0.25, 0.25]);
});
