import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipRange, NormalisationFit, normalise } from '../../../src/l1/data/normalisation.js';
import { parseScheme } from '../../../src/l1/data/scheme.js';

/** Values of one object: [pt, eta, phi] for each event. */
function fitTo(events: readonly (readonly [number, number, number])[], scheme: string, ignoreZeros = true) {
  const fitting = new NormalisationFit(1, ignoreZeros);
  fitting.add(Int16Array.from(events.flat()));
  return fitting.finish(parseScheme(scheme));
}

describe('NormalisationFit', () => {
  it('ignores objects that are not there, for eta and phi as for pt', () => {
    // pt 10 to 30 in five steps of the percentiles 0, 25, 50, 75, 100; five empty events between them.
    const there = [10, 15, 20, 25, 30].map((pt): [number, number, number] => [pt, pt - 20, 2 * pt]);
    const events = there.flatMap((event): [number, number, number][] => [event, [0, 0, 0]]);
    expect(fitTo(events, 'RobustScaler(0,100,-2,2)')).toEqual({
      scale: Float64Array.of(5, 5, 10),
      bias: Float64Array.of(20, 0, 40),
    });
    expect(fitTo(events, 'RobustScaler(0,100,-2,2)', false)).toEqual({
      scale: Float64Array.of(7.5, 5, 15),
      bias: Float64Array.of(15, 0, 30),
    });
  });

  it('interpolates percentiles linearly', () => {
    // Ten values 0, 10, ... 90: the 5th percentile is at rank 0.45 (4.5), the 95th at 8.55 (85.5).
    const events = Array.from({ length: 10 }, (_, n): [number, number, number] => [1, 10 * n, 0]);
    const { scale, bias } = fitTo(events, 'RobustScaler(5,95,-2,2)');
    expect(scale[1]).toBeCloseTo((85.5 - 4.5) / 4, 12);
    expect(bias[1]).toBeCloseTo((4.5 + 85.5) / 2, 12);
  });

  it('gives what sorting gives, in any number of pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 49 }),
        fc.integer({ min: 51, max: 100 }),
        (values, low, high) => {
          const fitting = new NormalisationFit(1, true);
          for (const value of values) fitting.add(Int16Array.of(1, value, 0));
          const { scale, bias } = fitting.finish(parseScheme(`RobustScaler(${low},${high},0,1)`));
          const sorted = values.toSorted((a, b) => a - b);
          const percentile = (p: number): number => {
            const rank = ((sorted.length - 1) * p) / 100;
            const below = sorted[Math.floor(rank)]!;
            return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
          };
          const [l, h] = [percentile(low), percentile(high)];
          expect(scale[1]).toBeCloseTo(h - l || 1, 9);
          expect(bias[1]).toBeCloseTo(l, 9);
        },
      ),
      { seed: 5 },
    );
  });

  it('leaves inputs alone that never occur', () => {
    expect(fitTo([[0, 0, 0]], 'RobustScaler_pow2(5,95,-2,2)')).toEqual({
      scale: Float64Array.of(1, 1, 1),
      bias: Float64Array.of(0, 0, 0),
      shift: Int32Array.of(0, 0, 0),
    });
  });

  it('gives firmware whole shifts and biases, negative shifts for scales below 1', () => {
    const events = Array.from({ length: 101 }, (_, n): [number, number, number] => [1 + (n % 2), n, 5 * n]);
    const { scale, bias, shift } = fitTo(events, 'RobustScaler_pow2(0,100,-2,2)');
    expect([...scale]).toEqual([0.25, 32, 128]);
    expect([...bias]).toEqual([2, 50, 250]);
    expect([...shift!]).toEqual([-2, 5, 7]);
  });
});

describe('clipRange', () => {
  it('is the range of quantized_bits', () => {
    expect(clipRange([8, 5])).toEqual([-32, 31.75]);
    expect(clipRange([10, 6])).toEqual([-64, 63.875]);
    expect(clipRange([6, 5])).toEqual([-32, 31]);
  });
});

describe('normalise', () => {
  it('divides and clips; an object that is not there becomes -bias / scale', () => {
    const normalisation = { scale: Float64Array.of(4, 2, 0.25), bias: Float64Array.of(10, -3, 7) };
    const values = Int16Array.of(18, 1, 8, 0, 0, 0, 4095, -100, 100);
    expect([...normalise(values, normalisation, [-32, 31.75])]).toEqual([2, 2, 4, -2.5, 1.5, -28, 31.75, -32, 31.75]);
  });
});
