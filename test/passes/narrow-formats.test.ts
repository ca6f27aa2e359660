import { describe, expect, it } from 'vitest';
import { narrowFormats } from '../../src/passes/narrow-formats.js';
import { passed } from './helpers.js';

const narrow = (operations: string, output?: string) => passed(narrowFormats, operations, output);

describe('narrowFormats', () => {
  it('narrows exact results to their ranges, and what follows from them', () => {
    expect(
      narrow(`
x = input : [3] ap_fixed<4,2>
a = add x, x : [3] ap_fixed<20,10>
b = square a : [3] ap_fixed<40,20>
c = dense b by [3, 1] ap_fixed<3,3> {1 -1 2} : [1] ap_fixed<60,30>
y = relu c : [1] ap_fixed<60,30>`),
    ).toMatchInlineSnapshot(`
    "x = input : [3] ap_fixed<4,2>
    a = add x, x : [3] ap_fixed<5,3>
    b = square a : [3] ap_ufixed<9,5>
    c = dense b by [3, 1] ap_fixed<3,3> {1 -1 2} : [1] ap_fixed<11,7>
    y = relu c : [1] ap_fixed<60,30>"
  `);
  });

  it('leaves inputs and outputs their types', () => {
    expect(
      narrow(
        `
x = input : [2] ap_fixed<16,8,AP_RND,AP_SAT>
c = constant {4 -4} : [2] ap_fixed<16,8>
a = relu x : [2] ap_fixed<40,20>
y = cast a : [2] ap_fixed<30,12,AP_RND,AP_SAT>`,
        'x, c, a, y',
      ),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<16,8,AP_RND,AP_SAT>
    c = constant {4 -4} : [2] ap_fixed<16,8>
    a = relu x : [2] ap_fixed<40,20>
    y = cast a : [2] ap_fixed<30,12,AP_RND,AP_SAT>"
  `);
  });

  it('drops trailing zeros and unused bits of constants that have one format', () => {
    expect(
      narrow(`
x = input : [2] ap_fixed<4,4>
a = constant {512 -256} : [2] ap_fixed<16,8>
b = constant {512 -256} : [2] {ap_fixed<16,8> ap_fixed<16,8>}
c = constant {0 0} : [2] ap_fixed<16,8>
d = constant {16 32} : [2] ap_fixed<16,16>
y = add x, a : [2] ap_fixed<17,9>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<4,4>
    a = constant {2 -1} : [2] ap_fixed<3,3>
    b = constant {512 -256} : [2] {ap_fixed<16,8> ap_fixed<16,8>}
    c = constant {0 0} : [2] ap_ufixed<1,1>
    d = constant {16 32} : [2] ap_ufixed<6,6>
    y = add x, a : [2] ap_fixed<17,9>"
  `);
  });

  it('takes from a cast the modes it never needs', () => {
    expect(
      narrow(`
x = input : [1] ap_ufixed<6,3>
rounds = cast x : [1] ap_ufixed<4,4,AP_RND,AP_SAT>
saturates = cast x : [1] ap_ufixed<6,2,AP_RND,AP_SAT>
neither = cast x : [1] ap_fixed<20,10,AP_RND_CONV,AP_SAT_SYM>
both = cast x : [1] ap_ufixed<3,2,AP_RND_INF,AP_SAT_ZERO>
wraps = cast x : [1] ap_ufixed<5,2,AP_TRN_ZERO>
y = add x, both : [1] ap_ufixed<7,4>`),
    ).toMatchInlineSnapshot(`
    "x = input : [1] ap_ufixed<6,3>
    rounds = cast x : [1] ap_ufixed<4,4,AP_RND>
    saturates = cast x : [1] ap_ufixed<6,2,AP_TRN,AP_SAT>
    neither = cast x : [1] ap_ufixed<6,3>
    both = cast x : [1] ap_ufixed<3,2,AP_RND_INF,AP_SAT_ZERO>
    wraps = cast x : [1] ap_ufixed<5,2>
    y = add x, both : [1] ap_ufixed<7,4>"
  `);
  });

  it('keeps the one asymmetric code that AP_SAT_SYM changes', () => {
    expect(
      narrow(`
x = input : [1] ap_fixed<3,3>
a = cast x : [1] ap_fixed<3,3,AP_TRN,AP_SAT_SYM>
b = cast a : [1] ap_fixed<3,3,AP_TRN,AP_SAT_SYM>
y = add a, b : [1] ap_fixed<4,4>`),
    ).toMatchInlineSnapshot(`
    "x = input : [1] ap_fixed<3,3>
    a = cast x : [1] ap_fixed<3,3,AP_TRN,AP_SAT_SYM>
    b = cast a : [1] ap_fixed<3,3>
    y = add a, b : [1] ap_fixed<4,4>"
  `);
  });

  it('gives a cast no more fraction bits than its operand has', () => {
    expect(
      narrow(`
x = input : [2] {ap_fixed<3,3> ap_fixed<4,2>}
a = cast x : [2] ap_fixed<20,8>
b = cast x : [2] {ap_fixed<20,8,AP_RND,AP_SAT> ap_fixed<20,8>}
y = add a, b : [2] ap_fixed<21,9>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] {ap_fixed<3,3> ap_fixed<4,2>}
    a = cast x : [2] ap_fixed<5,3>
    b = cast x : [2] {ap_fixed<3,3> ap_fixed<4,2>}
    y = add a, b : [2] ap_fixed<21,9>"
  `);
  });

  it('decides element by element where a cast has one format for each', () => {
    expect(
      narrow(`
x = input : [4] ap_fixed<5,3>
a = cast x : [4] {ap_fixed<4,3,AP_RND,AP_SAT> ap_fixed<9,4,AP_RND,AP_SAT> ap_ufixed<4,3,AP_RND_ZERO,AP_SAT> ap_fixed<3,3>}
y = add a, a : [4] ap_fixed<20,10>`),
    ).toMatchInlineSnapshot(`
    "x = input : [4] ap_fixed<5,3>
    a = cast x : [4] {ap_fixed<4,3,AP_RND,AP_SAT> ap_fixed<5,3> ap_ufixed<4,3,AP_RND_ZERO,AP_SAT> ap_fixed<3,3>}
    y = add a, a : [4] ap_fixed<20,10>"
  `);
  });

  it('leaves an index of a lookup in units of 1', () => {
    expect(
      narrow(`
x = input : [2] ap_ufixed<2,3>
shifted = shift x by {-1} : [2] ap_ufixed<4,4>
index = cast x : [2] ap_ufixed<5,5,AP_RND,AP_SAT>
a = lookup index in [7] ap_fixed<4,4> {0 0 1 0 -2 0 3} : [2] ap_fixed<4,4>
b = lookup shifted in [13] ap_fixed<4,4> {0 0 0 0 1 0 0 0 2 0 0 0 7} : [2] ap_fixed<4,4>
y = add a, b : [2] ap_fixed<5,5>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_ufixed<2,3>
    shifted = shift x by {-1} : [2] ap_ufixed<4,4>
    index = cast x : [2] ap_ufixed<5,5,AP_RND,AP_SAT>
    a = lookup index in [7] ap_fixed<4,4> {0 0 1 0 -2 0 3} : [2] ap_fixed<3,3>
    b = lookup shifted in [13] ap_fixed<4,4> {0 0 0 0 1 0 0 0 2 0 0 0 7} : [2] ap_ufixed<3,3>
    y = add a, b : [2] ap_fixed<5,5>"
  `);
  });

  it('keeps one format for each element where units differ', () => {
    expect(
      narrow(`
x = input : [3] {ap_fixed<3,3> ap_fixed<4,2> ap_ufixed<2,5>}
a = relu x : [3] ap_fixed<40,20>
b = sum a axis 0 : [1] ap_fixed<40,20>
y = relu b : [1] ap_fixed<40,20>`),
    ).toMatchInlineSnapshot(`
    "x = input : [3] {ap_fixed<3,3> ap_fixed<4,2> ap_ufixed<2,5>}
    a = relu x : [3] {ap_ufixed<2,2> ap_ufixed<3,1> ap_ufixed<2,5>}
    b = sum a axis 0 : [1] ap_ufixed<7,5>
    y = relu b : [1] ap_fixed<40,20>"
  `);
  });
});
