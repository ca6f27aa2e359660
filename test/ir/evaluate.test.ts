import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../src/fixed/dyadic.js';
import { fractionAt, opsById } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { checkProgram } from '../../src/ir/verify.js';
import { interpreterOf } from '../../src/simulate/interpret.js';

/** The raw integers of y in a legal program of these lines, for one event. */
function rawsOf(lines: readonly string[], event: readonly number[]): number[] {
  return traceOf(lines, event).get('y')!.map(Number);
}

/** The values of y as decimal text. */
function valuesOf(lines: readonly string[], event: readonly number[]): string[] {
  const y = opsById(programOf(lines)).get('y')!;
  return traceOf(lines, event)
    .get('y')!
    .map((raw, index) => toDecimal(raw, fractionAt(y.type, index)));
}

function programOf(lines: readonly string[]) {
  const program = parseProgram(['program demo', ...lines, 'output y', ''].join('\n'), 'test.ir');
  checkProgram(program, 'user', 'test.ir');
  return program;
}

function traceOf(lines: readonly string[], event: readonly number[]) {
  return interpreterOf(programOf(lines))(event.map(BigInt));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('element by element', () => {
  const x = 'x = input : [4] ap_fixed<4,2>';
  const z = 'z = input : [4] ap_fixed<4,3>';
  // x = -2, -0.25, 0.75, 1.75; z = 3.5, -4, 0.5, 1.5
  const event = [-8, -1, 3, 7, 7, -8, 1, 3];

  it.each([
    ['add x, z : [4] ap_fixed<6,4>', ['1.5', '-4.25', '1.25', '3.25']],
    ['subtract x, z : [4] ap_fixed<6,4>', ['-5.5', '3.75', '0.25', '0.25']],
    ['subtract z, x : [4] ap_fixed<6,4>', ['5.5', '-3.75', '-0.25', '-0.25']],
    ['multiply x, z : [4] ap_fixed<8,5>', ['-7', '1', '0.375', '2.625']],
    ['max x, z : [4] ap_fixed<5,3>', ['3.5', '-0.25', '0.75', '1.75']],
    ['square x : [4] ap_ufixed<7,3>', ['4', '0.0625', '0.5625', '3.0625']],
    ['relu z : [4] ap_ufixed<3,2>', ['3.5', '0', '0.5', '1.5']],
    ['leaky_relu x by [1] ap_ufixed<4,1> {3} : [4] ap_fixed<7,2>', ['-0.75', '-0.09375', '0.75', '1.75']],
    ['leaky_relu x by [1] ap_ufixed<1,1> {0} : [4] ap_ufixed<3,1>', ['0', '0', '0.75', '1.75']],
    ['leaky_relu x by [1] ap_ufixed<2,4> {2} : [4] ap_fixed<7,5>', ['-16', '-2', '0.75', '1.75']],
    ['compare less x, z : [4] ap_ufixed<1,1>', ['1', '0', '0', '0']],
    ['shift x by {1} : [4] ap_fixed<4,1>', ['-1', '-0.125', '0.375', '0.875']],
    ['shift x by {-3} : [4] ap_fixed<4,5>', ['-16', '-2', '6', '14']],
    [
      'shift x by {0 -1 2 -4} : [4] {ap_fixed<4,2> ap_fixed<4,3> ap_fixed<4,0> ap_fixed<4,6>}',
      ['-2', '-0.5', '0.1875', '28'],
    ],
    ['shift x by {0 -1 2 -4} : [4] ap_fixed<10,6>', ['-2', '-0.5', '0.1875', '28']],
    ['cast x : [4] ap_fixed<3,3,AP_RND_CONV,AP_SAT>', ['-2', '0', '1', '2']],
    ['cast x : [4] {ap_fixed<1,1> ap_fixed<4,1> ap_fixed<3,2,AP_RND> ap_ufixed<1,2,AP_RND>}', ['0', '-0.25', '1', '2']],
  ])('%s', (op, expected) => {
    expect(valuesOf([x, z, `y = ${op}`], event)).toEqual(expected);
  });

  it.each([
    ['less', [1, 0, 0]],
    ['less_equal', [1, 1, 0]],
    ['equal', [0, 1, 0]],
  ])('compare %s looks at values, not at raw integers', (relation, expected) => {
    const lines = [
      'a = input : [3] ap_fixed<6,4>',
      'b = input : [3] {ap_fixed<4,4> ap_fixed<5,1> ap_ufixed<2,6>}',
      `y = compare ${relation} a, b : [3] ap_ufixed<1,1>`,
    ];
    // 1.25 and 2; -0.75 and -0.75; -3.5 and 0 - then 7.75 and 0.
    expect(rawsOf(lines, [5, -3, 31, 2, -12, 0])).toEqual(expected);
  });
});

describe('broadcasting', () => {
  const x = 'x = input : [2, 3] ap_fixed<4,4>';

  it.each([
    ['c = constant {1 2 3} : [1, 3] ap_ufixed<2,2>', 'add x, c : [2, 3] ap_fixed<5,5>', [1, 3, 5, 4, 6, 8]],
    ['c = constant {1 2} : [2, 1] ap_ufixed<2,2>', 'add c, x : [2, 3] ap_fixed<5,5>', [1, 2, 3, 5, 6, 7]],
    ['c = constant {3} : [1, 1] ap_ufixed<2,2>', 'subtract c, x : [2, 3] ap_fixed<5,5>', [3, 2, 1, 0, -1, -2]],
    [
      'c = constant {1 -1 1} : [1, 3] {ap_ufixed<1,1> ap_fixed<1,1> ap_ufixed<1,2>}',
      'multiply x, c : [2, 3] ap_fixed<9,8>',
      [0, -2, 8, 6, -8, 20],
    ],
    ['c = constant {2 4} : [2, 1] ap_ufixed<3,3>', 'max x, c : [2, 3] ap_ufixed<3,3>', [2, 2, 2, 4, 4, 5]],
    [
      'c = constant {1 3 2} : [1, 3] ap_ufixed<2,2>',
      'compare less_equal c, x : [2, 3] ap_ufixed<1,1>',
      [0, 0, 1, 1, 1, 1],
    ],
  ])('stretches dimensions of 1: %s in %s', (constant, op, expected) => {
    expect(rawsOf([x, constant, `y = ${op}`], upTo(6))).toEqual(expected);
  });

  it('stretches both operands', () => {
    const lines = [
      'a = input : [2, 1, 2] ap_ufixed<4,4>',
      'b = input : [1, 3, 1] ap_ufixed<4,4>',
      'y = subtract a, b : [2, 3, 2] ap_fixed<5,5>',
    ];
    expect(rawsOf(lines, [1, 2, 3, 4, 0, 5, 9])).toEqual([1, 2, -4, -3, -8, -7, 3, 4, -2, -1, -6, -5]);
  });
});

describe('formats of elements', () => {
  it('brings operands with different units together', () => {
    const lines = [
      'x = input : [3] {ap_fixed<4,2> ap_fixed<4,6> ap_ufixed<2,0>}',
      'z = input : [3] {ap_fixed<4,4> ap_fixed<4,1> ap_ufixed<1,-2>}',
      'y = add x, z : [3] {ap_fixed<7,5> ap_fixed<10,7> ap_ufixed<4,1>}',
    ];
    // 1.25 + 3, 20 - 0.375, 0.75 + 0.125
    expect(valuesOf(lines, [5, 5, 3, 3, -3, 1])).toEqual(['4.25', '19.625', '0.875']);
  });

  it('places results where their own format has its point', () => {
    const lines = ['x = input : [2] ap_fixed<4,2>', 'y = relu x : [2] {ap_ufixed<8,2> ap_fixed<5,3>}'];
    expect(rawsOf(lines, [3, 7])).toEqual([48, 7]);
  });

  it('weighs elements by their own units in a matrix product', () => {
    const lines = [
      'x = input : [3] {ap_fixed<3,3> ap_fixed<3,1> ap_ufixed<2,4>}',
      'y = dense x by [3, 2] ap_fixed<3,2> {1 2 -3 1 2 0} : [2] ap_fixed<9,6>',
    ];
    // x = -3, 0.75, 12; weights 0.5 1, -1.5 0.5, 1 0
    expect(valuesOf(lines, [-3, 3, 3])).toEqual(['9.375', '-2.625']);
  });
});

describe('matrix products and sums', () => {
  it('a matrix product takes weights of shape [inputs, outputs]', () => {
    const lines = [
      'x = input : [3] ap_fixed<4,4>',
      'y = dense x by [3, 2] ap_fixed<3,3> {1 2 -3 0 3 -1} : [2] ap_fixed<8,8>',
    ];
    expect(rawsOf(lines, [5, -7, 2])).toEqual([5 + 21 + 6, 10 - 2]);
  });

  it.each([
    [0, '[3, 2]', [6, 8, 10, 12, 14, 16]],
    [1, '[2, 2]', [6, 9, 24, 27]],
    [2, '[2, 3]', [1, 5, 9, 13, 17, 21]],
  ])('a sum over axis %s of rank 3', (axis, shape, expected) => {
    const lines = ['x = input : [2, 3, 2] ap_ufixed<4,4>', `y = sum x axis ${axis} : ${shape} ap_ufixed<6,6>`];
    expect(rawsOf(lines, upTo(12))).toEqual(expected);
  });

  it('a sum over a vector has shape [1], over elements of several formats too', () => {
    expect(rawsOf(['x = input : [4] ap_fixed<5,5>', 'y = sum x axis 0 : [1] ap_fixed<7,7>'], [1, -5, 10, 7])).toEqual([
      13,
    ]);
    const mixed = ['x = input : [2] {ap_fixed<5,5> ap_fixed<5,2>}', 'y = sum x axis 0 : [1] ap_fixed<9,6>'];
    expect(valuesOf(mixed, [-5, 13])).toEqual(['-3.375']);
  });
});

describe('conv', () => {
  interface Geometry {
    readonly image: readonly [number, number, number];
    readonly kernel: readonly [number, number];
    readonly filters: number;
    readonly strides: readonly [number, number];
    readonly padding: readonly [number, number, number, number];
  }

  /** The definition, over a padded copy of the image. */
  function naive(geometry: Geometry, image: readonly number[], weights: readonly number[]): number[] {
    const {
      image: [height, width, channels],
      kernel,
      filters,
      strides,
      padding,
    } = geometry;
    const [top, bottom, left, right] = padding;
    const padded = upTo(top + height + bottom).map((row) =>
      upTo(left + width + right).map((column) =>
        upTo(channels).map((channel) => {
          const isInside = row >= top && row < top + height && column >= left && column < left + width;
          return isInside ? image[((row - top) * width + (column - left)) * channels + channel]! : 0;
        }),
      ),
    );
    const results: number[] = [];
    for (let row = 0; row + kernel[0] <= padded.length; row += strides[0]) {
      for (let column = 0; column + kernel[1] <= padded[0]!.length; column += strides[1]) {
        for (let filter = 0; filter < filters; filter++) {
          let sum = 0;
          for (let y = 0; y < kernel[0]; y++) {
            for (let x = 0; x < kernel[1]; x++) {
              for (let channel = 0; channel < channels; channel++) {
                const weight = weights[((y * kernel[1] + x) * channels + channel) * filters + filter]!;
                sum += padded[row + y]![column + x]![channel]! * weight;
              }
            }
          }
          results.push(sum);
        }
      }
    }
    return results;
  }

  function linesOf({ image, kernel, filters, strides, padding }: Geometry, weights: readonly number[]): string[] {
    const out = [
      Math.floor((image[0] + padding[0] + padding[1] - kernel[0]) / strides[0]) + 1,
      Math.floor((image[1] + padding[2] + padding[3] - kernel[1]) / strides[1]) + 1,
      filters,
    ];
    const table = `[${[...kernel, image[2], filters].join(', ')}] ap_fixed<4,4> {${weights.join(' ')}}`;
    const geometry = `strides [${strides.join(', ')}] padding [${padding.join(', ')}]`;
    return [
      `x = input : [${image.join(', ')}] ap_fixed<5,5>`,
      `y = conv x by ${table} ${geometry} : [${out.join(', ')}] ap_fixed<20,20>`,
    ];
  }

  it('is a cross-correlation: the kernel is not turned round', () => {
    const lines = [
      'x = input : [2, 3, 1] ap_ufixed<4,4>',
      'y = conv x by [1, 2, 1, 1] ap_fixed<3,3> {1 -2} strides [1, 1] padding [0, 0, 0, 0] : [2, 2, 1] ap_fixed<6,6>',
    ];
    expect(rawsOf(lines, [1, 2, 4, 8, 0, 3])).toEqual([-3, -6, 8, -6]);
  });

  it('starts its strides at the padded corner and pads with zeros', () => {
    const lines = [
      'x = input : [2, 2, 1] ap_ufixed<4,4>',
      'y = conv x by [2, 2, 1, 1] ap_ufixed<4,4> {1 2 4 8} strides [2, 1] padding [1, 1, 0, 1] : [2, 2, 1] ap_ufixed<8,8>',
    ];
    expect(rawsOf(lines, [1, 2, 3, 4])).toEqual([4 + 16, 8, 3 + 8, 4]);
  });

  it('agrees with nested loops for any size, stride and padding', () => {
    const geometries: fc.Arbitrary<Geometry> = fc
      .record({
        image: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 })),
        kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        filters: fc.integer({ min: 1, max: 3 }),
        strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        padding: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })),
      })
      .filter(
        ({ image, kernel, padding }) =>
          image[0] + padding[0] + padding[1] >= kernel[0] && image[1] + padding[2] + padding[3] >= kernel[1],
      );
    const cases = geometries.chain((geometry) => {
      const [height, width, channels] = geometry.image;
      const pixels = height * width * channels;
      const weights = geometry.kernel[0] * geometry.kernel[1] * channels * geometry.filters;
      const list = (count: number, min: number, max: number) =>
        fc.array(fc.integer({ min, max }), { minLength: count, maxLength: count });
      return fc.tuple(fc.constant(geometry), list(pixels, -16, 15), list(weights, -8, 7));
    });
    fc.assert(
      fc.property(cases, ([geometry, image, weights]) => {
        expect(rawsOf(linesOf(geometry, weights), image)).toEqual(naive(geometry, image, weights));
      }),
      { numRuns: 300, seed: 16 },
    );
  });
});

