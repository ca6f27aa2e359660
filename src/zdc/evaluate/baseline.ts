/** What a trained generator is measured against: real showers of training, drawn by condition or without looking at it. */
import type { Random } from '../../base/random.js';
import { groupParticles } from '../train/groups.js';
import { NearestPoint } from './nearest.js';
import { membersOf } from './photon-summary.js';

/** Chooses a training shower for each test shower. */
export interface Baseline {
  /** Places in the list of training showers. */
  draw(random: Random): Uint32Array;
}

/**
 * One of the training showers of the particle whose scaled conditions are nearest; where the same particle was trained on, that is a shower of
 * the very distribution that is asked for.
 * @param train scaled conditions, row-major [showers, width]
 */
export function nearestCondition(train: Float32Array, test: Float32Array, width: number): Baseline {
  const { groupOf, firstRows } = groupParticles(train, width);
  const members = membersOf(groupOf);
  const points = new Float32Array(firstRows.length * width);
  for (const [group, row] of firstRows.entries())
    points.set(train.subarray(row * width, (row + 1) * width), group * width);
  const tree = new NearestPoint(points, width);
  const asked = groupParticles(test, width);
  const answers = asked.firstRows.map((row) => tree.nearest(test.subarray(row * width, (row + 1) * width)));
  return { draw: (random) => Uint32Array.from(asked.groupOf, (group) => random.pick(members[answers[group]!]!)) };
}

/** Any training shower: how far apart samples of this size are that have the same distribution. */
export function anyShower(trainCount: number, testCount: number): Baseline {
  return { draw: (random) => Uint32Array.from({ length: testCount }, () => random.integer(0, trainCount - 1)) };
}
