/** Separation of signal from background, and the linear baseline. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { fitLinearBaseline, scoreLinearBaseline } from '../../src/l1/linear-baseline.js';
import { areaUnderRoc, efficiencyAbove } from '../../src/l1/separation.js';

const scores = (...values: number[]): Float64Array => Float64Array.from(values);

describe('area under the ROC curve', () => {
  it('counts pairs by hand, ties one half', () => {
    // 3 > 1, 3 > 2, 3 = 3 (half), 3 < 4; 1 = 1 (half), the rest below: 2.5 + 0.5 of 8 pairs.
    expect(areaUnderRoc(scores(1, 2, 3, 4), scores(3, 1)).auc).toBe(3 / 8);
  });

  it('equals the count of all pairs on random scores with many ties', () => {
    const random = Random.seeded(5);
    for (let trial = 0; trial < 50; trial++) {
      const low = scores(...Array.from({ length: random.integer(1, 60) }, () => random.integer(0, 9)));
      const high = scores(...Array.from({ length: random.integer(1, 60) }, () => random.integer(0, 12)));
      let wins = 0;
      for (const b of low) for (const s of high) wins += s > b ? 1 : s === b ? 0.5 : 0;
      expect(areaUnderRoc(low, high).auc).toBeCloseTo(wins / (low.length * high.length), 12);
    }
  });

  it('is exact at the ends, with no error there', () => {
    expect(areaUnderRoc(scores(1, 2), scores(3, 4, 5))).toEqual({ auc: 1, error: 0 });
    expect(areaUnderRoc(scores(3), scores(1)).auc).toBe(0);
    expect(areaUnderRoc(scores(7, 7), scores(7)).auc).toBe(0.5);
  });

  it('gives an error that shrinks with the events', () => {
    const random = Random.seeded(6);
    const draw = (count: number, shift: number): Float64Array =>
      Float64Array.from({ length: count }, () => random.integer(0, 1000) + shift);
    const few = areaUnderRoc(draw(100, 0), draw(100, 200)).error;
    const many = areaUnderRoc(draw(10_000, 0), draw(10_000, 200)).error;
    expect(few / many).toBeGreaterThan(8);
    expect(few / many).toBeLessThan(12);
  });

  it('an efficiency is strictly above the threshold', () => {
    expect(efficiencyAbove(scores(1, 2, 2, 3), 2)).toBe(0.25);
  });
});

describe('the linear baseline', () => {
  const features = 3;
  /** Events near the plane spanned by (1, 1, 0) and (0, 0, 1), most along the first. */
  const rows = (count: number, offPlane: number): Float32Array => {
    const random = Random.seeded(7);
    const uniform = (): number => random.integer(-1000, 1000) / 1000;
    return Float32Array.from(
      Array.from({ length: count }, () => {
        const [along, up] = [3 * uniform(), uniform()];
        return [along + offPlane + 5, along - offPlane + 5, up];
      }).flat(),
    );
  };

  it('finds the plane the events lie in', () => {
    const { mean, components } = fitLinearBaseline(rows(2000, 0), features, 2);
    expect([...mean].map((value) => Math.round(value))).toEqual([5, 5, 0]);
    const [first, second] = components;
    expect(Math.abs(first![0]! + first![1]!)).toBeCloseTo(Math.SQRT2, 2);
    expect(Math.abs(second![2]!)).toBeCloseTo(1, 2);
  });

  it('scores the squared distance from it', () => {
    const baseline = fitLinearBaseline(rows(2000, 0), features, 2);
    for (const score of scoreLinearBaseline(baseline, rows(100, 0))) expect(score).toBeCloseTo(0, 3);
    // (0.5, -0.5, 0) away: a squared distance of 0.5.
    for (const score of scoreLinearBaseline(baseline, rows(100, 0.5))) expect(score).toBeCloseTo(0.5, 1);
  });
});
