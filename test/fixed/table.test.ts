import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dyadic, fromDecimal, toDecimal } from '../../src/fixed/dyadic.js';
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
import { compacted, narrowestFormat, type Table, tableOf } from '../../src/fixed/table.js';

const numbers = (...texts: string[]): Dyadic[] => texts.map((text) => fromDecimal(text)!);

function valuesOf({ raws, format }: Table): string[] {
  return raws.map((raw) => toDecimal(raw, fractionBits(format)));
}

/** One bit less with the same unit: whether the format still holds the numbers. */
function survivesNarrowing(format: Format, raws: readonly bigint[]): boolean {
  const narrower = { ...format, width: format.width - 1 };
  return format.width > 1 && raws.every((raw) => raw >= minRaw(narrower) && raw <= maxRaw(narrower));
}

const tables: fc.Arbitrary<Table> = fc
  .record({
    signed: fc.boolean(),
    width: fc.integer({ min: 1, max: 40 }),
    integer: fc.integer({ min: -20, max: 60 }),
    zeros: fc.nat({ max: 12 }),
    seeds: fc.array(fc.bigInt({ min: 0n, max: 2n ** 45n }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ signed, width, integer, zeros, seeds }) => {
    const format = makeFormat(signed, width, integer);
    const raws = seeds.map((seed) => {
      const raw = (seed >> BigInt(zeros)) << BigInt(zeros);
      return signed ? BigInt.asIntN(width, raw) : BigInt.asUintN(width, raw);
    });
    return { shape: [raws.length], format, raws };
  });

describe('narrowestFormat', () => {
  it.each<[string[], string]>([
    [['0'], 'ap_ufixed<1,1>'],
    [['1.5', '-0.25'], 'ap_fixed<4,2>'],
    [['1.5', '0.25'], 'ap_ufixed<3,1>'],
    [['96', '32'], 'ap_ufixed<7,7>'],
    [['-1', '0'], 'ap_fixed<1,1>'],
    [['0.0078125'], 'ap_ufixed<1,-6>'],
    [['-0.5', '127'], 'ap_fixed<9,8>'],
  ])('of %s is %s', (texts, format) => {
    expect(printFormat(narrowestFormat(numbers(...texts)))).toBe(format);
  });
});

describe('tableOf', () => {
  it('holds the raw integers of the numbers in the given format', () => {
    const format = parseFormat('ap_fixed<6,3>', 'test');
    expect(tableOf([2, 2], numbers('1.5', '-4', '0', '0.125'), format)).toEqual({
      shape: [2, 2],
      format,
      raws: [12n, -32n, 0n, 1n],
    });
  });
});

describe('compacted', () => {
  const compact = (text: string, ...raws: bigint[]): string => {
    const table = compacted({ shape: [raws.length], format: parseFormat(text, 'test'), raws });
    return `${printFormat(table.format)} ${table.raws.join(' ')}`;
  };

  it('drops trailing zeros that all numbers have, and the bits above them all', () => {
    expect(compact('ap_fixed<16,8>', 512n, -128n, 0n)).toBe('ap_fixed<4,3> 4 -1 0');
    expect(compact('ap_fixed<16,8>', 512n, -129n)).toBe('ap_fixed<11,3> 512 -129');
  });

  it('leaves no number of fraction bits negative', () => {
    expect(compact('ap_fixed<16,14>', 64n, 128n)).toBe('ap_ufixed<6,6> 16 32');
    expect(compact('ap_fixed<16,20>', 64n, 128n)).toBe('ap_ufixed<8,12> 64 128');
  });

  it('makes a single bit of nothing but zeros', () => {
    expect(compact('ap_fixed<16,8>', 0n, 0n)).toBe('ap_ufixed<1,1> 0 0');
    expect(compact('ap_fixed<16,20>', 0n)).toBe('ap_ufixed<1,5> 0');
  });

  it('takes a million numbers', () => {
    const format = makeFormat(true, 12, 8);
    const raws = Array.from({ length: 1_000_000 }, (_, index) => BigInt((index % 100) - 50) * 4n);
    const small = compacted({ shape: [1000, 1000], format, raws });
    expect(printFormat(small.format)).toBe('ap_fixed<7,5>');
    expect(narrowestFormat(raws.map((mantissa) => ({ mantissa, fraction: 4 })))).toEqual(makeFormat(true, 9, 5));
  });

  it('keeps shape and values, in the narrowest format with no superfluous fraction bit', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const small = compacted(table);
        expect(small.shape).toEqual(table.shape);
        expect(valuesOf(small)).toEqual(valuesOf(table));
        expect(small.raws.every((raw) => holdsRaw(small.format, raw))).toBe(true);
        expect(survivesNarrowing(small.format, small.raws)).toBe(false);
        if (fractionBits(small.format) > 0) expect(small.raws.some((raw) => raw % 2n !== 0n)).toBe(true);
        expect(fractionBits(small.format)).toBeLessThanOrEqual(fractionBits(table.format));
        expect(compacted(small)).toEqual(small);
      }),
      { numRuns: 500, seed: 15 },
    );
  });
});
