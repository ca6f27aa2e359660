/** The slope of a rate against pile-up, by hand and where it is known. */
import { expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { rateSlope } from '../../src/l1/stability.js';

it('by hand: half the events pass at one vertex, all at three', () => {
  const found = rateSlope([1, 1, 3, 3, Number.NaN], [0, 5, 5, 5, 5], 2)!;
  // 0.25 more for each vertex, of 0.75 on average; those that pass have 1, 3, 3: variance 8/9.
  expect(found.slope).toBeCloseTo(1 / 3, 12);
  expect(found.error).toBeCloseTo(Math.sqrt((8 / 9) * (1 / 3 - 1 / 4)), 12);
});

it('is not told of one event, or of pile-up that never changes', () => {
  expect(rateSlope([1, 2, 3], [0, 0, 5], 2)).toBeUndefined();
  expect(rateSlope([7, 7, 7], [5, 5, 0], 2)).toBeUndefined();
  expect(rateSlope([], [], 2)).toBeUndefined();
});

it('lies within its errors of a slope that was put in', () => {
  const random = Random.seeded(5);
  const pulls = [-0.02, 0, 0.03].flatMap((slope) =>
    Array.from({ length: 40 }, () => {
      const pileup = Array.from({ length: 2000 }, () => 40 + Math.floor(21 * random.uniform()));
      const scores = pileup.map((vertices) => Number(random.uniform() < 0.2 * (1 + slope * (vertices - 50))));
      const found = rateSlope(pileup, scores, 0.5)!;
      return (found.slope - slope) / found.error;
    }),
  );
  const mean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
  const spread = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
  expect(Math.abs(mean)).toBeLessThan(0.3);
  expect(spread).toBeGreaterThan(0.8);
  expect(spread).toBeLessThan(1.2);
});
