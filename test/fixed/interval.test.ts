import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { castRaw } from '../../src/fixed/cast.js';
import {
  type Format,
  fractionBits,
  holdsRaw,
  makeFormat,
  maxRaw,
  minRaw,
  overflows,
  printFormat,
  roundings,
  whyUnsupported,
} from '../../src/fixed/format.js';
import {
  addIntervals,
  bitLength,
  canOverflow,
  canRound,
  castInterval,
  contains,
  formatFor,
  fullInterval,
  hull,
  type Interval,
  isPoint,
  maxInterval,
  multiplyIntervals,
  pointInterval,
  rescaledInterval,
  roundedInterval,
  squareInterval,
  subtractIntervals,
} from '../../src/fixed/interval.js';
import { oracleCast, oracleRound, rationalOf } from '../support/rational-oracle.js';

function membersOf({ low, high }: Interval): bigint[] {
  return Array.from({ length: Number(high - low) + 1 }, (_, index) => low + BigInt(index));
}

/** The smallest interval with all these numbers. */
function spanOf(values: readonly bigint[]): Interval {
  return { low: values.reduce((a, b) => (b < a ? b : a)), high: values.reduce((a, b) => (b > a ? b : a)) };
}

/** All intervals inside [low, high]. */
function intervalsIn(low: number, high: number): Interval[] {
  return membersOf({ low: BigInt(low), high: BigInt(high) }).flatMap((from) =>
    membersOf({ low: from, high: BigInt(high) }).map((to) => ({ low: from, high: to })),
  );
}

const small = intervalsIn(-4, 4);

const anyInterval: fc.Arbitrary<Interval> = fc
  .tuple(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.bigInt({ min: 0n, max: 2n ** 70n }))
  .map(([low, length]) => ({ low, high: low + length }));

describe.each<[string, (a: Interval, b: Interval) => Interval, (a: bigint, b: bigint) => bigint]>([
  ['addIntervals', addIntervals, (a, b) => a + b],
  ['subtractIntervals', subtractIntervals, (a, b) => a - b],
  ['multiplyIntervals', multiplyIntervals, (a, b) => a * b],
  ['maxInterval', maxInterval, (a, b) => (a > b ? a : b)],
])('%s', (_, onIntervals, onNumbers) => {
  it('is the smallest interval with every result, for all small intervals', () => {
    for (const a of small) {
      for (const b of small) {
        const results = membersOf(a).flatMap((x) => membersOf(b).map((y) => onNumbers(x, y)));
        const [found, exact] = [onIntervals(a, b), spanOf(results)];
        if (found.low !== exact.low || found.high !== exact.high) expect([a, b, found]).toEqual([a, b, exact]);
      }
    }
    expect(small).toHaveLength(45);
  });

  it('holds the results of members of wide intervals', () => {
    fc.assert(
      fc.property(anyInterval, anyInterval, fc.nat({ max: 100 }), fc.nat({ max: 100 }), (a, b, i, j) => {
        const member = (interval: Interval, percent: number) =>
          interval.low + ((interval.high - interval.low) * BigInt(percent)) / 100n;
        expect(contains(onIntervals(a, b), pointInterval(onNumbers(member(a, i), member(b, j))))).toBe(true);
      }),
      { seed: 12 },
    );
  });
});

describe('squareInterval', () => {
  it('is the smallest interval with every square: tighter than a product', () => {
    for (const a of small) expect(squareInterval(a)).toEqual(spanOf(membersOf(a).map((x) => x * x)));
    expect(squareInterval({ low: -3n, high: 2n })).toEqual({ low: 0n, high: 9n });
    expect(multiplyIntervals({ low: -3n, high: 2n }, { low: -3n, high: 2n })).toEqual({ low: -6n, high: 9n });
  });
});

