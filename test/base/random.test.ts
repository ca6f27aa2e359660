import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random, type RandomState } from '../../src/base/random.js';

function words(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.nextWord());
}

describe('Random', () => {
  it("is xoshiro128**: from the state 1, 2, 3, 4 the stream of its authors' C code", () => {
    expect(words(Random.restored({ words: [1, 2, 3, 4] }), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('gives the same stream for a seed, now and for ever', () => {
    expect(words(Random.seeded(0), 4)).toMatchInlineSnapshot(`
      [
        1789933344,
        44971166,
        2521387044,
        3848737593,
      ]
    `);
    expect(words(Random.seeded(1), 4)).toMatchInlineSnapshot(`
      [
        393288148,
        2174103013,
        3814759091,
        2092745082,
      ]
    `);
    expect(words(Random.seeded(-1), 4)).toEqual(words(Random.seeded(2 ** 32 - 1), 4));
  });

  it('gives neighbouring seeds unrelated streams', () => {
    const first = new Set(Array.from({ length: 1000 }, (_, seed) => Random.seeded(seed).nextWord()));
    expect(first.size).toBe(1000);
    const bits = Array.from({ length: 1000 }, (_, seed) => {
      const difference = Random.seeded(seed).nextWord() ^ Random.seeded(seed + 1).nextWord();
      return (difference >>> 0).toString(2).replaceAll('0', '').length;
    });
    const mean = bits.reduce((a, b) => a + b) / bits.length;
    expect(Math.abs(mean - 16)).toBeLessThan(0.5);
  });

  it('goes on where a saved state left off, through JSON', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 50 }), (seed, drawn) => {
        const random = Random.seeded(seed);
        words(random, drawn);
        const saved = JSON.stringify(random.state);
        const expected = words(random, 20);
        const restored = Random.restored(JSON.parse(saved) as RandomState);
        expect(words(restored, 20)).toEqual(expected);
        expect(restored.state).toEqual(random.state);
      }),
      { seed: 22 },
    );
  });

  it('draws words of 32 bits, each bit as often 0 as 1', () => {
    const random = Random.seeded(5);
    const ones = new Array<number>(32).fill(0);
    for (const word of words(random, 20_000)) {
      expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true);
      for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
    }
    for (const count of ones) expect(Math.abs(count / 20_000 - 0.5)).toBeLessThan(0.02);
  });
});

describe('integer', () => {
  it('is uniform, both ends included', () => {
    const random = Random.seeded(6);
    const counts = new Map<number, number>();
    for (let n = 0; n < 70_000; n++) {
      const value = random.integer(-3, 3);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('is uniform also where the span does not divide 2^32', () => {
    const random = Random.seeded(11);
    const low = Array.from({ length: 9000 }, () => random.integer(0, 3 * 2 ** 30 - 1)).filter(
      (value) => value < 2 ** 30,
    );
    expect(Math.abs(low.length - 3000)).toBeLessThan(300);
  });

  it('stays in its range, which may be one number or nearly all words', () => {
    const random = Random.seeded(7);
    expect(random.integer(4, 4)).toBe(4);
    for (let n = 0; n < 1000; n++) {
      const value = random.integer(-(2 ** 31), 2 ** 31 - 2);
      expect(Number.isInteger(value) && value >= -(2 ** 31) && value <= 2 ** 31 - 2).toBe(true);
    }
  });
});

describe('bigint', () => {
  it('stays in its range, of any size', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
        fc.bigInt({ min: 0n, max: 2n ** 150n }),
        (seed, low, length) => {
          const random = Random.seeded(seed);
          for (let n = 0; n < 5; n++) {
            const value = random.bigint(low, low + length);
            expect(value >= low && value <= low + length).toBe(true);
          }
        },
      ),
      { numRuns: 300, seed: 23 },
    );
  });

  it('reaches both ends of a small range and all parts of a large one', () => {
    const random = Random.seeded(8);
    expect(new Set(Array.from({ length: 200 }, () => random.bigint(-2n, 2n)))).toEqual(new Set([-2n, -1n, 0n, 1n, 2n]));
    const eighths = new Array<number>(8).fill(0);
    for (let n = 0; n < 8000; n++) eighths[Number(random.bigint(0n, 2n ** 100n - 1n) >> 97n)]!++;
    for (const count of eighths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('chance and pick', () => {
  it('chance happens as often as asked', () => {
    const random = Random.seeded(9);
    const share = (probability: number) =>
      Array.from({ length: 10_000 }, () => random.chance(probability)).filter(Boolean).length / 10_000;
    expect(share(0)).toBe(0);
    expect(share(1)).toBe(1);
    expect(Math.abs(share(0.25) - 0.25)).toBeLessThan(0.02);
  });

  it('pick takes every item, and refuses an empty list', () => {
    const random = Random.seeded(10);
    expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']));
    expect(() => random.pick([])).toThrow(new RangeError('pick from an empty list'));
  });
});

describe('uniform', () => {
  it('has the moments and deciles of the uniform distribution, and never 0 or 1', () => {
    const random = Random.seeded(12);
    const draws = Array.from({ length: 100_000 }, () => random.uniform());
    expect(Math.min(...draws.slice(0, 50_000))).toBeGreaterThan(0);
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001);
    for (let decile = 0; decile < 10; decile++) {
      const share = draws.filter((value) => Math.floor(value * 10) === decile).length / draws.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.005);
    }
    expect(Random.restored({ words: [0, 0, 0, 0] }).uniform()).toBe(2 ** -33);
  });
});

describe('normal', () => {
  it('has the moments of the normal distribution', () => {
    const random = Random.seeded(13);
    const moments = [0, 0, 0, 0];
    const count = 400_000;
    for (let n = 0; n < count; n++) {
      const draw = random.normal();
      for (let power = 1; power <= 4; power++) moments[power - 1]! += draw ** power / count;
    }
    const [mean, second, third, fourth] = moments as [number, number, number, number];
    expect(Math.abs(mean)).toBeLessThan(0.008);
    expect(Math.abs(second - 1)).toBeLessThan(0.012);
    expect(Math.abs(third)).toBeLessThan(0.03);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.09);
  });

  it('falls below a quantile as often as it should', () => {
    const random = Random.seeded(14);
    const draws = Array.from({ length: 400_000 }, () => random.normal());
    for (const [quantile, probability] of [
      [-3, 0.0013498980316],
      [-1.6448536269515, 0.05],
      [-0.5, 0.3085375387259],
      [0, 0.5],
      [1, 0.8413447460685],
      [2.3263478740408, 0.99],
    ] as const) {
      const share = draws.filter((draw) => draw < quantile).length / draws.length;
      expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt((probability * (1 - probability)) / 400_000));
    }
  });

  it('fills an array with the same stream, in float32, now and for ever', () => {
    const filled = new Float32Array(1000);
    const random = Random.seeded(15);
    random.fillNormal(filled);
    const single = Random.seeded(15);
    expect([...filled]).toEqual(Array.from({ length: 1000 }, () => Math.fround(single.normal())));
    expect(random.state).toEqual(single.state);
    expect([...filled.subarray(0, 5)]).toMatchInlineSnapshot(`
      [
        -1.454328179359436,
        -0.22960633039474487,
        0.9690544605255127,
        0.9117457270622253,
        2.1333467960357666,
      ]
    `);
  });
});
