import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { printRange, rangesOf } from '../../src/ir/intervals.js';
import { inputsOf, opsById, type Program } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { printProgram } from '../../src/ir/print.js';
import { checkProgram } from '../../src/ir/verify.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { elementFormats, randomEvent, randomProgram } from './random-program.js';

function programOf(...lines: string[]): Program {
  const program = parseProgram(['program demo', ...lines, 'output y', ''].join('\n'), 'test.ir');
  checkProgram(program, 'user', 'test.ir');
  return program;
}

/** The proven intervals of y as `low..high`. */
function rangesOfY(...lines: string[]): string {
  return rangesOf(programOf(...lines))
    .get('y')!
    .map(({ low, high }) => `${low}..${high}`)
    .join(' ');
}

describe('rangesOf', () => {
  it('holds every interpreted value of random programs', () => {
    const random = Random.seeded(17);
    let values = 0;
    for (let n = 0; n < 400; n++) {
      const program = randomProgram(random);
      const ranges = rangesOf(program);
      const interpret = interpreterOf(program);
      for (let event = 0; event < 12; event++) {
        const raws = randomEvent(program, random);
        for (const [id, elements] of interpret(raws)) {
          for (const [index, raw] of elements.entries()) {
            const { low, high } = ranges.get(id)![index]!;
            if (raw < low || raw > high) {
              expect.fail(`${id}[${index}] = ${raw} is outside ${low} to ${high}\n${printProgram(program)}${raws}`);
            }
            values++;
          }
        }
      }
    }
    expect(values).toBeGreaterThan(200_000);
  });

  it('is exactly the span of all values, for one exact operation on small inputs', () => {
    const operands = ['a = input : [1] ap_fixed<3,3>', 'b = input : [1] ap_fixed<3,2>'];
    const operations = [
      'add a, b : [1] ap_fixed<10,8>',
      'subtract a, b : [1] ap_fixed<10,8>',
      'multiply a, b : [1] ap_fixed<10,8>',
      'max a, b : [1] ap_fixed<10,8>',
      'square b : [1] ap_fixed<10,8>',
      'relu b : [1] ap_fixed<10,8>',
      'leaky_relu a by [1] ap_ufixed<2,1> {3} : [1] ap_fixed<10,8>',
      'shift b by {-1} : [1] ap_fixed<10,8>',
      'compare less a, b : [1] ap_ufixed<1,1>',
      'dense a by [1, 2] ap_fixed<3,3> {-3 2} : [2] ap_fixed<6,6>',
    ];
    for (const operation of operations) {
      const program = programOf(...operands, `y = ${operation}`);
      const found = rangesOf(program).get('y')!;
      const interpret = interpreterOf(program);
      const values = allEvents(program).map((event) => interpret(event).get('y')!);
      for (const [index, range] of found.entries()) {
        const raws = values.map((elements) => elements[index]!).sort((x, y) => (x < y ? -1 : 1));
        expect([operation, range]).toEqual([operation, { low: raws[0], high: raws.at(-1) }]);
      }
    }
  });

  it('gives inputs the range of their formats, element by element', () => {
    expect(rangesOfY('y = input : [3] {ap_fixed<3,3> ap_ufixed<2,9> ap_fixed<1,0>}')).toBe('-4..3 0..3 -1..0');
  });

  it('knows a square from a product', () => {
    const x = 'x = input : [1] ap_fixed<3,3>';
    expect(rangesOfY(x, 'y = square x : [1] ap_ufixed<5,5>')).toBe('0..16');
    expect(rangesOfY(x, 'y = multiply x, x : [1] ap_fixed<6,6>')).toBe('-12..16');
  });

  it('decides comparisons whose operands are far enough apart', () => {
    /** The range of a comparison of x, an integer from 0 to 3, with a number. */
    const compared = (relation: string, number: number, isLeft = true): string =>
      rangesOfY(
        'x = input : [1] ap_ufixed<2,2>',
        `c = constant {${number}} : [1] ap_fixed<4,4>`,
        `y = compare ${relation} ${isLeft ? 'x, c' : 'c, x'} : [1] ap_ufixed<1,1>`,
      );
    expect([4, 3, 0, -1].map((number) => compared('less', number))).toEqual(['1..1', '0..1', '0..0', '0..0']);
    expect([4, 3, 0, -1].map((number) => compared('less_equal', number))).toEqual(['1..1', '1..1', '0..1', '0..0']);
    expect([4, 3, 0, -1].map((number) => compared('equal', number))).toEqual(['0..0', '0..1', '0..1', '0..0']);
    expect([4, 3, 0, -1].map((number) => compared('less', number, false))).toEqual(['0..0', '0..0', '0..1', '1..1']);
    expect([4, 3, 0, -1].map((number) => compared('less_equal', number, false))).toEqual([
      '0..0',
      '0..1',
      '1..1',
      '1..1',
    ]);
    expect([4, 3, 0, -1].map((number) => compared('equal', number, false))).toEqual(['0..0', '0..1', '0..1', '0..0']);
  });

  it('decides equality of two constants', () => {
    const lines = [
      'x = input : [1] ap_ufixed<2,2>',
      'a = constant {3 3} : [2] ap_fixed<4,4>',
      'b = constant {12 11} : [2] ap_fixed<6,4>',
    ];
    expect(rangesOfY(...lines, 'y = compare equal a, b : [2] ap_ufixed<1,1>')).toBe('1..1 0..0');
  });

  it('looks only at the entries of a table that the index reaches', () => {
    expect(
      rangesOfY(
        'x = input : [2] {ap_ufixed<1,1> ap_ufixed<2,2>}',
        'y = lookup x in [5] ap_fixed<5,5> {3 -2 7 1 -16} : [2] ap_fixed<5,5>',
      ),
    ).toBe('-2..3 -2..7');
  });

  it('leaves zero weights and padding out of sums', () => {
    expect(
      rangesOfY(
        'x = input : [2] ap_fixed<3,3>',
        'y = dense x by [2, 3] ap_fixed<2,2> {0 1 -2 0 -1 0} : [3] ap_fixed<5,5>',
      ),
    ).toBe('0..0 -7..7 -6..8');
    expect(
      rangesOfY(
        'x = input : [1, 2, 1] ap_ufixed<3,3>',
        'y = conv x by [1, 2, 1, 1] ap_fixed<2,2> {1 1} strides [1, 1] padding [0, 0, 1, 0] : [1, 2, 1] ap_ufixed<4,4>',
      ),
    ).toBe('0..7 0..14');
  });

  it('follows casts', () => {
    const x = 'x = input : [1] ap_fixed<5,3>';
    expect(rangesOfY(x, 'y = cast x : [1] ap_fixed<3,3,AP_RND,AP_SAT>')).toBe('-4..3');
    expect(rangesOfY(x, 'y = cast x : [1] ap_fixed<3,3,AP_RND,AP_SAT_SYM>')).toBe('-3..3');
    expect(rangesOfY(x, 'y = cast x : [1] ap_fixed<3,3,AP_TRN>')).toBe('-4..3');
    expect(rangesOfY(x, 'y = cast x : [1] ap_fixed<4,4,AP_RND>')).toBe('-4..4');
    expect(rangesOfY(x, 'y = cast x : [1] ap_ufixed<2,2,AP_TRN,AP_SAT_ZERO>')).toBe('0..3');
  });
});

function allEvents(program: Program): bigint[][] {
  const formats = inputsOf(program).flatMap(({ type }) => elementFormats(type));
  return formats.reduce<bigint[][]>(
    (events, { signed, width }) => {
      const low = signed ? -(2 ** (width - 1)) : 0;
      const raws = Array.from({ length: 2 ** width }, (_, index) => BigInt(low + index));
      return events.flatMap((event) => raws.map((raw) => [...event, raw]));
    },
    [[]],
  );
}

describe('printRange', () => {
  it('writes the range of all elements together in exact decimals', () => {
    const program = programOf('y = input : [3] {ap_fixed<3,3> ap_ufixed<2,1> ap_fixed<3,-2>}');
    expect(printRange(opsById(program).get('y')!, rangesOf(program))).toBe('-4 to 3');
    const fine = programOf('y = input : [2] {ap_ufixed<3,1> ap_fixed<4,0>}');
    expect(printRange(opsById(fine).get('y')!, rangesOf(fine))).toBe('-0.5 to 1.75');
  });
});
