import { describe, expect, it } from 'vitest';
import { removeDead } from '../../src/passes/remove-dead.js';
import { passed } from './helpers.js';

const remove = (operations: string, output?: string) => passed(removeDead, operations, output);

describe('removeDead', () => {
  it('removes what neither an output nor a named value needs, with all that only it needed', () => {
    expect(
      remove(`
x = input : [2] ap_fixed<3,3>
a.c = constant {1 2} : [2] ap_ufixed<2,2>
a.used = add x, x : [2] ap_fixed<4,4>
a.sum = add a.used, a.c : [2] ap_fixed<5,5>
a.square = square a.sum : [2] ap_ufixed<9,9>
y = relu a.used : [2] ap_ufixed<3,3>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,3>
    a.used = add x, x : [2] ap_fixed<4,4>
    y = relu a.used : [2] ap_ufixed<3,3>"
  `);
  });

  it('keeps named values that nothing reads, inputs and constants among them, and what they need', () => {
    const operations = `
x = input : [2] ap_fixed<3,3>
z = input : [2] ap_fixed<3,3>
c = constant {1 2} : [2] ap_ufixed<2,2>
b.sum = add z, c : [2] ap_fixed<4,4>
b = relu b.sum : [2] ap_ufixed<4,4>
y = relu x : [2] ap_ufixed<2,2>`.trim();
    expect(remove(operations)).toBe(operations);
  });

  it('keeps what a named value behind a used one needs', () => {
    expect(
      remove(`
x = input : [2] ap_fixed<3,3>
a.one = relu x : [2] ap_ufixed<2,2>
a.two = square a.one : [2] ap_ufixed<4,4>
y = add x, x : [2] ap_fixed<4,4>
late = relu a.two : [2] ap_ufixed<4,4>
late.part = square late : [2] ap_ufixed<8,8>`),
    ).toMatchInlineSnapshot(`
    "x = input : [2] ap_fixed<3,3>
    a.one = relu x : [2] ap_ufixed<2,2>
    a.two = square a.one : [2] ap_ufixed<4,4>
    y = add x, x : [2] ap_fixed<4,4>
    late = relu a.two : [2] ap_ufixed<4,4>"
  `);
  });
});
