import { describe, expect, it } from 'vitest';
import { splitWideCasts } from '../../src/passes/split-wide-casts.js';
import { passed } from './helpers.js';

const split = (operations: string, output?: string) => passed(splitWideCasts, operations, output);

describe('splitWideCasts', () => {
  it('widens the source of a cast that rounds away more bits than the source has', () => {
    expect(
      split(`
x = input : [2] ap_fixed<3,-2>
y = cast x : [2] ap_fixed<4,4,AP_RND_INF,AP_SAT>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,-2>
    y.widened = cast x : [2] ap_fixed<5,0>
    y = cast y.widened : [2] ap_fixed<4,4,AP_RND_INF,AP_SAT>"
  `);
  });

  it.each(['AP_TRN_ZERO', 'AP_RND', 'AP_RND_ZERO', 'AP_RND_MIN_INF', 'AP_RND_INF', 'AP_RND_CONV'])(
    'begins at one bit more than the source has, rounding by %s',
    (mode) => {
      const just = `x = input : [2] ap_ufixed<3,-2>\ny = cast x : [2] ap_fixed<4,2,${mode}>`;
      expect(split(just)).toBe(just);
      expect(split(`x = input : [2] ap_ufixed<3,-2>\ny = cast x : [2] ap_fixed<4,3,${mode}>`)).toBe(
        `x = input : [2] ap_ufixed<3,-2>
y.widened = cast x : [2] ap_ufixed<4,-1>
y = cast y.widened : [2] ap_fixed<4,3,${mode}>`,
      );
    },
  );

  it('leaves truncations alone', () => {
    const operations = 'x = input : [2] ap_fixed<3,-2>\ny = cast x : [2] ap_fixed<4,9,AP_TRN,AP_SAT>';
    expect(split(operations)).toBe(operations);
  });

  it('widens only the elements that need it, where formats differ', () => {
    expect(
      split(`
x = input : [3] {ap_fixed<3,-2> ap_fixed<8,8> ap_ufixed<2,-9>}
y = cast x : [3] {ap_fixed<4,4,AP_RND> ap_fixed<4,4,AP_RND> ap_ufixed<4,4,AP_TRN>}`),
    ).toMatchInlineSnapshot(`
    "x = input : [3] {ap_fixed<3,-2> ap_fixed<8,8> ap_ufixed<2,-9>}
    y.widened = cast x : [3] {ap_fixed<5,0> ap_fixed<8,8> ap_ufixed<2,-9>}
    y = cast y.widened : [3] {ap_fixed<4,4,AP_RND> ap_fixed<4,4,AP_RND> ap_ufixed<4,4>}"
  `);
    expect(
      split(`
x = input : [2] ap_fixed<3,-2>
y = cast x : [2] {ap_fixed<4,1,AP_RND> ap_fixed<4,4,AP_RND>}`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,-2>
    y.widened = cast x : [2] {ap_fixed<3,-2> ap_fixed<5,0>}
    y = cast y.widened : [2] {ap_fixed<4,1,AP_RND> ap_fixed<4,4,AP_RND>}"
  `);
  });

  it('makes ids that are free', () => {
    expect(
      split(`
x = input : [2] ap_fixed<3,-2>
y.widened = relu x : [2] ap_ufixed<2,-3>
y = cast y.widened : [2] ap_ufixed<4,4,AP_RND>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,-2>
    y.widened = relu x : [2] ap_ufixed<2,-3>
    y.widened_2 = cast y.widened : [2] ap_ufixed<5,0>
    y = cast y.widened_2 : [2] ap_ufixed<4,4,AP_RND>"
  `);
  });
});
