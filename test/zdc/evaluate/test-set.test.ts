/** Which showers a generator is judged on: none of them is one that baselines draw. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { nearestCondition } from '../../../src/zdc/evaluate/baseline.js';
import { isUnseen, type Unseen } from '../../../src/zdc/evaluate/options.js';
import { chooseTestSet } from '../../../src/zdc/evaluate/test-set.js';
import type { Showers } from '../../../src/zdc/prepare/prepared.js';
import { groupParticles } from '../../../src/zdc/train/groups.js';

/** Seven particles with six showers each. */
const count = 42;
const particles = Float64Array.from({ length: count * 9 }, (_, place) => Math.floor(place / 9 / 6) + (place % 9));

function chosen(unseen: Unseen, seed = 1) {
  const showers = { path: 'Showers.h5' } as Showers;
  return chooseTestSet(showers, particles, {}, { generator: 'imported.h5', options: { unseen, seed } });
}

describe('chooseTestSet', () => {
  it.each(['all', 'showers', 'particles', '0:42', '10:20', '40:'] as const)(
    '%s: every shower is in one set',
    (unseen) => {
      const { test, others } = chosen(unseen);
      expect([...test, ...others].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
      expect(test.length).toBeGreaterThan(0);
    },
  );

  it('halves by showers or by particles, otherwise for another seed', () => {
    expect(chosen('showers').test.length).toBe(21);
    const { test, others } = chosen('particles');
    const groups = (rows: Uint32Array) => new Set(Array.from(rows, (row) => Math.floor(row / 6)));
    expect([test.length, groups(test).size, groups(others).size]).toEqual([24, 4, 3]);
    expect(chosen('showers', 2)).not.toEqual(chosen('showers', 1));
  });

  it('takes rows as they are named', () => {
    expect([...chosen('40:').test]).toEqual([40, 41]);
    expect([...chosen('3:5').test]).toEqual([3, 4]);
    expect(chosen('0:42').others.length).toBe(0);
  });

  it.each(['42:', '5:5', '6:3', '0:43'] as const)('refuses %s, which names no rows', (unseen) => {
    expect(() => chosen(unseen)).toThrow(`--unseen ${unseen}: Showers.h5 has no such rows: its 42 showers are 0:42`);
  });

  it('the nearest condition never is the very shower that is judged', () => {
    const { test, others } = chosen('showers');
    const conditions = (rows: Uint32Array) =>
      Float32Array.from([...rows].flatMap((row) => [...particles.subarray(row * 9, row * 9 + 9)]));
    const baseline = nearestCondition(conditions(others), conditions(test), 9);
    const particleOf = groupParticles(particles, 9).groupOf;
    for (let repeat = 0; repeat < 20; repeat++)
      for (const [place, drawn] of baseline.draw(Random.seeded(repeat)).entries()) {
        expect(test).not.toContain(others[drawn]);
        expect(particleOf[others[drawn]!]).toBe(particleOf[test[place]!]);
      }
  });
});

describe('isUnseen', () => {
  it.each(['all', 'showers', 'particles', '0:1', '12:'])('knows %s', (text) => expect(isUnseen(text)).toBe(true));
  it.each(['', 'half', ':5', '5', '-1:5', '1:2:3', '1.5:2', 'ALL'])('does not know %j', (text) =>
    expect(isUnseen(text)).toBe(false),
  );
});
