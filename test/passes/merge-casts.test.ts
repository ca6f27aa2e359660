import { describe, expect, it } from 'vitest';
import { mergeCasts } from '../../src/passes/merge-casts.js';
import { passed } from './helpers.js';

const merge = (operations: string, output?: string) => passed(mergeCasts, operations, output);

describe('casts that change nothing', () => {
  it('go, with or without modes, and their readers read the operand', () => {
    expect(
      merge(`
x = input : [2] ap_fixed<6,3>
a.in = cast x : [2] ap_fixed<6,3>
a.same = cast a.in : [2] ap_fixed<6,3,AP_RND,AP_SAT>
a = add a.same, a.in : [2] ap_fixed<7,4>
y = relu a : [2] ap_ufixed<6,3>`),
    ).toMatchInlineSnapshot(`
      "x = input : [2] ap_fixed<6,3>
      a = add x, x : [2] ap_fixed<7,4>
      y = relu a : [2] ap_ufixed<6,3>"
    `);
  });

  it('leave their name to an operand without one', () => {
    expect(
      merge(`
x = input : [2] ap_fixed<6,3>
dense.sum = add x, x : [2] ap_fixed<7,4>
dense = cast dense.sum : [2] ap_fixed<7,4,AP_RND,AP_SAT>
y = add dense, dense.sum : [2] ap_fixed<8,5>`),
    ).toMatchInlineSnapshot(`
      "x = input : [2] ap_fixed<6,3>
      dense = add x, x : [2] ap_fixed<7,4>
      y = add dense, dense : [2] ap_fixed<8,5>"
    `);
  });

  it('stay where both they and their operand have a name', () => {
    expect(
      merge(
        `
x = input : [2] ap_fixed<6,3>
a = cast x : [2] ap_fixed<6,3,AP_RND,AP_SAT>
b = add a, a : [2] ap_fixed<7,4>
y = cast b : [2] ap_fixed<7,4>`,
        'a, y',
      ),
    ).toMatchInlineSnapshot(`
      "x = input : [2] ap_fixed<6,3>
      a = cast x : [2] ap_fixed<6,3,AP_RND,AP_SAT>
      b = add a, a : [2] ap_fixed<7,4>
      y = cast b : [2] ap_fixed<7,4>"
    `);
  });

  it('give an operand one name: a second named cast of it stays', () => {
    expect(
      merge(
        `
x = input : [2] ap_fixed<6,3>
a.sum = add x, x : [2] ap_fixed<7,4>
a = cast a.sum : [2] ap_fixed<7,4>
b = cast a.sum : [2] ap_fixed<7,4>
y = relu a.sum : [2] ap_ufixed<6,3>`,
        'y, b',
      ),
    ).toMatchInlineSnapshot(`
      "x = input : [2] ap_fixed<6,3>
      a = add x, x : [2] ap_fixed<7,4>
      b = cast a : [2] ap_fixed<7,4>
      y = relu a : [2] ap_ufixed<6,3>"
    `);
  });

  it('go in chains, of which one name remains on the value', () => {
    expect(
      merge(
        `
x = input : [2] ap_fixed<6,3>
a.sum = add x, x : [2] ap_fixed<7,4>
a.one = cast a.sum : [2] ap_fixed<7,4>
a.two = cast a.one : [2] ap_fixed<7,4>
a = cast a.two : [2] ap_fixed<7,4>
y = cast a.one : [2] ap_fixed<7,4>`,
        'y, a',
      ),
    ).toMatchInlineSnapshot(`
      "x = input : [2] ap_fixed<6,3>
      a = add x, x : [2] ap_fixed<7,4>
      y = cast a : [2] ap_fixed<7,4>"
    `);
  });

  it('are not those that clamp the one asymmetric code', () => {
    expect(
      merge(`
x = input : [2] ap_fixed<6,3>
a.in = cast x : [2] ap_fixed<6,3,AP_TRN,AP_SAT_SYM>
a.again = cast a.in : [2] ap_fixed<6,3,AP_TRN,AP_SAT_SYM>
y = relu a.again : [2] ap_ufixed<5,2>`),
    ).toMatchInlineSnapshot(`
      "x = input : [2] ap_fixed<6,3>
      a.in = cast x : [2] ap_fixed<6,3,AP_TRN,AP_SAT_SYM>
      y = relu a.in : [2] ap_ufixed<5,2>"
    `);
  });

  it('are those of equal formats in every element only', () => {
    expect(
      merge(`
x = input : [2] {ap_fixed<4,4> ap_fixed<4,4>}
a.in = cast x : [2] ap_fixed<4,4>
a.wide = cast x : [2] {ap_fixed<4,4> ap_fixed<5,5>}
y = add a.in, a.wide : [2] {ap_fixed<5,5> ap_fixed<6,6>}`),
    ).toMatchInlineSnapshot(`
      "x = input : [2] {ap_fixed<4,4> ap_fixed<4,4>}
      a.wide = cast x : [2] {ap_fixed<4,4> ap_fixed<5,5>}
      y = add x, a.wide : [2] {ap_fixed<5,5> ap_fixed<6,6>}"
    `);
  });
});

