import { describe, expect, it } from 'vitest';
import { tapsOf, weightFraction } from '../../src/ir/linear.js';
import type { Conv, Dense, Sum } from '../../src/ir/op.js';
import { opsById } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';

/** The taps of y as `weight*index`, a list for each element; x has this shape. */
function taps(shape: readonly number[], y: string): string[] {
  const text = `program demo\nx = input : [${shape.join(', ')}] ap_fixed<4,4>\ny = ${y}\noutput y\n`;
  const op = opsById(parseProgram(text, 'test.ir')).get('y') as Dense | Conv | Sum;
  return tapsOf(op, shape).map((list) => list.map(({ index, weight }) => `${weight}*${index}`).join(' '));
}

describe('tapsOf', () => {
  it('lists the weighted inputs of a matrix product in order, those of weight 0 left out', () => {
    expect(taps([3], 'dense x by [3, 2] ap_fixed<4,4> {1 0 -3 2 0 0} : [2] ap_fixed<9,9>')).toEqual([
      '1*0 -3*1',
      '2*1',
    ]);
  });

  it('lists the inputs of a convolution, padding and weights of 0 left out', () => {
    const conv =
      'conv x by [2, 2, 1, 1] ap_fixed<4,4> {1 2 0 4} strides [1, 1] padding [1, 0, 0, 1] : [2, 2, 1] ap_fixed<9,9>';
    expect(taps([2, 2, 1], conv)).toEqual(['4*1', '', '1*0 2*1 4*3', '1*1']);
  });

  it('lists what a sum adds, along any axis', () => {
    expect(taps([2, 3], 'sum x axis 0 : [3] ap_fixed<9,9>')).toEqual(['1*0 1*3', '1*1 1*4', '1*2 1*5']);
    expect(taps([2, 3], 'sum x axis 1 : [2] ap_fixed<9,9>')).toEqual(['1*0 1*1 1*2', '1*3 1*4 1*5']);
  });
});

describe('weightFraction', () => {
  it('is that of the weights, and none of a sum', () => {
    const fraction = (y: string) => {
      const text = `program demo\nx = input : [1] ap_fixed<4,4>\ny = ${y} : [1] ap_fixed<9,9>\noutput y\n`;
      return weightFraction(opsById(parseProgram(text, 'test.ir')).get('y') as Dense | Sum);
    };
    expect(fraction('dense x by [1, 1] ap_fixed<5,2> {1}')).toBe(3);
    expect(fraction('dense x by [1, 1] ap_fixed<5,9> {1}')).toBe(-4);
    expect(fraction('sum x axis 0')).toBe(0);
  });
});
