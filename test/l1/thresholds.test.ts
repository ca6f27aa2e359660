/** Rates, thresholds and efficiencies against numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { efficienciesOf } from '../../src/l1/efficiencies.js';
import { crossingRate, percentile, rateOf } from '../../src/l1/rates.js';
import { type NamedSignal, tablesOf } from '../../src/l1/run/results.js';
import { firmwareThreshold, isThreshold, type Refusal, type Threshold, thresholdsOf } from '../../src/l1/thresholds.js';

/** Scores 1 to 200, one kHz each; every fourth event has another seed. */
const scores = Float64Array.from({ length: 200 }, (_, index) => index + 1);
const level1 = Uint8Array.from(scores, (score) => (score % 4 === 0 ? 1 : 0));
const options = { bcKhz: 200, scoreFraction: 4 };

const only = (entries: readonly (Threshold | Refusal)[], kind: 'raw' | 'pure'): Threshold | Refusal =>
  entries.find((entry) => entry.kind === kind)!;

describe('rates', () => {
  it('bunches cross at revolution frequency times bunches', () => {
    expect(crossingRate(11245.6, 2544)).toBeCloseTo(28608.8064, 9);
  });

  it('a percentile interpolates between ranks', () => {
    expect(percentile(Float64Array.of(10, 20, 40), 75)).toBe(30);
    expect(percentile(Float64Array.of(10, 20, 40), 0)).toBe(10);
    expect(percentile(Float64Array.of(10, 20, 40), 100)).toBe(40);
    expect(percentile(Float64Array.of(7), 50)).toBe(7);
  });

  it('an error is binomial', () => {
    // 25 of 100 events: a fraction of 0.25 +- sqrt(0.25 * 0.75 / 100).
    expect(rateOf(25, 100, 1000)).toEqual({ rate: 250, error: expect.closeTo(43.30127, 5), events: 25 });
  });
});

describe('raw thresholds', () => {
  it('are the percentile, and the rate above them is the target', () => {
    // Rank (1 - 20/200) * 199 = 179.1: the score 1 + 179.1.
    const threshold = only(thresholdsOf({ scores }, { ...options, targets: [20] }), 'raw') as Threshold;
    expect(threshold.value).toBeCloseTo(180.1, 10);
    expect(threshold.raw).toEqual({
      rate: 20,
      error: expect.closeTo(Math.sqrt((0.1 * 0.9) / 200) * 200, 10),
      events: 20,
    });
    // 180.1 * 16 = 2881.6
    expect(threshold.integer).toBe(2882n);
  });

  it('refuse a rate the events are too few for, and say how many it takes', () => {
    const refused = only(thresholdsOf({ scores }, { ...options, targets: [9] }), 'raw') as Refusal;
    expect(refused.reason).toBe('9.0 of 200 test events would be above it, 10 are needed: give 223 test events');
  });

  it('refuse a rate above that of the crossings', () => {
    const refused = only(thresholdsOf({ scores }, { ...options, targets: [201] }), 'raw') as Refusal;
    expect(refused.reason).toBe('bunches cross at 200 kHz: no rate is higher');
  });

  it('refuse an integer that the type of the score does not hold', () => {
    // A quarter of the events stand at the end of ap_ufixed<8,4>: 15.9375, raw 255. The threshold would be 256, which is 0 in 8 bits.
    const ends = scores.map((score) => Math.min(score / 8, 255 / 16));
    const asked = { ...options, scoreMost: 255n };
    const refused = only(thresholdsOf({ scores: ends }, { ...asked, targets: [20] }), 'raw') as Refusal;
    expect(refused.reason).toBe(
      '73 test events have the largest score that its type holds, 15.9375: give the score a wider type',
    );
    const below = only(thresholdsOf({ scores: ends }, { ...asked, targets: [100] }), 'raw') as Threshold;
    expect(below.integer).toBeLessThanOrEqual(255n);
  });

  it('refuse a largest score that several events share: nothing is above it', () => {
    const shared = scores.map((score) => Math.min(score, 171));
    const refused = only(thresholdsOf({ scores: shared }, { ...options, targets: [20] }), 'raw') as Refusal;
    expect(refused.reason).toBe('30 test events share the largest score, 171, so no rate is below 30.00 kHz');
    const enough = only(thresholdsOf({ scores: shared }, { ...options, targets: [31] }), 'raw') as Threshold;
    expect(enough.raw.events).toBe(31);
  });

  it('the integer decides as the score does', () => {
    const random = Random.seeded(11);
    for (let trial = 0; trial < 2000; trial++) {
      const fraction = random.integer(0, 8);
      // On the grid half of the time: there the two ways of comparing could differ.
      const value = random.chance(0.5) ? random.integer(-500, 500) / 2 ** fraction : random.integer(-5e6, 5e6) / 1e4;
      const raw = BigInt(Math.floor(value * 2 ** fraction) + random.integer(-1, 2));
      expect(raw >= firmwareThreshold(value, fraction)).toBe(Number(raw) / 2 ** fraction > value);
    }
  });
});

