import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitScale, parseScheme, powerOfTwoAbove } from '../../../src/l1/data/scheme.js';
import { messageOf } from '../../base/thrown.js';

describe('parseScheme', () => {
  it('reads both schemes, blanks or not', () => {
    expect(parseScheme('RobustScaler_pow2(5,95,-2,2)')).toEqual({
      low: 5,
      high: 95,
      lowValue: -2,
      highValue: 2,
      isPowerOfTwo: true,
    });
    expect(parseScheme(' RobustScaler( 2.5, 97.5, 0, 1 )')).toMatchObject({
      low: 2.5,
      high: 97.5,
      isPowerOfTwo: false,
    });
  });

  it.each([
    'RobustScaler',
    'RobustScaler(5,95,-2)',
    'StandardScaler(5,95,-2,2)',
    'RobustScaler(95,5,-2,2)',
    'RobustScaler(5,101,-2,2)',
    'RobustScaler(5,95,2,2)',
    'RobustScaler(5,x,-2,2)',
  ])('refuses %s', (text) => {
    expect(messageOf(() => parseScheme(text))).toBe(
      `error[bad-scheme]: normalisation scheme "${text}": is not RobustScaler(l,h,l1,h1) or RobustScaler_pow2(l,h,l1,h1) with percentiles 0 <= l < h <= 100 and l1 < h1\n  help: write RobustScaler_pow2(5,95,-2,2) for firmware`,
    );
  });
});

describe('fitScale', () => {
  const plain = parseScheme('RobustScaler(5,95,-2,2)');
  const pow2 = parseScheme('RobustScaler_pow2(5,95,-2,2)');

  it('sends the percentiles to the ends', () => {
    // (30 - 10) / 4; (10 * 2 + 30 * 2) / 4
    expect(fitScale(plain, 10, 30)).toEqual({ scale: 5, bias: 20 });
    // Asymmetric ends: (h0 - l0) / 4 = 5; (10 * 3 - 30 * -1) / 4 = 15: (10 - 15) / 5 = -1, (30 - 15) / 5 = 3.
    expect(fitScale(parseScheme('RobustScaler(5,95,-1,3)'), 10, 30)).toEqual({ scale: 5, bias: 15 });
  });

  it('does not scale what never varies', () => {
    expect(fitScale(plain, 7, 7)).toEqual({ scale: 1, bias: 7 });
    expect(fitScale(pow2, 0, 0)).toEqual({ scale: 1, bias: 0 });
  });

  it('rounds the scale up to a power of two and the bias to an integer, halves to even', () => {
    expect(fitScale(pow2, 10, 30)).toEqual({ scale: 8, bias: 20 });
    expect(fitScale(pow2, 8, 24)).toEqual({ scale: 4, bias: 16 });
    expect(fitScale(pow2, 0, 1)).toEqual({ scale: 0.25, bias: 0 });
    expect(fitScale(pow2, 2, 3)).toEqual({ scale: 0.25, bias: 2 });
    expect(fitScale(pow2, 3, 4)).toEqual({ scale: 0.25, bias: 4 });
    expect(fitScale(pow2, -4, -3)).toEqual({ scale: 0.25, bias: -4 });
    expect(fitScale(pow2, -72, 71)).toEqual({ scale: 64, bias: 0 });
  });
});

describe('powerOfTwoAbove', () => {
  it('is the smallest that is not below', () => {
    expect([0.2, 0.25, 0.26, 1, 1.5, 2, 2.0001, 1024].map(powerOfTwoAbove)).toEqual([
      0.25, 0.25, 0.5, 1, 2, 2, 4, 1024,
    ]);
    fc.assert(
      fc.property(fc.double({ min: 2 ** -40, max: 2 ** 40, noNaN: true }), (value) => {
        const power = powerOfTwoAbove(value);
        expect(power >= value && power / 2 < value).toBe(true);
      }),
      { seed: 1 },
    );
  });
});
