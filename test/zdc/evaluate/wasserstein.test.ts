/** The 1-Wasserstein distance: by hand, by another definition, and its properties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wassersteinDistance, weightedDistance } from '../../../src/zdc/evaluate/wasserstein.js';

const sample = (...values: number[]): Float64Array => Float64Array.from(values).sort();

describe('wassersteinDistance', () => {
  it.each([
    ['of equal samples', [1, 2, 5], [1, 2, 5], 0],
    ['of a shift', [0, 1, 2], [3, 4, 5], 3],
    ['of two single numbers', [2], [-1], 3],
    // Half of the mass goes from 0 to 1, half from 0 to 3.
    ['of one number and two', [0], [1, 3], 2],
    // Thirds of {0, 3, 6} against halves of {0, 6}: 1/3 stays at 0, 1/6 goes 3 -> 0, 1/6 goes 3 -> 6, 1/3 stays at 6.
    ['of three numbers and two', [0, 3, 6], [0, 6], 1],
    ['of numbers that repeat', [1, 1, 1, 5], [1, 5], 1],
  ])('%s', (_, a, b, expected) => {
    expect(wassersteinDistance(sample(...a), sample(...b))).toBeCloseTo(expected, 12);
    expect(wassersteinDistance(sample(...b), sample(...a))).toBeCloseTo(expected, 12);
  });

  it('is the mean distance of sorted pairs where sizes are equal', () => {
    const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(numbers, numbers, (first, second) => {
        const [a, b] = [sample(...first), sample(...second)];
        const pairs = a.reduce((sum, value, place) => sum + Math.abs(value - b[place]!), 0) / a.length;
        expect(wassersteinDistance(a, b)).toBeCloseTo(pairs, 9);
      }),
    );
  });

  it('is the mean distance of pairs of a multiple both sizes divide', () => {
    const whole = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(
        fc.array(whole, { minLength: 1, maxLength: 5 }),
        fc.array(whole, { minLength: 1, maxLength: 5 }),
        (first, second) => {
          const times = (values: number[], count: number) => sample(...values.flatMap((v) => Array(count).fill(v)));
          const a = times(first, second.length);
          const b = times(second, first.length);
          const pairs = a.reduce((sum, value, place) => sum + Math.abs(value - b[place]!), 0) / a.length;
          expect(wassersteinDistance(sample(...first), sample(...second))).toBeCloseTo(pairs, 9);
        },
      ),
    );
  });
});

describe('weightedDistance', () => {
  it('is the distance of samples in which numbers repeat', () => {
    const weighted = weightedDistance(sample(0, 2, 7), Uint32Array.of(1, 0, 3), sample(1, 4), Uint32Array.of(2, 1));
    expect(weighted).toBeCloseTo(wassersteinDistance(sample(0, 7, 7, 7), sample(1, 1, 4)), 12);
  });

  it('takes no account of numbers without weight, even at the ends', () => {
    const weighted = weightedDistance(sample(-50, 1, 90), Uint32Array.of(0, 1, 0), sample(2), Uint32Array.of(4));
    expect(weighted).toBeCloseTo(1, 12);
  });
});