describe('hull, contains, isPoint, rescaledInterval', () => {
  it('hull is the smallest interval that contains both', () => {
    for (const a of small) {
      for (const b of small) {
        expect(hull(a, b)).toEqual(spanOf([...membersOf(a), ...membersOf(b)]));
        expect(contains(a, b)).toBe(membersOf(b).every((x) => membersOf(a).includes(x)));
      }
      expect(isPoint(a)).toBe(membersOf(a).length === 1);
    }
  });

  it('rescaledInterval counts the same range in smaller units', () => {
    expect(rescaledInterval({ low: -3n, high: 5n }, -2, 1)).toEqual({ low: -24n, high: 40n });
    expect(rescaledInterval({ low: -3n, high: 5n }, 4, 4)).toEqual({ low: -3n, high: 5n });
  });

  it('fullInterval is all that a format holds', () => {
    expect(fullInterval(makeFormat(true, 3, 9))).toEqual({ low: -4n, high: 3n });
    expect(fullInterval(makeFormat(false, 3, -9))).toEqual({ low: 0n, high: 7n });
  });
});

/** Casts of all small intervals: from 2 fraction bits into formats that drop -2 to 4 of them. */
const sources = intervalsIn(-13, 13);
const sourceFraction = 2;
const targets: readonly Format[] = [true, false]
  .flatMap((signed) =>
    [1, 2, 3].flatMap((width) =>
      [-2, -1, 0, 1, 2, 3, 4].flatMap((dropped) =>
        roundings.flatMap((rounding) =>
          overflows.map((overflow) => makeFormat(signed, width, width - sourceFraction + dropped, rounding, overflow)),
        ),
      ),
    ),
  )
  .filter((format) => whyUnsupported(format) === undefined);

describe('casts of intervals', () => {
  const value = (raw: bigint) => rationalOf(raw, { width: sourceFraction, integer: 0 });
  /** Of each number from -13 to 13 what a cast gives. */
  const castsInto = (to: Format) => membersOf({ low: -13n, high: 13n }).map((raw) => oracleCast(value(raw), to));
  const within = <T>(of: readonly T[], { low, high }: Interval) => of.slice(Number(low) + 13, Number(high) + 14);

  it('hold every result; exactly the span of the results except where AP_WRAP wraps unequally and where AP_SAT_ZERO leaves gaps', () => {
    for (const to of targets) {
      const results = castsInto(to);
      const turns = membersOf({ low: -13n, high: 13n }).map(
        (raw, index) => oracleRound(value(raw), fractionBits(to), to.rounding) - results[index]!,
      );
      for (const source of sources) {
        const found = castInterval(source, sourceFraction, to);
        const exact = spanOf(within(results, source));
        const where = `[${source.low}, ${source.high}] into ${printFormat(to)}`;
        if (!contains(found, exact) || !contains(fullInterval(to), found)) expect.fail(`unsound: ${where}`);
        if (found.low === exact.low && found.high === exact.high) continue;
        const wrapsUnequally = to.overflow === 'AP_WRAP' && new Set(within(turns, source)).size > 1;
        const hasGaps = to.overflow === 'AP_SAT_ZERO' && fractionBits(to) > sourceFraction;
        if (!wrapsUnequally && !hasGaps) expect.fail(`loose: ${where}`);
      }
    }
    // 42 formats in 28 modes without the 7 signed single bits in 7 AP_SAT_SYM pairs.
    expect([targets.length, sources.length]).toEqual([42 * 28 - 7 * 7, 378]);
  });

  it('are points for points, and the rounded interval where nothing overflows, in every mode', () => {
    for (const to of targets) {
      for (const source of sources) {
        if (isPoint(source)) {
          expect(castInterval(source, sourceFraction, to)).toEqual(pointInterval(oracleCast(value(source.low), to)));
        }
        if (!canOverflow(source, sourceFraction, to)) {
          const found = castInterval(source, sourceFraction, to);
          const onGrid = roundedInterval(source, sourceFraction, to);
          if (found.low !== onGrid.low || found.high !== onGrid.high) expect.fail(`${printFormat(to)}`);
        }
      }
    }
  });

  it('roundedInterval is the span of the rounded numbers', () => {
    for (const to of targets.filter(({ overflow }) => overflow === 'AP_SAT')) {
      const units = membersOf({ low: -13n, high: 13n }).map((raw) =>
        oracleRound(value(raw), fractionBits(to), to.rounding),
      );
      for (const source of sources) {
        expect(roundedInterval(source, sourceFraction, to)).toEqual(spanOf(within(units, source)));
      }
    }
  });

  it('canOverflow exactly where the range changes some rounded number', () => {
    for (const to of targets) {
      const changes = membersOf({ low: -13n, high: 13n }).map(
        (raw) => oracleRound(value(raw), fractionBits(to), to.rounding) !== oracleCast(value(raw), to),
      );
      for (const source of sources) {
        const expected = within(changes, source).some(Boolean);
        if (canOverflow(source, sourceFraction, to) !== expected) {
          expect.fail(`[${source.low}, ${source.high}] into ${printFormat(to)}: ${!expected}`);
        }
      }
    }
  });

  it('canRound exactly where some number is off the grid', () => {
    for (const to of targets.filter(({ rounding, overflow }) => rounding === 'AP_RND' && overflow === 'AP_SAT')) {
      const unit = 2 ** (sourceFraction - fractionBits(to));
      for (const source of sources) {
        const expected = membersOf(source).some((raw) => Number(raw) % unit !== 0);
        expect(canRound(source, sourceFraction, to)).toBe(expected);
      }
    }
  });

  it('hold the casts of members of wide intervals', () => {
    const formats = fc
      .record({
        signed: fc.boolean(),
        width: fc.integer({ min: 1, max: 90 }),
        integer: fc.integer({ min: -20, max: 90 }),
        rounding: fc.constantFrom(...roundings),
        overflow: fc.constantFrom(...overflows),
      })
      .filter((format) => whyUnsupported(format) === undefined);
    fc.assert(
      fc.property(
        anyInterval,
        fc.nat({ max: 100 }),
        fc.integer({ min: -10, max: 90 }),
        formats,
        (a, percent, fraction, to) => {
          const member = a.low + ((a.high - a.low) * BigInt(percent)) / 100n;
          const result = castRaw(member, fraction, to);
          expect(contains(castInterval(a, fraction, to), pointInterval(result))).toBe(true);
        },
      ),
      { numRuns: 2000, seed: 13 },
    );
  });
});