describe('casts of casts', () => {
  it('read past a cast that loses nothing', () => {
    expect(
      merge(`
x = input : [1] ap_fixed<6,3>
a.wide = cast x : [1] ap_fixed<12,5,AP_RND,AP_SAT>
y = cast a.wide : [1] ap_fixed<3,2,AP_RND_CONV,AP_SAT_ZERO>`),
    ).toMatchInlineSnapshot(`
      "x = input : [1] ap_fixed<6,3>
      a.wide = cast x : [1] ap_fixed<12,5,AP_RND,AP_SAT>
      y = cast x : [1] ap_fixed<3,2,AP_RND_CONV,AP_SAT_ZERO>"
    `);
  });

  it('read past a truncation where they truncate to no more bits', () => {
    expect(
      merge(`
x = input : [1] ap_fixed<8,3>
a.less = cast x : [1] ap_fixed<6,3>
a = cast a.less : [1] ap_fixed<5,3>
y = cast a : [1] ap_fixed<3,2,AP_TRN,AP_SAT>`),
    ).toMatchInlineSnapshot(`
      "x = input : [1] ap_fixed<8,3>
      a.less = cast x : [1] ap_fixed<6,3>
      a = cast x : [1] ap_fixed<5,3>
      y = cast x : [1] ap_fixed<3,2,AP_TRN,AP_SAT>"
    `);
  });

  it.each([
    ['rounds after a truncation', 'ap_fixed<5,3>', 'ap_fixed<4,3,AP_RND>'],
    ['truncates after a rounding', 'ap_fixed<6,4,AP_RND>', 'ap_fixed<5,4>'],
    ['rounds twice', 'ap_fixed<6,4,AP_RND>', 'ap_fixed<5,4,AP_RND>'],
    ['rounds to even twice', 'ap_fixed<6,4,AP_RND_CONV>', 'ap_fixed<5,4,AP_RND_CONV>'],
    ['truncates toward zero twice', 'ap_fixed<5,3,AP_TRN_ZERO>', 'ap_fixed<4,3,AP_TRN_ZERO>'],
    ['follows one that can wrap', 'ap_fixed<7,2>', 'ap_fixed<5,2>'],
    ['follows one that can saturate', 'ap_fixed<7,2,AP_TRN,AP_SAT>', 'ap_fixed<9,4>'],
    ['follows one that can clamp the asymmetric code', 'ap_fixed<8,3,AP_TRN,AP_SAT_SYM>', 'ap_fixed<9,4>'],
    ['has more bits again', 'ap_fixed<5,3>', 'ap_fixed<8,3>'],
  ])('stay where one %s', (_, inner, outer) => {
    const operations = `
x = input : [1] ap_fixed<8,3>
a.in = cast x : [1] ${inner}
y = cast a.in : [1] ${outer}`.trim();
    expect(merge(operations)).toBe(operations);
  });

  it('stay where only some elements could be joined', () => {
    const operations = `
x = input : [2] ap_fixed<8,3>
a.in = cast x : [2] {ap_fixed<6,3> ap_fixed<6,3,AP_RND>}
y = cast a.in : [2] {ap_fixed<5,3> ap_fixed<5,3>}`.trim();
    expect(merge(operations)).toBe(operations);
  });

  it('join over several steps, and leave a named cast in the middle to the user', () => {
    expect(
      merge(`
x = input : [1] ap_fixed<6,3>
a = cast x : [1] ap_fixed<8,4>
b = cast a : [1] ap_fixed<12,6>
y = cast b : [1] ap_fixed<4,2,AP_RND,AP_SAT>`),
    ).toMatchInlineSnapshot(`
      "x = input : [1] ap_fixed<6,3>
      a = cast x : [1] ap_fixed<8,4>
      b = cast x : [1] ap_fixed<12,6>
      y = cast x : [1] ap_fixed<4,2,AP_RND,AP_SAT>"
    `);
  });

  it('use what is proved of the source, not its format', () => {
    expect(
      merge(`
x = input : [1] ap_ufixed<2,2>
a.sum = add x, x : [1] ap_fixed<9,9>
a.low = cast a.sum : [1] ap_ufixed<3,3>
y = cast a.low : [1] ap_ufixed<2,2,AP_TRN,AP_SAT>`),
    ).toMatchInlineSnapshot(`
      "x = input : [1] ap_ufixed<2,2>
      a.sum = add x, x : [1] ap_fixed<9,9>
      a.low = cast a.sum : [1] ap_ufixed<3,3>
      y = cast a.sum : [1] ap_ufixed<2,2,AP_TRN,AP_SAT>"
    `);
  });

  it('do not copy a cast where the second one changes nothing', () => {
    expect(
      merge(`
x = input : [1] ap_fixed<8,3>
a = cast x : [1] ap_fixed<6,3>
b.in = cast a : [1] ap_fixed<6,3>
y = add b.in, a : [1] ap_fixed<7,4>`),
    ).toMatchInlineSnapshot(`
      "x = input : [1] ap_fixed<8,3>
      a = cast x : [1] ap_fixed<6,3>
      y = add a, a : [1] ap_fixed<7,4>"
    `);
  });
});
