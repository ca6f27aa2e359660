import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Dyadic,
  exactRaw,
  fromDecimal,
  fromDouble,
  toDecimal,
  toDouble,
  trailingZeros,
} from '../../src/fixed/dyadic.js';
import { parseFormat } from '../../src/fixed/format.js';

/** Whether mantissa * 2^-fraction, in rational arithmetic, is the number that decimal text writes. */
function isWrittenBy(text: string, { mantissa, fraction }: Dyadic): boolean {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return false;
  const decimals = match[3] ?? '';
  const digits = BigInt(`${match[1]}${match[2]}${decimals}`);
  const [up, down] = fraction < 0 ? [2n ** BigInt(-fraction), 1n] : [1n, 2n ** BigInt(fraction)];
  return digits * down === mantissa * up * 10n ** BigInt(decimals.length);
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Doubles of any bits, so that every exponent is as likely as any other. */
const finiteByBits = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0]!)
  .filter(Number.isFinite);

describe('fromDouble', () => {
  it.each<[number, bigint, number]>([
    [0, 0n, 0],
    [-0, 0n, 0],
    [1, 1n, 0],
    [-2.5, -5n, 1],
    [96, 3n, -5],
    [0.1, 0xccccccccccccdn, 55],
    [2 ** 53 + 2, 2n ** 52n + 1n, -1],
    [Number.MAX_VALUE, 2n ** 53n - 1n, -971],
    [2 ** -1022, 1n, 1022],
    [2 ** -1022 - 2 ** -1074, 2n ** 52n - 1n, 1074],
    [-3 * 2 ** -1074, -3n, 1074],
    [Number.MIN_VALUE, 1n, 1074],
  ])('of %s is exact, with an odd mantissa', (value, mantissa, fraction) => {
    expect(fromDouble(value)).toEqual({ mantissa, fraction });
  });

  it.each([finite, finiteByBits])('of any double is its exact value', (doubles) => {
    fc.assert(
      fc.property(doubles, (value) => {
        const { mantissa, fraction } = fromDouble(value);
        expect(mantissa === 0n ? fraction === 0 : mantissa % 2n !== 0n).toBe(true);
        // Both factors and the product are doubles: nothing is rounded here.
        expect(Number(mantissa) * 2 ** -fraction).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s', (value) => {
    expect(() => fromDouble(value)).toThrow(new RangeError(`${value} is not a finite number`));
  });
});

describe('fromDecimal', () => {
  it.each<[string, bigint, number]>([
    ['0', 0n, 0],
    ['-0.000', 0n, 0],
    ['12', 3n, -2],
    ['+12.375', 99n, 3],
    ['-12.375', -99n, 3],
    ['  0.5 ', 1n, 1],
    ['007.2500', 29n, 2],
    ['1152921504606846976', 1n, -60],
    ['0.0000152587890625', 1n, 16],
  ])('reads "%s"', (text, mantissa, fraction) => {
    expect(fromDecimal(text)).toEqual({ mantissa, fraction });
  });

  it.each(['0.1', '-12.3', '0.3333', '', '.', '.5', '5.', '1e3', '--1', '1 2', '0x10', 'NaN', '1,5', '1.5.0'])(
    'gives nothing for "%s"',
    (text) => {
      expect(fromDecimal(text)).toBeUndefined();
    },
  );
});

describe('toDecimal', () => {
  it.each<[bigint, number, string]>([
    [0n, 5, '0'],
    [-1n, 3, '-0.125'],
    [1n, -14, '16384'],
    [-3n, 0, '-3'],
    [20n, 2, '5'],
    [-21n, 2, '-5.25'],
    [1n, 10, '0.0009765625'],
  ])('writes %s * 2^-%s as "%s"', (raw, fraction, text) => {
    expect(toDecimal(raw, fraction)).toBe(text);
  });

  it('is exact and has no superfluous digits, for any number', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
        fc.integer({ min: -80, max: 250 }),
        (raw, fraction) => {
          const text = toDecimal(raw, fraction);
          expect(text).toMatch(/^(0|-?([1-9]\d*|0(?=\.))(\.\d*[1-9])?)$/);
          expect(isWrittenBy(text, { mantissa: raw, fraction })).toBe(true);
        },
      ),
      { numRuns: 2000, seed: 5 },
    );
  });

  it('is undone by fromDecimal, which divides out the powers of two', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }),
        fc.integer({ min: -40, max: 120 }),
        (odd, fraction) => {
          const mantissa = 2n * odd + 1n;
          expect(fromDecimal(toDecimal(mantissa, fraction))).toEqual({ mantissa, fraction });
          expect(fromDecimal(toDecimal(8n * mantissa, fraction))).toEqual({ mantissa, fraction: fraction - 3 });
        },
      ),
      { numRuns: 500, seed: 6 },
    );
  });
});

