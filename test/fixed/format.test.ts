import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Format,
  fractionBits,
  holdsRaw,
  makeFormat,
  maxInteger,
  maxRaw,
  maxWidth,
  minRaw,
  overflows,
  parseFormat,
  printFormat,
  roundings,
  sameFormat,
  sameValues,
  whyUnsupported,
} from '../../src/fixed/format.js';
import { messageOf } from '../base/thrown.js';

const read = (text: string): Format => parseFormat(text, 'net.json: type');
const refusal = (text: string): string => messageOf(() => read(text));

describe('printFormat', () => {
  it.each<[string, Format]>([
    ['ap_fixed<8,4>', makeFormat(true, 8, 4)],
    ['ap_ufixed<8,4>', makeFormat(false, 8, 4)],
    ['ap_int<8>', makeFormat(true, 8, 8, 'AP_TRN_ZERO')],
    ['ap_uint<1>', makeFormat(false, 1, 1, 'AP_TRN_ZERO')],
    ['ap_fixed<8,8>', makeFormat(true, 8, 8)],
    ['ap_fixed<8,-3>', makeFormat(true, 8, -3)],
    ['ap_ufixed<3,12>', makeFormat(false, 3, 12)],
    ['ap_fixed<8,4,AP_RND>', makeFormat(true, 8, 4, 'AP_RND')],
    ['ap_fixed<8,8,AP_RND>', makeFormat(true, 8, 8, 'AP_RND')],
    ['ap_fixed<8,4,AP_TRN,AP_SAT>', makeFormat(true, 8, 4, 'AP_TRN', 'AP_SAT')],
    ['ap_ufixed<16,16,AP_RND_CONV,AP_SAT_SYM>', makeFormat(false, 16, 16, 'AP_RND_CONV', 'AP_SAT_SYM')],
  ])('writes %s', (text, format) => {
    expect(printFormat(format)).toBe(text);
  });

  it('is undone by parseFormat, for every sign and pair of modes and many widths', () => {
    let formats = 0;
    for (const signed of [true, false]) {
      for (const width of [1, 2, 7, 64, 1000, maxWidth]) {
        for (const integer of [-maxInteger, -5, 0, 1, width, width + 9, maxInteger]) {
          for (const rounding of roundings) {
            for (const overflow of overflows) {
              const format = makeFormat(signed, width, integer, rounding, overflow);
              if (whyUnsupported(format) !== undefined) continue;
              formats++;
              expect(read(printFormat(format))).toEqual(format);
            }
          }
        }
      }
    }
    // Without the signed single bit (7 places of its point, one of them twice: 1 = width) in its 7 AP_SAT_SYM modes.
    expect(formats).toBe((2 * 6 * 7 * 4 - 7) * 7);
  });

  it('is undone by parseFormat, for random formats', () => {
    const formats = fc.record({
      signed: fc.boolean(),
      width: fc.integer({ min: 1, max: maxWidth }),
      integer: fc.integer({ min: -maxInteger, max: maxInteger }),
      rounding: fc.constantFrom(...roundings),
      overflow: fc.constantFrom(...overflows),
    });
    fc.assert(
      fc.property(formats, (format) => {
        fc.pre(whyUnsupported(format) === undefined);
        expect(read(printFormat(format))).toEqual(format);
      }),
      { seed: 3 },
    );
  });
});

