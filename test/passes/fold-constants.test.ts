import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../src/passes/fold-constants.js';
import { passed } from './helpers.js';

const fold = (operations: string, output?: string) => passed(foldConstants, operations, output);

describe('foldConstants', () => {
  it('replaces operations on constants, one after the other', () => {
    expect(
      fold(`
x = input : [2] ap_fixed<4,4>
a = constant {3 -2} : [2] ap_fixed<3,3>
b.wide = multiply a, a : [2] ap_fixed<6,6>
b = cast b.wide : [2] ap_fixed<4,3,AP_RND,AP_SAT>
y = add x, b : [2] ap_fixed<6,5>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<4,4>
    a = constant {3 -2} : [2] ap_fixed<3,3>
    b.wide = constant {9 4} : [2] ap_fixed<6,6>
    b = constant {7 7} : [2] ap_fixed<4,3>
    y = add x, b : [2] ap_fixed<6,5>"
  `);
  });

  it('replaces what is one number whatever the inputs', () => {
    expect(
      fold(`
x = input : [2] ap_ufixed<2,2>
none = dense x by [2, 1] ap_fixed<2,2> {0 0} : [1] ap_ufixed<1,1>
small = cast x : [2] ap_ufixed<3,7,AP_RND>
above = constant {4 5} : [2] ap_ufixed<3,3>
always = compare less x, above : [2] ap_ufixed<1,1>
never = compare less above, x : [2] ap_ufixed<1,1>
y = max x, above : [2] ap_ufixed<3,3>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_ufixed<2,2>
    none = constant {0} : [1] ap_ufixed<1,1>
    small = constant {0 0} : [2] ap_ufixed<3,7>
    above = constant {4 5} : [2] ap_ufixed<3,3>
    always = constant {1 1} : [2] ap_ufixed<1,1>
    never = constant {0 0} : [2] ap_ufixed<1,1>
    y = constant {4 5} : [2] ap_ufixed<3,3>"
  `);
  });

  it('keeps operations of which only some elements are one number', () => {
    expect(
      fold(`
x = input : [2] ap_ufixed<2,2>
limits = constant {4 3} : [2] ap_ufixed<3,3>
y = compare less x, limits : [2] ap_ufixed<1,1>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_ufixed<2,2>
    limits = constant {4 3} : [2] ap_ufixed<3,3>
    y = compare less x, limits : [2] ap_ufixed<1,1>"
  `);
  });

  it('keeps one format for each element', () => {
    expect(
      fold(`
x = input : [2] ap_fixed<4,4>
c = constant {1 -1} : [2] {ap_ufixed<1,1> ap_fixed<2,1>}
d = add c, c : [2] {ap_ufixed<2,2> ap_fixed<3,2>}
y = multiply x, d : [2] {ap_fixed<6,6> ap_fixed<7,6>}`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<4,4>
    c = constant {1 -1} : [2] {ap_ufixed<1,1> ap_fixed<2,1>}
    d = constant {2 -2} : [2] {ap_ufixed<2,2> ap_fixed<3,2>}
    y = multiply x, d : [2] {ap_fixed<6,6> ap_fixed<7,6>}"
  `);
  });

  it('replaces an output and keeps its format, without modes that mean nothing there', () => {
    expect(
      fold(`
x = input : [2] ap_fixed<4,4>
c = constant {11 -11} : [2] ap_fixed<5,3>
y = cast c : [2] ap_fixed<3,3,AP_RND_CONV,AP_SAT>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<4,4>
    c = constant {11 -11} : [2] ap_fixed<5,3>
    y = constant {3 -3} : [2] ap_fixed<3,3>"
  `);
  });

  it('replaces an index, which stays an index', () => {
    expect(
      fold(`
x = input : [2] ap_fixed<4,4>
i = constant {1 0} : [2] ap_ufixed<1,1>
k = shift i by {-1} : [2] ap_ufixed<2,2>
f = lookup k in [3] ap_fixed<4,4> {5 6 7} : [2] ap_ufixed<3,3>
y = add x, f : [2] ap_fixed<5,5>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<4,4>
    i = constant {1 0} : [2] ap_ufixed<1,1>
    k = constant {2 0} : [2] ap_ufixed<2,2>
    f = constant {7 5} : [2] ap_ufixed<3,3>
    y = add x, f : [2] ap_fixed<5,5>"
  `);
  });
});
