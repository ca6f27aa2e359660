/** The nearest of many points: against looking at every one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NearestPoint } from '../../../src/zdc/evaluate/nearest.js';

function byLooking(points: Float32Array, width: number, target: Float32Array): number {
  const distances = Array.from({ length: points.length / width }, (_, point) =>
    target.reduce((sum, value, axis) => sum + (points[point * width + axis]! - value) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

it('is what looking at every point finds, the first of equal ones', () => {
  // Few values: many points coincide, cuts fall on values that repeat, distances tie.
  const coordinate = fc.integer({ min: -3, max: 3 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }).chain((width) =>
        fc.record({
          width: fc.constant(width),
          points: fc.array(fc.array(coordinate, { minLength: width, maxLength: width }), {
            minLength: 1,
            maxLength: 60,
          }),
          target: fc.array(coordinate, { minLength: width, maxLength: width }),
        }),
      ),
      ({ width, points, target }) => {
        const flat = Float32Array.from(points.flat());
        const wanted = Float32Array.from(target);
        expect(new NearestPoint(flat, width).nearest(wanted)).toBe(byLooking(flat, width, wanted));
      },
    ),
    { numRuns: 500 },
  );
});

it('cuts along every axis', () => {
  const points = Float32Array.from({ length: 3 * 500 }, (_, place) => Math.sin(12.9 * place) * 100);
  const tree = new NearestPoint(points, 3);
  for (let query = 0; query < 50; query++) {
    const target = Float32Array.of(Math.cos(query) * 90, Math.sin(3 * query) * 90, Math.cos(7 * query) * 90);
    expect(tree.nearest(target)).toBe(byLooking(points, 3, target));
  }
});