describe('formatFor', () => {
  function expectNarrowest(interval: Interval, fraction: number): void {
    const format = formatFor(interval, fraction);
    const { low, high } = interval;
    expect(format).toEqual(makeFormat(low < 0n, format.width, format.width - fraction));
    expect(holdsRaw(format, low) && holdsRaw(format, high)).toBe(true);
    if (format.width > 1) {
      const narrower = { ...format, width: format.width - 1 };
      expect(low >= minRaw(narrower) && high <= maxRaw(narrower)).toBe(false);
    }
  }

  it('is the narrowest that holds the interval, signed only where something is negative', () => {
    for (const interval of intervalsIn(-18, 18)) expectNarrowest(interval, 3);
    fc.assert(fc.property(anyInterval, fc.integer({ min: -50, max: 50 }), expectNarrowest), { seed: 14 });
  });

  it.each<[bigint, bigint, number, string]>([
    [0n, 0n, 0, 'ap_ufixed<1,1>'],
    [0n, 0n, 5, 'ap_ufixed<1,-4>'],
    [-1n, -1n, 0, 'ap_fixed<1,1>'],
    [-1n, 0n, 2, 'ap_fixed<1,-1>'],
    [-8n, 7n, 0, 'ap_fixed<4,4>'],
    [-8n, 8n, 0, 'ap_fixed<5,5>'],
    [-9n, -9n, 0, 'ap_fixed<5,5>'],
    [0n, 255n, -3, 'ap_ufixed<8,11>'],
    [256n, 256n, 9, 'ap_ufixed<9,0>'],
  ])('for %s to %s with %s fraction bits is %s', (low, high, fraction, text) => {
    expect(printFormat(formatFor({ low, high }, fraction))).toBe(text);
  });
});

describe('bitLength', () => {
  it('counts the bits of a number that is not negative', () => {
    expect([0n, 1n, 2n, 3n, 4n, 255n, 256n, 2n ** 100n - 1n].map(bitLength)).toEqual([0, 1, 2, 2, 3, 8, 9, 100]);
  });
});
