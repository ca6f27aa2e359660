import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { casterOf, castRaw, dropsMoreThanAll, lowestKept, overflowed, rounded } from '../../src/fixed/cast.js';
import {
  type Format,
  fractionBits,
  holdsRaw,
  makeFormat,
  maxRaw,
  minRaw,
  overflows,
  parseFormat,
  printFormat,
  type Rounding,
  roundings,
  whyUnsupported,
} from '../../src/fixed/format.js';
import { oracleCast, oracleOverflow, oracleRound, rationalOf } from '../support/rational-oracle.js';
import { requireSharedData } from '../support/shared-data.js';

/** Both signs, widths 1 to 4, the binary point from 3 bits left of the number to 3 bits right of it. */
const smallFormats: readonly Format[] = [true, false].flatMap((signed) =>
  [1, 2, 3, 4].flatMap((width) =>
    Array.from({ length: width + 7 }, (_, index) => makeFormat(signed, width, index - 3)),
  ),
);

function rawsOf(format: Format): bigint[] {
  return Array.from({ length: 2 ** format.width }, (_, index) => minRaw(format) + BigInt(index));
}

describe('castRaw', () => {
  it('agrees with rational arithmetic from every value of every format of up to 4 bits into every such format', () => {
    const fractions = [...new Set(smallFormats.map(fractionBits))];
    const targets = fractions.map((fraction) => ({
      fraction,
      formats: smallFormats.filter((format) => fractionBits(format) === fraction),
    }));
    let compared = 0;
    const wrong: string[] = [];
    for (const from of smallFormats) {
      for (const raw of rawsOf(from)) {
        const value = rationalOf(raw, from);
        for (const { fraction, formats } of targets) {
          for (const rounding of roundings) {
            const units = oracleRound(value, fraction, rounding);
            for (const format of formats) {
              for (const overflow of overflows) {
                const to = { ...format, rounding, overflow };
                if (whyUnsupported(to) !== undefined) continue;
                const expected = oracleOverflow(units, to);
                const found = castRaw(raw, fractionBits(from), to);
                compared++;
                if (found !== expected || casterOf(fractionBits(from), to)(raw) !== expected) {
                  wrong.push(`${raw} of ${printFormat(from)} in ${printFormat(to)}: ${found}, not ${expected}`);
                }
              }
            }
          }
        }
      }
    }
    console.log(`castRaw: ${compared} casts compared with rational arithmetic`);
    expect(wrong.slice(0, 10)).toEqual([]);
    // 616 source values, 76 formats in 28 mode pairs without the 8 signed single bits in 7 AP_SAT_SYM pairs.
    expect(compared).toBe(616 * (76 * 28 - 8 * 7));
  });

  it('agrees with rational arithmetic between wide formats with distant binary points', () => {
    const formats = fc.record({
      signed: fc.boolean(),
      width: fc.integer({ min: 1, max: 130 }),
      integer: fc.integer({ min: -150, max: 150 }),
      rounding: fc.constantFrom(...roundings),
      overflow: fc.constantFrom(...overflows),
    });
    const targets = formats.filter((format) => whyUnsupported(format) === undefined);
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 140n), max: 2n ** 140n }),
        fc.integer({ min: -150, max: 300 }),
        targets,
        (raw, fraction, to) => {
          const value = rationalOf(raw, { width: fraction, integer: 0 });
          expect(castRaw(raw, fraction, to)).toBe(oracleCast(value, to));
          expect(casterOf(fraction, to)(raw)).toBe(oracleCast(value, to));
        },
      ),
      { numRuns: 5000, seed: 1 },
    );
  });

  it('agrees with rational arithmetic at and beside ties and the ends of the range', () => {
    const cases = fc.record({
      signed: fc.boolean(),
      width: fc.integer({ min: 2, max: 70 }),
      dropped: fc.integer({ min: 1, max: 80 }),
      rounding: fc.constantFrom(...roundings),
      overflow: fc.constantFrom(...overflows),
      end: fc.constantFrom('low', 'high', 'zero', 'low - 1', 'high + 1'),
      halves: fc.bigInt({ min: -3n, max: 3n }),
      beside: fc.bigInt({ min: -1n, max: 1n }),
    });
    fc.assert(
      fc.property(cases, ({ signed, width, dropped, rounding, overflow, end, halves, beside }) => {
        const to = makeFormat(signed, width, width, rounding, overflow);
        const ends = {
          low: minRaw(to),
          high: maxRaw(to),
          zero: 0n,
          'low - 1': minRaw(to) - 1n,
          'high + 1': maxRaw(to) + 1n,
        };
        const half = 2n ** BigInt(dropped - 1);
        const raw = 2n * half * ends[end as keyof typeof ends] + halves * half + beside;
        expect(castRaw(raw, dropped, to)).toBe(oracleCast(rationalOf(raw, { width: dropped, integer: 0 }), to));
      }),
      { numRuns: 5000, seed: 2 },
    );
  });

  it.each<[Rounding, bigint[]]>([
    ['AP_TRN', [-2n, -2n, -2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n]],
    ['AP_TRN_ZERO', [-2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n]],
    ['AP_RND', [-2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n, 2n]],
    ['AP_RND_ZERO', [-2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n]],
    ['AP_RND_MIN_INF', [-2n, -2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n]],
    ['AP_RND_INF', [-2n, -2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n, 2n]],
    ['AP_RND_CONV', [-2n, -2n, -2n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 2n, 2n]],
  ])('rounds the quarters from -2 to 1.75 by %s', (rounding, expected) => {
    expect(Array.from({ length: 16 }, (_, index) => rounded(BigInt(index - 8), 2, rounding))).toEqual(expected);
  });

  it.each([
    ['ap_fixed<3,3>', [3, -4, -3, -2, -1, 0, 1, 2, 3, -4, -3]],
    ['ap_fixed<3,3,AP_TRN,AP_SAT>', [-4, -4, -3, -2, -1, 0, 1, 2, 3, 3, 3]],
    ['ap_fixed<3,3,AP_TRN,AP_SAT_ZERO>', [0, -4, -3, -2, -1, 0, 1, 2, 3, 0, 0]],
    ['ap_fixed<3,3,AP_TRN,AP_SAT_SYM>', [-3, -3, -3, -2, -1, 0, 1, 2, 3, 3, 3]],
    ['ap_ufixed<2,2>', [3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1]],
    ['ap_ufixed<2,2,AP_TRN,AP_SAT>', [0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3]],
    ['ap_ufixed<2,2,AP_TRN,AP_SAT_ZERO>', [0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0]],
    ['ap_ufixed<2,2,AP_TRN,AP_SAT_SYM>', [0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3]],
  ])('brings -5 to 5 into the range of %s', (text, expected) => {
    const to = parseFormat(text, 'test');
    expect(expected.map((_, index) => Number(overflowed(BigInt(index - 5), to)))).toEqual(expected);
  });

  it('rounds before it looks at the range', () => {
    const to = (overflow: string) => parseFormat(`ap_fixed<3,3,AP_RND,${overflow}>`, 'test');
    expect(castRaw(7n, 1, to('AP_WRAP'))).toBe(-4n);
    expect(castRaw(7n, 1, to('AP_SAT_ZERO'))).toBe(0n);
    expect(castRaw(7n, 1, to('AP_SAT'))).toBe(3n);
    expect(castRaw(-9n, 1, to('AP_SAT_ZERO'))).toBe(-4n);
  });
});

