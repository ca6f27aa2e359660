import { describe, expect, it } from 'vitest';
import { splitWideCasts } from '../../src/passes/split-wide-casts.js';
import { passed } from './helpers.js';

const split = (operations: string, output?: string) => passed(splitWideCasts, operations, output);

describe('splitWideCasts', () => {
  it('truncates to quarters before a cast that rounds away more bits than the source has', () => {
    expect(
      split(`
x = input : [2] ap_fixed<3,-2>
y = cast x : [2] ap_fixed<4,4,AP_RND_INF,AP_SAT>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,-2>
    y.truncated = cast x : [2] ap_fixed<3,1>
    y = cast y.truncated : [2] ap_fixed<4,4,AP_RND_INF,AP_SAT>"
  `);
  });

  it.each(['AP_TRN_ZERO', 'AP_RND', 'AP_RND_ZERO', 'AP_RND_MIN_INF', 'AP_RND_INF', 'AP_RND_CONV'])(
    'begins at one bit more than the source has, rounding by %s',
    (mode) => {
      const just = `x = input : [2] ap_ufixed<3,-2>\ny = cast x : [2] ap_fixed<4,2,${mode}>`;
      expect(split(just)).toBe(just);
      expect(split(`x = input : [2] ap_ufixed<3,-2>\ny = cast x : [2] ap_fixed<4,3,${mode}>`)).toBe(
        `x = input : [2] ap_ufixed<3,-2>
y.truncated = cast x : [2] ap_fixed<3,0>
y = cast y.truncated : [2] ap_fixed<4,3,${mode}>`,
      );
    },
  );

  it('leaves truncations alone', () => {
    const operations = 'x = input : [2] ap_fixed<3,-2>\ny = cast x : [2] ap_fixed<4,9,AP_TRN,AP_SAT>';
    expect(split(operations)).toBe(operations);
  });

  it('truncates only the elements that need it, where formats differ', () => {
    expect(
      split(`
x = input : [3] {ap_fixed<3,-2> ap_fixed<8,8> ap_ufixed<2,-9>}
y = cast x : [3] {ap_fixed<4,4,AP_RND> ap_fixed<4,4,AP_RND> ap_ufixed<4,4,AP_TRN>}`),
    ).toMatchInlineSnapshot(`
    "x = input : [3] {ap_fixed<3,-2> ap_fixed<8,8> ap_ufixed<2,-9>}
    y.truncated = cast x : [3] {ap_fixed<3,1> ap_fixed<8,8> ap_ufixed<2,-9>}
    y = cast y.truncated : [3] {ap_fixed<4,4,AP_RND> ap_fixed<4,4,AP_RND> ap_ufixed<4,4>}"
  `);
    expect(
      split(`
x = input : [2] ap_fixed<3,-2>
y = cast x : [2] {ap_fixed<4,1,AP_RND> ap_fixed<4,4,AP_RND>}`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,-2>
    y.truncated = cast x : [2] {ap_fixed<3,-2> ap_fixed<3,1>}
    y = cast y.truncated : [2] {ap_fixed<4,1,AP_RND> ap_fixed<4,4,AP_RND>}"
  `);
  });

  it.each(['AP_TRN_ZERO', 'AP_RND', 'AP_RND_ZERO', 'AP_RND_MIN_INF', 'AP_RND_INF', 'AP_RND_CONV'])(
    'keeps every value, of either sign, rounding by %s into any unit above',
    (mode) => {
      for (const source of ['ap_fixed<3,-2>', 'ap_ufixed<3,-2>', 'ap_fixed<3,-900>'] as const) {
        for (const integer of [0, 1, 40, 1200]) {
          // 50 events of three bits: nearly every value.
          const after = split(`x = input : [1] ${source}\ny = cast x : [1] ap_fixed<2,${integer},${mode}>`);
          expect(after.includes('y.truncated')).toBe(source.endsWith('-900>') || integer > 0);
        }
      }
    },
  );

  it('makes ids that are free', () => {
    expect(
      split(`
x = input : [2] ap_fixed<3,-2>
y.truncated = relu x : [2] ap_ufixed<2,-3>
y = cast y.truncated : [2] ap_ufixed<4,4,AP_RND>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,-2>
    y.truncated = relu x : [2] ap_ufixed<2,-3>
    y.truncated_2 = cast y.truncated : [2] ap_fixed<3,1>
    y = cast y.truncated_2 : [2] ap_ufixed<4,4,AP_RND>"
  `);
  });
});