describe('pure thresholds', () => {
  it('interpolate the raw rate between grid points', () => {
    // At raw 10^1.5 = 31.62 kHz: 32 events, 169 to 200, 8 of them taken: pure 24. At 10^1.6 = 39.81: 40 events, 10 taken: pure 30.
    // A target of 27 is half-way: raw 35.717 kHz, the percentile of which is 200 - 0.995 * 35.717.
    const threshold = only(thresholdsOf({ scores, level1 }, { ...options, targets: [27] }), 'pure') as Threshold;
    expect(threshold.value).toBeCloseTo(200 - 0.995 * ((10 ** 1.5 + 10 ** 1.6) / 2), 9);
    expect(threshold.raw.rate).toBe(36);
    expect(threshold.pure?.rate).toBe(27);
  });

  it('count only events without another seed, whatever the order', () => {
    const random = Random.seeded(3);
    const order = [...scores.keys()].sort(() => random.integer(-1, 1));
    const shuffled = {
      scores: Float64Array.from(order, (event) => scores[event]!),
      level1: Uint8Array.from(order, (event) => level1[event]!),
    };
    const asked = { ...options, targets: [20, 27, 60] };
    expect(thresholdsOf(shuffled, asked)).toEqual(thresholdsOf({ scores, level1 }, asked));
  });

  it('without Level-1 bits are refused', () => {
    const refused = only(thresholdsOf({ scores }, { ...options, targets: [20] }), 'pure') as Refusal;
    expect(refused.reason).toBe('pure: the events carry no Level-1 bits');
  });

  it('refuse a target above the pure rate of all events', () => {
    // 150 events are not taken; the lowest score is not above itself, and it is one of them.
    const refused = only(thresholdsOf({ scores, level1 }, { ...options, targets: [150] }), 'pure') as Refusal;
    expect(refused.reason).toBe('pure: the rate of all events together is 149.0 kHz');
    expect(isThreshold(refused)).toBe(false);
  });

  it('refuse scores that are all equal, and events that are all taken', () => {
    const same = scores.map(() => 4);
    const reasons = (level1: Uint8Array): readonly string[] =>
      thresholdsOf({ scores: same, level1 }, { ...options, targets: [20] }).map((entry) => (entry as Refusal).reason);
    expect(reasons(level1)).toEqual([
      '200 test events share the largest score, 4, so no rate is below 200.0 kHz',
      'pure: 150 test events share the largest score, 4, so no rate is below 150.0 kHz',
    ]);
    expect(reasons(level1.map(() => 1))[1]).toBe('pure: another seed has taken every test event');
  });

  it('equal the raw ones when no other seed ever fires', () => {
    const none = { scores, level1: new Uint8Array(200) };
    const entries = thresholdsOf(none, { ...options, targets: [10 ** 1.5] });
    expect((only(entries, 'pure') as Threshold).raw.events).toBe((only(entries, 'raw') as Threshold).raw.events);
  });
});

describe('efficiencies', () => {
  const signal = {
    scores: Float64Array.of(5, 15, 25, 35, 10),
    level1: Uint8Array.of(1, 0, 1, 0, 0),
    ht: Float32Array.of(300, 280, 281, 10, 0),
  };

  it('count by hand', () => {
    // Above 10: events 1, 2, 3; taken: 0, 2; pure: 1, 3; either: 0, 1, 2, 3; HT above 280: 0 and 2.
    expect(efficienciesOf(signal, 10, 280)).toEqual({
      events: 5,
      raw: 0.6,
      level1: 0.4,
      ht: 0.4,
      pure: 0.4,
      improvement: 0.4,
    });
  });

  it('say nothing of what the file does not know', () => {
    expect(efficienciesOf({ scores: signal.scores }, 10, 280)).toEqual({ events: 5, raw: 0.6 });
  });

  it('are undefined for the signals whose events do not tell, absent where none do', () => {
    const events = { scores: Float64Array.of(5, 15), level1: Uint8Array.of(1, 0) };
    const bare = { scores: Float64Array.of(15) };
    const threshold = { kind: 'raw', target: 1, value: 10 } as Threshold;
    const of = (...signals: NamedSignal[]) => tablesOf([threshold], 'raw', signals, 280)[0]!.table;
    expect(of({ name: 'told', events }, { name: 'bare', events: bare })).toEqual({
      signals: ['told', 'bare'],
      axo: [0.5, 1],
      pure: [0.5, undefined],
      level1: [0.5, undefined],
      improvement: [0.5, undefined],
    });
    expect(of({ name: 'bare', events: bare })).toEqual({ signals: ['bare'], axo: [1] });
  });
});