describe('lookup', () => {
  it('takes the entry at the index', () => {
    const lines = [
      'x = input : [4] ap_ufixed<2,2>',
      'y = lookup x in [5] ap_fixed<4,2> {7 -8 0 3 5} : [4] ap_fixed<4,2>',
    ];
    expect(valuesOf(lines, [3, 0, 1, 2])).toEqual(['0.75', '1.75', '-2', '0']);
  });
});

describe('moving elements', () => {
  const x = 'x = input : [2, 2, 2] ap_ufixed<4,4>';
  const z = 'z = input : [2, 2, 2] ap_ufixed<4,4>';

  it.each([
    [0, '[4, 2, 2]', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    [1, '[2, 4, 2]', [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]],
    [2, '[2, 2, 4]', [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15]],
  ])('concat along axis %s', (axis, shape, expected) => {
    expect(rawsOf([x, z, `y = concat x, z axis ${axis} : ${shape} ap_ufixed<4,4>`], upTo(16))).toEqual(expected);
  });

  it('concat takes operands of several lengths, the same one twice, and brings them to one unit', () => {
    const lines = [
      'a = input : [1] ap_fixed<4,4>',
      'b = input : [2] ap_fixed<4,2>',
      'y = concat b, a, b axis 0 : [5] ap_fixed<6,4>',
    ];
    expect(rawsOf(lines, [-7, 3, 5])).toEqual([3, 5, -28, 3, 5]);
  });

  it('slice takes a box out of rank 3', () => {
    const lines = [
      'x = input : [2, 3, 4] ap_ufixed<5,5>',
      'y = slice x from [1, 0, 1] to [2, 2, 4] : [1, 2, 3] ap_ufixed<5,5>',
    ];
    expect(rawsOf(lines, upTo(24))).toEqual([13, 14, 15, 17, 18, 19]);
  });

  it('slice keeps the formats of the elements it takes', () => {
    const lines = [
      'x = input : [4] {ap_fixed<4,4> ap_fixed<4,2> ap_ufixed<3,6> ap_fixed<4,4>}',
      'y = slice x from [1] to [3] : [2] {ap_fixed<4,2> ap_ufixed<3,6>}',
    ];
    expect(valuesOf(lines, [1, -3, 5, 7])).toEqual(['-0.75', '40']);
  });

  it('reshape keeps the order of the elements', () => {
    expect(rawsOf([x, 'y = reshape x : [4, 2] ap_ufixed<4,4>'], upTo(8))).toEqual(upTo(8));
  });
});

describe('an event', () => {
  it('holds all inputs in the order of the program', () => {
    const lines = [
      'a = input : [2] ap_fixed<4,4>',
      'b = input : [1] ap_fixed<4,4>',
      'y = add b, b : [1] ap_fixed<5,5>',
    ];
    const trace = traceOf(lines, [1, 2, 3]);
    expect(Object.fromEntries(trace)).toEqual({ a: [1n, 2n], b: [3n], y: [6n] });
  });
});
