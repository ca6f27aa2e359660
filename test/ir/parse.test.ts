import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { makeFormat } from '../../src/fixed/format.js';
import { parseProgram } from '../../src/ir/parse.js';
import { printProgram } from '../../src/ir/print.js';
import { messageOf } from '../base/thrown.js';
import { everyOp } from './every-op.js';
import { randomProgram } from './random-program.js';

const read = (text: string) => parseProgram(text, 'demo.ir');

/** The error of a program whose second line is this. */
const errorOfLine = (line: string): string => messageOf(() => read(`program demo\n${line}\noutput x\n`));

describe('parseProgram and printProgram', () => {
  it('are inverse on a program with every operation', () => {
    const program = read(everyOp);
    expect(printProgram(program)).toBe(everyOp);
    expect(new Set(program.ops.map((op) => op.kind)).size).toBe(19);
  });

  it('are inverse on random programs', () => {
    for (let seed = 0; seed < 300; seed++) {
      const program = randomProgram(Random.seeded(seed));
      const text = printProgram(program);
      const again = read(text);
      expect(again).toEqual(program);
      expect(printProgram(again)).toBe(text);
    }
  });
});

describe('parseProgram', () => {
  it('reads records', () => {
    const text = `program demo
      x = input : [2] {ap_fixed<8,6,AP_RND> ap_ufixed<3,3>}
      y.wide = shift x by {-1 2} : [2] ap_fixed<40,20>
      y = lookup y.wide in [3] ap_fixed<2,2> {0 1 -2} : [2] ap_fixed<2,2>
      output y, x`;
    expect(read(text)).toEqual({
      name: 'demo',
      ops: [
        {
          id: 'x',
          kind: 'input',
          type: { shape: [2], formats: [makeFormat(true, 8, 6, 'AP_RND'), makeFormat(false, 3, 3)] },
        },
        {
          id: 'y.wide',
          kind: 'shift',
          operand: 'x',
          by: [-1, 2],
          type: { shape: [2], formats: [makeFormat(true, 40, 20)] },
        },
        {
          id: 'y',
          kind: 'lookup',
          operand: 'y.wide',
          table: { shape: [3], format: makeFormat(true, 2, 2), raws: [0n, 1n, -2n] },
          type: { shape: [2], formats: [makeFormat(true, 2, 2)] },
        },
      ],
      outputs: ['y', 'x'],
    });
  });

  it('skips comments and blank lines, and takes any spacing and line ends', () => {
    const loose = `# made by hand\r
program demo\r
\r
  x=input:[3]ap_fixed< 8 , 6 >   # three numbers\r
\ty = add x,x:[ 3 ]ap_fixed<9,7>\r
output   y\r
# end`;
    expect(printProgram(read(loose))).toBe(
      'program demo\nx = input : [3] ap_fixed<8,6>\ny = add x, x : [3] ap_fixed<9,7>\noutput y\n',
    );
  });

  it('keeps integers of any size', () => {
    const big = 2n ** 200n + 1n;
    const [op] = read(`program demo\nc = constant {${big} -${big}} : [2] ap_fixed<300,300>\noutput c\n`).ops;
    expect(op).toMatchObject({ raws: [big, -big] });
  });

  it('refuses a text without a program', () => {
    for (const text of ['', '\n  \n# nothing\n', 'program demo\n']) {
      expect(messageOf(() => read(text))).toBe(
        'error[bad-program]: demo.ir: the text holds no program\n' +
          '  help: it starts with "program NAME" and ends with "output ID"',
      );
    }
  });

  it('refuses a wrong first or last line', () => {
    expect(messageOf(() => read('x = input : [1] ap_fixed<2,2>\noutput x\n'))).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:1:1: "program" expected, found "x"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(messageOf(() => read('program 3\noutput x\n'))).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:1:9: a name expected, found "3"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(messageOf(() => read('program a b\noutput x\n'))).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:1:11: unexpected "b"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(messageOf(() => read('program demo\nx = input : [1] ap_fixed<2,2>\n'))).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:1: "output" expected, found "x"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(messageOf(() => read('program demo\n\n# comment\noutput x,\n'))).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:4:10: the line ends too early
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(messageOf(() => read('program demo\noutput x y\n'))).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:10: unexpected "y"
        help: the text form of programs is described in docs/ir.md"
    `);
  });

  it('refuses unknown words and names the nearest, with line and column of the word', () => {
    expect(errorOfLine('y = leaky_rellu x by [1] ap_fixed<2,2> {1} : [1] ap_fixed<4,4>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:5: unknown word "leaky_rellu"
        help: did you mean "leaky_relu"?"
    `);
    expect(errorOfLine('y = compare greater x, x : [1] ap_ufixed<1,1>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:13: unknown word "greater"
        help: known here: less, less_equal, equal"
    `);
    expect(errorOfLine('y = 7 : [1] ap_ufixed<1,1>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:5: unknown word "7"
        help: known here: input, constant, cast, add, subtract, multiply, max, compare, square, relu, leaky_relu, shift, dense, conv, sum, lookup, concat, reshape, slice"
    `);
  });

  it('refuses a missing word or name', () => {
    expect(errorOfLine('y add x, x : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:3: "=" expected, found "add"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = add x x : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:11: "," expected, found "x"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = add x, 3 : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:12: a name expected, found "3"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = sum x along 0 : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:11: "axis" expected, found "along"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = relu x [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:12: ":" expected, found "["
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('= relu x : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:1: a name expected, found "="
        help: the text form of programs is described in docs/ir.md"
    `);
  });

  it('refuses wrong numbers and lists', () => {
    expect(errorOfLine('y = sum x axis first : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:16: an integer expected, found "first"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = constant {1 2.5} : [2] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:18: an integer expected, found "."
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = constant {1, 2} : [2] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:16: an integer expected, found ","
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = input : [] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:14: an integer expected, found "]"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = input : [2 3] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:16: "]" expected, found "3"
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(
      errorOfLine(
        'y = conv x by [1, 1, 1, 1] ap_fixed<2,2> {1} strides [1] padding [0, 0, 0, 0] : [1, 1, 1] ap_fixed<3,3>',
      ),
    ).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:56: 2 numbers expected, found 1
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(
      errorOfLine(
        'y = conv x by [1, 1, 1, 1] ap_fixed<2,2> {1} strides [1, 1] padding [0, 0] : [1, 1, 1] ap_fixed<3,3>',
      ),
    ).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:74: 4 numbers expected, found 2
        help: the text form of programs is described in docs/ir.md"
    `);
  });

  it('refuses a line that ends too early or goes on', () => {
    expect(errorOfLine('y = relu')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:9: the line ends too early
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = constant {1 2   # not closed')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:18: the line ends too early
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = relu x : [1] {ap_fixed<3,3> ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:46: the line ends too early
        help: the text form of programs is described in docs/ir.md"
    `);
    expect(errorOfLine('y = relu x : [1] ap_fixed<3,3>  as well')).toMatchInlineSnapshot(`
      "error[bad-program]: demo.ir:2:33: unexpected "as well"
        help: the text form of programs is described in docs/ir.md"
    `);
  });

  it('refuses wrong types, with line and column of the type', () => {
    expect(errorOfLine('y = relu x : [1] ap_fixed<8,4,AP_RMD>')).toMatchInlineSnapshot(`
      "error[bad-type]: demo.ir:2:18: "ap_fixed<8,4,AP_RMD>": unknown rounding mode "AP_RMD"
        help: did you mean "AP_RND"?"
    `);
    expect(errorOfLine('y = relu x : [1] ap_fixed<8,4')).toMatchInlineSnapshot(`
      "error[bad-type]: demo.ir:2:18: "ap_fixed" is not a fixed-point type
        help: write ap_fixed<W,I>, ap_ufixed<W,I,Q,O>, ap_int<W> or ap_uint<W>"
    `);
    expect(errorOfLine('y = relu x : [2] {ap_fixed<3,3> int}')).toMatchInlineSnapshot(`
      "error[bad-type]: demo.ir:2:33: "int" is not a fixed-point type
        help: write ap_fixed<W,I>, ap_ufixed<W,I,Q,O>, ap_int<W> or ap_uint<W>"
    `);
    expect(errorOfLine('y = dense x by [1, 1] ap_ufixed<0,0> {1} : [1] ap_fixed<3,3>')).toMatchInlineSnapshot(`
      "error[bad-type]: demo.ir:2:23: "ap_ufixed<0,0>": the width 0 is outside 1 to 1024
        help: choose W from 1 to 1024"
    `);
  });
});
