/** Bins of scores, and ranges of what rates are drawn against. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { binnedIn, stretchedEdges, usualRange } from '../../../src/l1/report/curves.js';

describe('stretched bins', () => {
  it.each([
    ['of both signs', -3000, 400],
    ['none above 0', -3000, 0],
    ['none below 0', 0, 400],
  ])('hold every score: %s', (_, least, most) => {
    const random = Random.seeded(9);
    const step = 1 / 16;
    const scores = Float64Array.from({ length: 500 }, () => random.integer(least, most) * step);
    const { edges, linearBelow } = stretchedEdges([scores], step)!;
    expect(binnedIn(scores, edges).counts.reduce((a, b) => a + b)).toBe(500);
    expect(edges).toEqual(edges.toSorted((a, b) => a - b));
    expect(linearBelow).toBeGreaterThan(0);
    // Half a step off the grid: no score lies on an edge.
    expect(edges.every((edge) => Math.abs((edge / step) % 1) === 0.5)).toBe(true);
  });

  it('are not there when every score is 0', () => {
    expect(stretchedEdges([new Float64Array(5)], 1)).toBeUndefined();
    expect(stretchedEdges([Float64Array.of(0, 0, -2)], 1)!.linearBelow).toBe(2);
  });
});

describe('the usual range', () => {
  it('leaves out what is not finite', () => {
    expect(usualRange([Float32Array.of(Number.NaN, 30, 40, Number.NaN)])).toEqual([30.01, 39.99]);
    expect(usualRange([Float32Array.of(Number.NaN)])).toBeUndefined();
  });
});
