import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  differenceFormat,
  type Fixed,
  multiply,
  productFormat,
  rescaled,
  shiftRight,
  subtract,
  sumFormat,
} from '../../src/fixed/arithmetic.js';
import {
  type Format,
  fractionBits,
  holdsRaw,
  makeFormat,
  maxRaw,
  minRaw,
  parseFormat,
  printFormat,
} from '../../src/fixed/format.js';
import { type Rational, rationalOf } from '../support/rational-oracle.js';

const formats = [true, false].flatMap((signed) =>
  [1, 2, 3].flatMap((width) => [-1, 0, 1, width + 1].map((integer) => makeFormat(signed, width, integer))),
);

function valuesOf(format: Format): Fixed[] {
  const count = Number(maxRaw(format) - minRaw(format)) + 1;
  return Array.from({ length: count }, (_, index) => ({ raw: minRaw(format) + BigInt(index), format }));
}

const exact = ({ raw, format }: Fixed): Rational => rationalOf(raw, format);

function equals(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

const operations: readonly (readonly [
  string,
  (a: Fixed, b: Fixed) => Fixed,
  (a: Rational, b: Rational) => Rational,
])[] = [
  ['add', add, (a, b) => sum(a, b, 1n)],
  ['subtract', subtract, (a, b) => sum(a, b, -1n)],
  [
    'multiply',
    multiply,
    (a, b) => ({ numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator }),
  ],
];

function sum(a: Rational, b: Rational, sign: bigint): Rational {
  return {
    numerator: a.numerator * b.denominator + sign * b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

describe.each(operations)('%s', (_, operation, expected) => {
  it('is exact and inside its result format, for all values of small formats', () => {
    let compared = 0;
    for (const left of formats) {
      for (const right of formats) {
        for (const a of valuesOf(left)) {
          for (const b of valuesOf(right)) {
            const result = operation(a, b);
            const isRight = equals(exact(result), expected(exact(a), exact(b))) && holdsRaw(result.format, result.raw);
            if (!isRight) expect.fail(`${a.raw} of ${printFormat(left)} and ${b.raw} of ${printFormat(right)}`);
            compared++;
          }
        }
      }
    }
    expect(compared).toBe((2 * 4 * (2 + 4 + 8)) ** 2);
  });
});

describe('result formats', () => {
  const of = (rule: (a: Format, b: Format) => Format, a: string, b: string) =>
    printFormat(rule(parseFormat(a, 'a'), parseFormat(b, 'b')));

  it.each([
    ['ap_fixed<8,4>', 'ap_fixed<6,5>', 'ap_fixed<10,6>', 'ap_fixed<10,6>', 'ap_fixed<14,9>'],
    ['ap_ufixed<8,4>', 'ap_ufixed<6,5>', 'ap_ufixed<10,6>', 'ap_fixed<10,6>', 'ap_ufixed<14,9>'],
    ['ap_ufixed<8,4>', 'ap_fixed<6,3>', 'ap_fixed<10,6>', 'ap_fixed<10,6>', 'ap_fixed<14,7>'],
    ['ap_fixed<8,4>', 'ap_ufixed<6,5>', 'ap_fixed<11,7>', 'ap_fixed<11,7>', 'ap_fixed<14,9>'],
    ['ap_fixed<3,-2>', 'ap_fixed<3,9>', 'ap_fixed<15,10>', 'ap_fixed<15,10>', 'ap_fixed<6,7>'],
    ['ap_ufixed<8,8>', 'ap_fixed<8,8>', 'ap_fixed<10,10>', 'ap_fixed<10,10>', 'ap_fixed<16,16>'],
  ])('of %s and %s follow UG1399', (a, b, summed, difference, product) => {
    expect([of(sumFormat, a, b), of(differenceFormat, a, b), of(productFormat, a, b)]).toEqual([
      summed,
      difference,
      product,
    ]);
  });

  it('carry the default modes whatever those of the operands', () => {
    const modes = 'ap_fixed<8,4,AP_RND,AP_SAT>';
    expect([of(sumFormat, modes, modes), of(productFormat, modes, modes)]).toEqual(['ap_fixed<9,5>', 'ap_fixed<16,8>']);
  });
});

describe('compare', () => {
  it('orders values of different formats as rational arithmetic does', () => {
    for (const a of formats.flatMap(valuesOf)) {
      for (const b of formats.flatMap(valuesOf)) {
        const difference = sum(exact(a), exact(b), -1n).numerator;
        expect(compare(a, b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }
    }
  });
});

describe('shiftRight', () => {
  it('divides by a power of two without touching the bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -128n, max: 127n }), fc.integer({ min: -9, max: 9 }), (raw, by) => {
        const shifted = shiftRight({ raw, format: makeFormat(true, 8, 3) }, by);
        expect(shifted.raw).toBe(raw);
        expect(shifted.format).toEqual(makeFormat(true, 8, 3 - by));
        expect(fractionBits(shifted.format)).toBe(5 + by);
      }),
      { seed: 11 },
    );
  });
});

describe('rescaled', () => {
  it('counts the same number in smaller units', () => {
    expect([rescaled(-3n, 2, 5), rescaled(-3n, -4, -4), rescaled(7n, -2, 1)]).toEqual([-24n, -3n, 56n]);
  });
});
