/** The quantiser of typed arrays gives what the bigint one gives: numbers, counts of rounded values, errors. */
import { describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import type { Events } from '../../src/data/events.js';
import { type Dyadic, toDouble } from '../../src/fixed/dyadic.js';
import { type Format, fractionBits, makeFormat, maxRaw, minRaw, overflows, roundings } from '../../src/fixed/format.js';
import type { InputStage } from '../../src/network/network.js';
import { blockQuantiserOf } from '../../src/network/quantise-block.js';
import { type EventUnit, quantiseEvents } from '../../src/network/quantise-events.js';

interface Outcome {
  readonly raws?: readonly number[];
  readonly roundedCount?: number;
  readonly message?: string;
}

function attempt(work: () => Outcome): Outcome {
  try {
    return work();
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return { message: error.message };
    throw error;
  }
}

function compare(input: InputStage, unit: EventUnit, events: Events): Outcome {
  const expected = attempt(() => {
    const { vectors, roundedCount } = quantiseEvents(events, input, unit, 1000);
    return { raws: vectors.flat().map(Number), roundedCount };
  });
  const found = attempt(() => {
    const target = new Int32Array(events.values.length);
    const roundedCount = blockQuantiserOf(input, unit)(events, 1000, target);
    return { raws: [...target], roundedCount };
  });
  expect(found, JSON.stringify(input.format)).toEqual(expected);
  return expected;
}

const arrays = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];

function randomFormat(random: Random): Format {
  const signed = random.chance(0.7);
  // A word of 32 bits has room for a sign.
  const width = random.integer(signed ? 2 : 1, signed ? 32 : 31);
  return makeFormat(signed, width, random.integer(-3, width + 3), random.pick(roundings), random.pick(overflows));
}

describe('blockQuantiserOf', () => {
  it('rounds, saturates and refuses real values like the bigint quantiser', () => {
    const random = Random.seeded(1);
    const seen = { rounded: 0, refused: 0, accepted: 0 };
    for (let round = 0; round < 3000; round++) {
      const format = randomFormat(random);
      const fraction = fractionBits(format);
      const unit = toDouble(1n, fraction);
      const inside = (): number => toDouble(random.bigint(minRaw(format), maxRaw(format)), fraction);
      const value = (): number => {
        switch (random.integer(0, round % 3 === 0 ? 8 : 5)) {
          case 0:
            return inside() + unit / 2;
          case 1:
            return inside() - unit / 2;
          case 2:
            return inside() + unit * random.uniform();
          case 3:
            return random.pick([
              0,
              -0,
              5e-324,
              -5e-324,
              unit / 2,
              -unit / 2,
              unit * (0.5 - 2 ** -54),
              -unit * (0.5 - 2 ** -54),
            ]);
          case 6:
            return inside() * 4;
          case 7:
            return random.pick([1e300, -1e300, Number.MAX_VALUE, 2 ** 53, -(2 ** 63)]);
          default:
            return inside();
        }
      };
      const values = Float64Array.from({ length: 12 }, value);
      const { roundedCount, message } = compare({ width: 3, format }, 'real', {
        source: 'x',
        count: 4,
        width: 3,
        values,
      });
      seen.rounded += roundedCount ?? 0;
      if (message === undefined) seen.accepted++;
      else seen.refused++;
    }
    expect(seen.rounded).toBeGreaterThan(5000);
    expect(seen.accepted).toBeGreaterThan(1000);
    expect(seen.refused).toBeGreaterThan(200);
  });

  it('takes hardware integers of every type with any LSB like the bigint quantiser', () => {
    const random = Random.seeded(2);
    const seen = { refused: 0, accepted: 0 };
    for (let round = 0; round < 4000; round++) {
      const hardwareFormat = randomFormat(random);
      const isOdd = random.chance(0.3);
      const lsb = (): Dyadic => ({
        mantissa: isOdd ? random.pick([1n, 3n, -5n, 2n ** 60n + 1n]) : 1n,
        fraction: fractionBits(hardwareFormat) + (isOdd ? random.pick([0, -3, 2, 30, -600]) : random.pick([0, -1])),
      });
      const scaling = { hardwareFormat, offsets: [], shifts: [], lsbs: [lsb(), lsb(), lsb()] };
      const input: InputStage = { width: 3, format: hardwareFormat, scaling };
      const largest = Math.min(2 ** 31 - 1, random.pick([1, 3, 100, Number(maxRaw(hardwareFormat))]));
      const array = random.pick(arrays);
      const numbers = Array.from(
        { length: 12 },
        () => random.integer(-largest, largest) * (random.chance(0.01) ? 0.5 : 1),
      );
      const values = new array(numbers);
      const { message } = compare(input, 'hardware', { source: 'x', count: 4, width: 3, values });
      if (message === undefined) seen.accepted++;
      else seen.refused++;
    }
    expect(seen.accepted).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it('takes 64-bit integers, alone and among numbers', () => {
    const random = Random.seeded(3);
    const input: InputStage = { width: 2, format: makeFormat(true, 20, 20) };
    for (let round = 0; round < 300; round++) {
      const large = random.chance(0.5) ? random.pick([2n ** 53n + 1n, 2n ** 62n, -(2n ** 63n), 2n ** 32n]) : 7n;
      const list = [large, random.bigint(-500_000n, 500_000n), -1n, 2n ** 19n - 1n];
      const unsigned = list.map((value) => BigInt.asUintN(64, value));
      for (const values of [BigInt64Array.from(list), BigUint64Array.from(unsigned), list, [1, ...list.slice(1)]])
        for (const unit of ['hardware', 'real'] as const)
          compare(input, unit, { source: 'x', count: 2, width: 2, values: values as Events['values'] });
    }
  });

  it('refuses events of another width', () => {
    const events = { source: 'x', count: 1, width: 3, values: new Int16Array(3) };
    const { message } = compare({ width: 2, format: makeFormat(true, 8, 8) }, 'hardware', events);
    expect(message).toContain('error[wrong-width]: x: an event has 3 values, the network 2 inputs');
  });
});
