import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineOfTurns, exp, ln, sineOfTurns, turnsOf } from '../../src/base/elementary.js';

/** Relative to the larger of the expected value and `floor`. */
function expectClose(found: number, expected: number, floor: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(4e-16 * Math.max(Math.abs(expected), floor) * 2);
}

describe('ln', () => {
  it('is the logarithm, from the smallest normal double to the largest', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -1022, max: Number.MAX_VALUE, noNaN: true }), (x) =>
        expectClose(ln(x), Math.log(x), 0),
      ),
      { numRuns: 5000, seed: 1 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => expectClose(ln(x), Math.log(x), 1e-3)),
      { numRuns: 5000, seed: 2 },
    );
    expect([ln(1), ln(2), ln(2 ** -32)]).toEqual([0, Math.LN2, -32 * Math.LN2]);
  });
});

describe('exp', () => {
  it('is the exponential', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => expectClose(exp(x), Math.exp(x), 0)),
      { numRuns: 5000, seed: 3 },
    );
    expect(exp(0)).toBe(1);
    expectClose(exp(1), Math.E, 0);
  });
});

describe('sine and cosine of turns', () => {
  it('are those of 2 pi times the angle', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (turns) => {
        expectClose(sineOfTurns(turns), Math.sin(2 * Math.PI * turns), 2);
        expectClose(cosineOfTurns(turns), Math.cos(2 * Math.PI * turns), 2);
      }),
      { numRuns: 5000, seed: 4 },
    );
    expect([0, 1, 1e9].map(sineOfTurns)).toEqual([0, 0, 0]);
  });
});

describe('turnsOf', () => {
  it('is the angle of a direction, in every octant', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (turns, length) => {
          const found = turnsOf(length * Math.cos(2 * Math.PI * turns), length * Math.sin(2 * Math.PI * turns));
          expect(found >= 0 && found < 1).toBe(true);
          const difference = Math.abs(found - turns);
          expect(Math.min(difference, 1 - difference)).toBeLessThan(1e-15);
        },
      ),
      { numRuns: 5000, seed: 5 },
    );
    expect([turnsOf(0, 0), turnsOf(2, 0), turnsOf(0, 3), turnsOf(-1, 0), turnsOf(0, -1)]).toEqual([
      0, 0, 0.25, 0.5, 0.75,
    ]);
  });
});