describe('toDouble', () => {
  it.each<[bigint, number, number]>([
    [0n, 3, 0],
    [-5n, 1, -2.5],
    [3n, -5, 96],
    [2n ** 53n + 1n, 0, 2 ** 53],
    [2n ** 53n + 3n, 0, 2 ** 53 + 4],
    [2n ** 54n + 2n, 0, 2 ** 54],
    [2n ** 54n + 3n, 0, 2 ** 54 + 4],
    [-(2n ** 100n + 2n ** 47n + 1n), 100, -(1 + 2 ** -52)],
    [2n ** 100n + 2n ** 47n, 100, 1],
    [1n, 1074, Number.MIN_VALUE],
    [1n, 1075, 0],
    [3n, 1075, 2 * Number.MIN_VALUE],
    [2n ** 53n - 1n, -971, Number.MAX_VALUE],
    [1n, -1024, Number.POSITIVE_INFINITY],
    [-1n, -5000, Number.NEGATIVE_INFINITY],
    [1n, 5000, 0],
  ])('of %s * 2^-%s is %s', (raw, fraction, expected) => {
    expect(toDouble(raw, fraction)).toBe(expected);
  });

  it.each([finite, finiteByBits])('gives back every double', (doubles) => {
    fc.assert(
      fc.property(doubles, fc.nat({ max: 80 }), (value, zeros) => {
        const { mantissa, fraction } = fromDouble(value);
        expect(toDouble(mantissa << BigInt(zeros), fraction + zeros)).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('is the nearest double, as reading the exact decimal text finds it', () => {
    const nearTies = fc
      .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 54n }), fc.nat({ max: 100 }), fc.bigInt({ min: -1n, max: 1n }))
      .map(([leading, zeros, beside]) => (leading << BigInt(zeros)) + beside);
    const raws = fc.oneof(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), nearTies);
    fc.assert(
      fc.property(raws, fc.integer({ min: -200, max: 300 }), (raw, fraction) => {
        expect(toDouble(raw, fraction)).toBe(Number(toDecimal(raw, fraction)));
      }),
      { numRuns: 3000, seed: 8 },
    );
  });

  it('is the nearest double among the subnormal ones too: rounded once', () => {
    // Rounding to 53 bits first and to the 51 of this place then gives the next double.
    expect(toDouble(888853531103468224n, 1083)).toBe(8.57718738091616e-309);
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 60n }), fc.integer({ min: 1070, max: 1140 }), (raw, fraction) => {
        expect(toDouble(raw, fraction)).toBe(Number(toDecimal(raw, fraction)));
      }),
      { numRuns: 3000, seed: 9 },
    );
  });
});

describe('exactRaw', () => {
  const raw = (text: string, format: string) => exactRaw(fromDecimal(text)!, parseFormat(format, 'test'));

  it('is the raw integer of a number on the grid and in the range of the format', () => {
    expect(raw('-2.75', 'ap_fixed<8,4>')).toBe(-44n);
    expect(raw('7.9375', 'ap_fixed<8,4>')).toBe(127n);
    expect(raw('-8', 'ap_fixed<8,4>')).toBe(-128n);
    expect(raw('96', 'ap_ufixed<3,8>')).toBe(3n);
    expect(raw('0', 'ap_ufixed<3,8>')).toBe(0n);
  });

  it('does not exist off the grid or out of the range', () => {
    expect(raw('0.03125', 'ap_fixed<8,4>')).toBeUndefined();
    expect(raw('8', 'ap_fixed<8,4>')).toBeUndefined();
    expect(raw('-8.0625', 'ap_fixed<8,4>')).toBeUndefined();
    expect(raw('-1', 'ap_ufixed<8,8>')).toBeUndefined();
    expect(raw('16', 'ap_ufixed<3,8>')).toBeUndefined();
  });
});

describe('trailingZeros', () => {
  it('counts how often 2 divides, of either sign', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), fc.nat({ max: 100 }), (half, zeros) => {
        expect(trailingZeros((2n * half + 1n) * 2n ** BigInt(zeros))).toBe(zeros);
      }),
      { seed: 10 },
    );
  });
});
