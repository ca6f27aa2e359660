import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/base/normal-quantile.js';

describe('normalQuantile', () => {
  /** Published quantiles: both sides of every switch between the three approximations. */
  it.each([
    [0.5, 0],
    [0.25, -0.6744897501960817],
    [0.075, -1.4395314709384563],
    [0.07, -1.4757910281791706],
    [0.001, -3.090232306167813],
    [1e-9, -5.9978070150076865],
    [1e-12, -7.034483825301132],
    [1e-20, -9.26234008979841],
    [0.925, 1.4395314709384563],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
  ])('of %d is %d', (p, quantile) => {
    expect(Math.abs(normalQuantile(p) - quantile)).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(quantile)));
  });
});