describe('lowestKept', () => {
  it('is the lowest value that some cast into the format gives', () => {
    for (const format of smallFormats) {
      for (const overflow of overflows) {
        const to = { ...format, overflow };
        if (whyUnsupported(to) !== undefined) continue;
        const given = Array.from({ length: 80 }, (_, index) => overflowed(BigInt(index - 40), to));
        expect(lowestKept(to)).toBe(given.reduce((a, b) => (b < a ? b : a)));
      }
    }
  });
});

describe('dropsMoreThanAll', () => {
  it('holds where a cast that rounds drops more bits than the source has', () => {
    const holds = (from: string, to: string) => dropsMoreThanAll(parseFormat(from, 'from'), parseFormat(to, 'to'));
    expect(holds('ap_fixed<3,-2>', 'ap_fixed<4,2,AP_RND>')).toBe(false);
    expect(holds('ap_fixed<3,-2>', 'ap_fixed<4,3,AP_RND>')).toBe(true);
    expect(holds('ap_fixed<3,-2>', 'ap_fixed<4,3,AP_TRN_ZERO>')).toBe(true);
    expect(holds('ap_fixed<3,-2>', 'ap_fixed<4,3,AP_TRN,AP_SAT>')).toBe(false);
    expect(holds('ap_ufixed<8,8>', 'ap_ufixed<4,12,AP_RND_CONV>')).toBe(false);
    expect(holds('ap_ufixed<8,8>', 'ap_ufixed<4,13,AP_RND_CONV>')).toBe(true);
  });
});

interface CastCase {
  readonly from: string;
  readonly to: string;
  readonly in: readonly (number | string)[];
  readonly out: readonly (number | string)[];
}

function readCases<T>(directory: string, name: string): readonly T[] {
  return JSON.parse(readFileSync(path.join(directory, 'ap_fixed', name), 'utf8')) as T[];
}

describe('vectors run through the public ap_fixed headers', () => {
  it('are the casts of castRaw and of the oracle', (ctx) => {
    const cases = readCases<CastCase>(requireSharedData(ctx), 'casts.json');
    let compared = 0;
    const wrong: string[] = [];
    for (const { from: fromText, to: toText, in: given, out } of cases) {
      const from = parseFormat(fromText, 'casts.json');
      const to = parseFormat(toText, 'casts.json');
      expect(out.length).toBe(given.length);
      for (const [index, text] of given.entries()) {
        const raw = BigInt(text);
        const expected = BigInt(out[index]!);
        compared++;
        const found = castRaw(raw, fractionBits(from), to);
        const oracle = oracleCast(rationalOf(raw, from), to);
        if (found !== expected || oracle !== expected || !holdsRaw(from, raw)) {
          wrong.push(`${text} of ${fromText} in ${toText}: castRaw ${found}, oracle ${oracle}, headers ${expected}`);
        }
      }
    }
    console.log(`casts.json: ${cases.length} casts, ${compared} vectors compared`);
    expect(wrong.slice(0, 10)).toEqual([]);
    expect([cases.length, compared]).toEqual([282, 7300]);
  });
});