describe('parseFormat', () => {
  it.each<[string, string]>([
    ['  ap_fixed < 8 , 4 >  ', 'ap_fixed<8,4>'],
    ['ap_fixed<8,4,AP_TRN>', 'ap_fixed<8,4>'],
    ['ap_fixed<8,4,AP_TRN,AP_WRAP>', 'ap_fixed<8,4>'],
    ['ap_fixed<8,4,AP_TRN,AP_WRAP,0>', 'ap_fixed<8,4>'],
    ['ap_fixed<8,8,AP_TRN_ZERO>', 'ap_int<8>'],
    ['ap_ufixed<8,8,AP_TRN_ZERO,AP_WRAP>', 'ap_uint<8>'],
    ['ap_fixed<8,8,AP_TRN>', 'ap_fixed<8,8>'],
    ['ap_fixed<+8,+4>', 'ap_fixed<8,4>'],
    ['ap_fixed<08,-02,\tAP_RND_ZERO, AP_SAT_ZERO>', 'ap_fixed<8,-2,AP_RND_ZERO,AP_SAT_ZERO>'],
  ])('reads "%s" as %s', (text, canonical) => {
    expect(printFormat(read(text))).toBe(canonical);
  });

  it.each([
    '',
    'ap_fixed',
    'fixed<8,4>',
    'ap_fixed<8,4',
    'ap_fixed 8,4>',
    'AP_FIXED<8,4>',
    'x ap_fixed<8,4>',
    'ap_sfixed<8,4>',
    'ap_fixed<8,4> x',
    'ap_fixed<8,<4>>',
  ])('refuses "%s", which is no type', (text) => {
    expect(refusal(text)).toBe(
      `error[bad-type]: net.json: type: "${text}" is not a fixed-point type\n` +
        '  help: write ap_fixed<W,I>, ap_ufixed<W,I,Q,O>, ap_int<W> or ap_uint<W>',
    );
  });

  it('refuses a wrong number of arguments', () => {
    expect(refusal('ap_fixed<8>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8>" has 1 argument(s)
        help: ap_fixed takes two to five: ap_fixed<W,I,Q,O,N>"
    `);
    expect(refusal('ap_ufixed<8,4,AP_TRN,AP_WRAP,0,0>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_ufixed<8,4,AP_TRN,AP_WRAP,0,0>" has 6 argument(s)
        help: ap_fixed takes two to five: ap_fixed<W,I,Q,O,N>"
    `);
    expect(refusal('ap_int<8,8>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_int<8,8>" has 2 argument(s)
        help: ap_int takes one: ap_int<W>"
    `);
  });

  it('refuses arguments that are no integers', () => {
    expect(refusal('ap_fixed<eight,4>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<eight,4>": the width W "eight" is not an integer
        help: write decimal digits"
    `);
    expect(refusal('ap_fixed<8,4.5>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4.5>": the integer bits I "4.5" is not an integer
        help: write decimal digits"
    `);
    expect(refusal('ap_int<>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_int<>": the width W "" is not an integer
        help: write decimal digits"
    `);
    expect(refusal('ap_fixed<8,4,AP_TRN,AP_WRAP,none>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,AP_TRN,AP_WRAP,none>": the saturation bits N "none" is not an integer
        help: write decimal digits"
    `);
  });

  it('refuses widths outside 1 to 1024', () => {
    expect(refusal('ap_fixed<0,0>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<0,0>": the width 0 is outside 1 to 1024
        help: choose W from 1 to 1024"
    `);
    expect(refusal('ap_uint<1025>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_uint<1025>": the width 1025 is outside 1 to 1024
        help: choose W from 1 to 1024"
    `);
    expect(refusal('ap_fixed<1234567890,4>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<1234567890,4>": the width 1234567890 is outside 1 to 1024
        help: choose W from 1 to 1024"
    `);
    expect(refusal('ap_fixed<-3,0>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<-3,0>": the width -3 is outside 1 to 1024
        help: choose W from 1 to 1024"
    `);
  });

  it('refuses a binary point too far from the bits', () => {
    expect(refusal('ap_fixed<8,4097>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4097>": 4097 integer bits are outside -4096 to 4096
        help: move the binary point nearer to the bits"
    `);
    expect(refusal('ap_fixed<8,-4097>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,-4097>": -4097 integer bits are outside -4096 to 4096
        help: move the binary point nearer to the bits"
    `);
  });

  it('refuses unknown modes and names the nearest', () => {
    expect(refusal('ap_fixed<8,4,AP_RND_INFF>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,AP_RND_INFF>": unknown rounding mode "AP_RND_INFF"
        help: did you mean "AP_RND_INF"?"
    `);
    expect(refusal('ap_fixed<8,4,AP_RND,AP_WARP>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,AP_RND,AP_WARP>": unknown overflow mode "AP_WARP"
        help: did you mean "AP_WRAP"?"
    `);
    expect(refusal('ap_fixed<8,4,truncate>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,truncate>": unknown rounding mode "truncate"
        help: known here: AP_TRN, AP_TRN_ZERO, AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV"
    `);
    expect(refusal('ap_fixed<8,4,AP_SAT,AP_TRN>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,AP_SAT,AP_TRN>": unknown rounding mode "AP_SAT"
        help: known here: AP_TRN, AP_TRN_ZERO, AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV"
    `);
    expect(refusal('ap_fixed<8,4,>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,>": unknown rounding mode ""
        help: known here: AP_TRN, AP_TRN_ZERO, AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV"
    `);
  });

  it('refuses sign-magnitude wrap-around', () => {
    expect(refusal('ap_fixed<8,4,AP_TRN,AP_WRAP_SM>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,AP_TRN,AP_WRAP_SM>": sign-magnitude wrap-around is not supported
        help: use AP_WRAP, or AP_SAT to clamp"
    `);
  });

  it('refuses saturated bits in wrap-around', () => {
    expect(refusal('ap_fixed<8,4,AP_TRN,AP_WRAP,1>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<8,4,AP_TRN,AP_WRAP,1>": N > 0 (saturated bits in wrap-around) is not supported
        help: leave N out"
    `);
  });

  it('refuses a signed single bit with AP_SAT_SYM, and takes its neighbours', () => {
    expect(refusal('ap_fixed<1,1,AP_TRN,AP_SAT_SYM>')).toMatchInlineSnapshot(`
      "error[bad-type]: net.json: type: "ap_fixed<1,1,AP_TRN,AP_SAT_SYM>": a signed single bit has no symmetric range, and public ap_fixed headers disagree with the standard on it
        help: use two bits, or AP_SAT"
    `);
    expect(read('ap_ufixed<1,1,AP_TRN,AP_SAT_SYM>').width).toBe(1);
    expect(read('ap_fixed<2,1,AP_TRN,AP_SAT_SYM>').width).toBe(2);
    expect(read('ap_fixed<1,1,AP_TRN,AP_SAT>').width).toBe(1);
  });
});

describe('formats', () => {
  it.each<[string, bigint, bigint, number]>([
    ['ap_int<1>', -1n, 0n, 0],
    ['ap_uint<1>', 0n, 1n, 0],
    ['ap_fixed<4,-2>', -8n, 7n, 6],
    ['ap_ufixed<4,9>', 0n, 15n, -5],
    ['ap_fixed<100,1>', -(2n ** 99n), 2n ** 99n - 1n, 99],
  ])('%s holds the raw integers %s to %s with %s fraction bits', (text, low, high, fraction) => {
    const format = read(text);
    expect([minRaw(format), maxRaw(format), fractionBits(format)]).toEqual([low, high, fraction]);
    expect([low - 1n, low, high, high + 1n].map((raw) => holdsRaw(format, raw))).toEqual([false, true, true, false]);
  });

  it('are the same when all five of their parameters are, and have the same values when three are', () => {
    const format = makeFormat(true, 8, 4, 'AP_RND', 'AP_SAT');
    const others: readonly (readonly [Format, boolean])[] = [
      [{ ...format, signed: false }, false],
      [{ ...format, width: 9 }, false],
      [{ ...format, integer: 5 }, false],
      [{ ...format, rounding: 'AP_TRN' }, true],
      [{ ...format, overflow: 'AP_WRAP' }, true],
    ];
    expect([sameFormat(format, { ...format }), sameValues(format, { ...format })]).toEqual([true, true]);
    for (const [other, hasSameValues] of others) {
      expect([sameFormat(format, other), sameValues(format, other)]).toEqual([false, hasSameValues]);
    }
  });
});
