/** What a trained generator is measured against: other real showers, drawn by condition or without looking at it. */
import type { Random } from '../../base/random.js';
import { groupParticles } from '../train/groups.js';
import { NearestPoint } from './nearest.js';
import { membersOf } from './photon-summary.js';

/** Chooses for each test shower one of the others, which are not in the test: those of training, or such as were left for this. */
export interface Baseline {
  /** Places in the list of the others. */
  readonly draw: (random: Random) => Uint32Array;
}

/**
 * One of the others' showers of the particle whose scaled conditions are nearest; where the same particle is among them, that is a shower of
 * the very distribution that is asked for.
 * @param others at least one; scaled conditions, row-major [showers, width]
 */
export function nearestCondition(others: Float32Array, test: Float32Array, width: number): Baseline {
  const { groupOf, firstRows } = groupParticles(others, width);
  const members = membersOf(groupOf);
  const points = new Float32Array(firstRows.length * width);
  for (const [group, row] of firstRows.entries())
    points.set(others.subarray(row * width, (row + 1) * width), group * width);
  const tree = new NearestPoint(points, width);
  const asked = groupParticles(test, width);
  const answers = asked.firstRows.map((row) => tree.nearest(test.subarray(row * width, (row + 1) * width)));
  return { draw: (random) => Uint32Array.from(asked.groupOf, (group) => random.pick(members[answers[group]!]!)) };
}

/** Any of the others: how far apart samples of this size are that have the same distribution. */
export function anyShower(otherCount: number, testCount: number): Baseline {
  return { draw: (random) => Uint32Array.from({ length: testCount }, () => random.integer(0, otherCount - 1)) };
}
