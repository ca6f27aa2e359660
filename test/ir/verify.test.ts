import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { makeFormat } from '../../src/fixed/format.js';
import type { Op, Program } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { checkProgram, verifyProgram } from '../../src/ir/verify.js';
import { messageOf } from '../base/thrown.js';
import { everyOp } from './every-op.js';
import { randomProgram } from './random-program.js';

/** All breaches as `place: message`. */
function breaches(program: Program): string[] {
  return verifyProgram(program).map(({ code, place, message }) => {
    expect(code).toBe('illegal-program');
    return `${place}: ${message}`;
  });
}

const breachesOf = (text: string): string[] => breaches(parseProgram(text, 'test.ir'));

/** Breaches of a program with the inputs x, v, i, k and one operation more, y. */
function breachesOfOp(y: string, ...before: readonly string[]): string[] {
  return breachesOf(
    ['program demo', 'x = input : [2, 3] ap_fixed<4,2>', ...before, `y = ${y}`, 'output y', ''].join('\n'),
  );
}

const vector = 'v = input : [3] ap_fixed<3,3>';
const image = 'i = input : [2, 2, 1] ap_ufixed<2,2>';
const index = 'k = input : [2] ap_ufixed<2,2>';

describe('verifyProgram', () => {
  it('accepts a program with every operation', () => {
    const program = parseProgram(everyOp, 'test.ir');
    expect(new Set(program.ops.map((op) => op.kind)).size).toBe(19);
    expect(verifyProgram(program)).toEqual([]);
  });

  it('accepts random programs', () => {
    const kinds = new Set<string>();
    const modes = new Set<string>();
    for (let seed = 0; seed < 500; seed++) {
      const program = randomProgram(Random.seeded(seed));
      expect(verifyProgram(program)).toEqual([]);
      for (const op of program.ops) {
        kinds.add(op.kind);
        if (op.kind === 'cast') for (const { rounding, overflow } of op.type.formats) modes.add(rounding + overflow);
      }
    }
    expect([kinds.size, modes.size]).toEqual([19, 28]);
  });
});

describe('rule 1: names and ids', () => {
  const named = (program: string, id: string): string[] =>
    breachesOf(
      `program ${program}\n${id} = input : [1] ap_fixed<2,2>\ny = relu ${id} : [1] ap_ufixed<1,1>\noutput y\n`,
    );

  it('wants a plain identifier as the name of the program', () => {
    expect(named('a.b', 'x')).toEqual(['a.b: the name of a program is a plain identifier']);
    expect(named('int', 'x')).toEqual(['int: the name of a program is a plain identifier']);
  });

  it('wants plain identifiers joined by points as ids', () => {
    for (const id of ['for', '_x', 'x__y', 'x.', 'x..y', 'x.while', 'ap_x']) {
      expect(named('demo', id)).toEqual([`${id}: an id is plain identifiers joined by points`]);
    }
    expect(named('demo', 'layer1.x_2.wide')).toEqual([]);
  });

  it('wants every id used once', () => {
    expect(breachesOfOp('relu x : [2, 3] ap_ufixed<3,1>', 'y = square x : [2, 3] ap_ufixed<7,3>')).toEqual([
      'y: the id is used twice',
    ]);
  });
});

describe('rule 2: order, inputs and outputs', () => {
  it('wants operands to stand before their users', () => {
    expect(breachesOfOp('add x, z : [2, 3] ap_fixed<5,3>')).toEqual([
      'y: operand z is not a legal value that stands before it',
    ]);
    expect(breachesOfOp('relu y : [2, 3] ap_fixed<4,2>')).toEqual([
      'y: operand y is not a legal value that stands before it',
    ]);
    const late = 'program demo\ny = relu x : [1] ap_ufixed<1,1>\nx = input : [1] ap_fixed<2,2>\noutput y\n';
    expect(breachesOf(late)).toEqual(['y: operand x is not a legal value that stands before it']);
  });

  it('wants an input and an output', () => {
    expect(breachesOf('program demo\ny = constant {1} : [1] ap_fixed<2,2>\noutput y\n')).toEqual([
      'demo: there is no input',
    ]);
    const program = parseProgram(everyOp, 'test.ir');
    expect(breaches({ ...program, outputs: [] })).toEqual(['every_op: there is no output']);
  });

  it('wants outputs that exist, are named and are listed once', () => {
    const program = parseProgram(everyOp, 'test.ir');
    expect(breaches({ ...program, outputs: ['part', 'found', 'part'] })).toEqual([
      'every_op: an output is listed twice',
    ]);
    expect(breaches({ ...program, outputs: ['part', 'apart'] })).toEqual([
      'apart: the output is not a value of the program',
    ]);
    expect(breaches({ ...program, outputs: ['flat.row'] })).toEqual([
      'flat.row: an output is a named value: its id has no point',
    ]);
    expect(breaches({ ...program, outputs: ['x', 'offsets'] })).toEqual([]);
  });
});

describe('rule 3: shapes and formats', () => {
  const withInput = (op: Partial<Op>): string[] => {
    const program = parseProgram('program demo\nx = input : [2] ap_fixed<2,2>\noutput x\n', 'test.ir');
    return breaches({ ...program, ops: [{ ...program.ops[0]!, ...op } as Op] });
  };

  it('wants an axis in every shape, and no empty one', () => {
    const format = makeFormat(true, 2, 2);
    const shaped = (...shape: number[]): string[] => withInput({ type: { shape, formats: [format] } });
    expect(shaped()).toEqual(['x: the shape [] has no axis or an empty one']);
    expect(shaped(2, 0)).toEqual(['x: the shape [2, 0] has no axis or an empty one']);
    expect(shaped(-1)).toEqual(['x: the shape [-1] has no axis or an empty one']);
    expect(shaped(1.5)).toEqual(['x: the shape [1.5] has no axis or an empty one']);
  });

  it('wants tables without an empty axis', () => {
    expect(
      breachesOfOp(
        'conv i by [0, 1, 1, 1] ap_fixed<2,2> {} strides [1, 1] padding [0, 0, 0, 0] : [3, 2, 1] ap_ufixed<1,1>',
        image,
      ),
    ).toEqual(['y: the shape [0, 1, 1, 1] has no axis or an empty one']);
    expect(breachesOfOp('lookup k in [0] ap_fixed<2,2> {} : [2] ap_ufixed<1,1>', index)).toEqual([
      'y: the shape [0] has no axis or an empty one',
    ]);
  });

  it('wants one format, or one for each element', () => {
    expect(withInput({ type: { shape: [2], formats: [] } })).toEqual(['x: 0 formats for 2 elements']);
    expect(breachesOf('program demo\nx = input : [3] {ap_fixed<2,2> ap_fixed<2,2>}\noutput x\n')).toEqual([
      'x: 2 formats for 3 elements',
    ]);
  });

  it('wants formats that axoc supports', () => {
    const formatted = (...formats: ReturnType<typeof makeFormat>[]) => withInput({ type: { shape: [2], formats } });
    expect(formatted(makeFormat(true, 0, 0))).toEqual(['x: ap_fixed<0,0>: the width 0 is outside 1 to 1024']);
    expect(formatted(makeFormat(false, 8, 8), makeFormat(false, 1025, 8))).toEqual([
      'x: ap_ufixed<1025,8>: the width 1025 is outside 1 to 1024',
    ]);
    expect(formatted(makeFormat(false, 8, -5000))).toEqual([
      'x: ap_ufixed<8,-5000>: -5000 integer bits are outside -4096 to 4096',
    ]);
    expect(formatted(makeFormat(true, 1, 1, 'AP_RND', 'AP_SAT_SYM'))).toEqual([
      'x: ap_fixed<1,1,AP_RND,AP_SAT_SYM>: a signed single bit has no symmetric range, and public ap_fixed headers disagree with the standard on it',
    ]);
  });
});

describe('rule 4: the shape of a result', () => {
  const shifted = 'its shape is [2, 3], not [3, 2]';

  it.each<[string, string, readonly string[]]>([
    ['cast x : [3, 2] ap_fixed<4,2>', shifted, []],
    ['add x, x : [3, 2] ap_fixed<5,3>', shifted, []],
    ['square x : [3, 2] ap_ufixed<7,3>', shifted, []],
    ['relu x : [3, 2] ap_ufixed<3,1>', shifted, []],
    ['leaky_relu x by [1] ap_ufixed<1,1> {1} : [3, 2] ap_fixed<4,2>', shifted, []],
    ['shift x by {0} : [3, 2] ap_fixed<4,2>', shifted, []],
    ['shift x by {0 1 2} : [2, 3] ap_fixed<4,2>', '3 shift amounts for 6 elements', []],
    ['shift x by {} : [2, 3] ap_fixed<4,2>', '0 shift amounts for 6 elements', []],
    ['sum x axis 0 : [2] ap_fixed<6,4>', 'its shape is [3], not [2]', []],
    ['sum x axis 2 : [2] ap_fixed<6,4>', 'no axis 2 in [2, 3]', []],
    ['sum x axis -1 : [2] ap_fixed<6,4>', 'no axis -1 in [2, 3]', []],
    ['sum v axis 0 : [3] ap_fixed<5,5>', 'its shape is [1], not [3]', [vector]],
    ['reshape x : [5] ap_fixed<4,2>', '6 elements cannot take shape [5]', []],
    ['multiply x, v : [2, 3] ap_fixed<7,5>', 'shapes [2, 3] and [3] do not fit each other', [vector]],
    [
      'max x, c : [2, 3] ap_fixed<4,2>',
      'shapes [2, 3] and [2, 2] do not fit each other',
      ['c = constant {0 0 0 0} : [2, 2] ap_ufixed<1,1>'],
    ],
    ['dense v by [3] ap_fixed<2,2> {1 1 1} : [1] ap_fixed<5,5>', 'weights of shape [3], two axes expected', [vector]],
    ['dense v by [2, 1] ap_fixed<2,2> {1 1} : [1] ap_fixed<5,5>', 'weights [2, 1] do not fit [3]', [vector]],
    ['dense x by [3, 1] ap_fixed<2,2> {1 1 1} : [2, 1] ap_fixed<6,4>', 'weights [3, 1] do not fit [2, 3]', []],
    ['dense v by [3, 1] ap_fixed<2,2> {1 1 1} : [2] ap_fixed<5,5>', 'its shape is [1], not [2]', [vector]],
    ['concat x, v axis 0 : [3, 3] ap_fixed<6,4>', 'shapes [2, 3], [3] differ outside axis 0', [vector]],
    ['concat x, x axis 2 : [2, 6] ap_fixed<4,2>', 'no axis 2 in [2, 3]', []],
    ['concat x, x axis 1 : [4, 3] ap_fixed<4,2>', 'its shape is [2, 6], not [4, 3]', []],
    ['slice x from [0] to [1] : [1, 3] ap_fixed<4,2>', 'bounds for 1 axes on [2, 3]', []],
    ['slice x from [0, 2] to [2, 2] : [2, 1] ap_fixed<4,2>', 'from [0, 2] to [2, 2] is not inside [2, 3]', []],
    ['slice x from [0, -1] to [2, 2] : [2, 3] ap_fixed<4,2>', 'from [0, -1] to [2, 2] is not inside [2, 3]', []],
    ['slice x from [0, 0] to [2, 4] : [2, 4] ap_fixed<4,2>', 'from [0, 0] to [2, 4] is not inside [2, 3]', []],
  ])('breaks it: %s', (op, message, before) => {
    expect(breachesOfOp(op, ...before)).toEqual([`y: ${message}`]);
  });

  it.each([
    [
      'v',
      '[1, 1, 1, 1]',
      '{1}',
      '[1, 1]',
      '[0, 0, 0, 0]',
      'a convolution takes [height, width, channels] and weights of four axes',
    ],
    [
      'i',
      '[1, 1, 1]',
      '{1}',
      '[1, 1]',
      '[0, 0, 0, 0]',
      'a convolution takes [height, width, channels] and weights of four axes',
    ],
    ['i', '[1, 1, 2, 1]', '{1 1}', '[1, 1]', '[0, 0, 0, 0]', 'weights for 2 channels on 1'],
    ['i', '[1, 1, 1, 1]', '{1}', '[0, 1]', '[0, 0, 0, 0]', 'strides start at 1 and padding at 0'],
    ['i', '[1, 1, 1, 1]', '{1}', '[1, 1]', '[0, 0, 0, -1]', 'strides start at 1 and padding at 0'],
    ['i', '[1, 4, 1, 1]', '{1 1 1 1}', '[1, 1]', '[0, 0, 1, 0]', 'the kernel is larger than the padded input'],
    ['i', '[1, 1, 1, 1]', '{1}', '[2, 1]', '[0, 0, 0, 0]', 'its shape is [1, 2, 1], not [2, 2, 1]'],
  ])('breaks it: conv %s by %s %s strides %s padding %s', (operand, shape, raws, strides, padding, message) => {
    const conv = `conv ${operand} by ${shape} ap_fixed<2,2> ${raws} strides ${strides} padding ${padding}`;
    expect(breachesOfOp(`${conv} : [2, 2, 1] ap_fixed<5,5>`, vector, image)).toEqual([`y: ${message}`]);
  });

  it('wants something to concatenate', () => {
    const program = parseProgram(
      'program demo\nx = input : [2] ap_fixed<2,2>\ny = concat x axis 0 : [2] ap_fixed<2,2>\noutput y\n',
      't',
    );
    const [x, y] = program.ops as [Op, Op];
    expect(breaches({ ...program, ops: [x, { ...y, operands: [] } as Op] })).toEqual(['y: nothing to concatenate']);
  });
});

describe('rule 5: numbers of constants and tables', () => {
  it.each<[string, string]>([
    ['constant {1 0 -1} : [4] ap_fixed<2,2>', '3 numbers for 4 elements'],
    ['constant {1 0 -1 2} : [4] ap_fixed<2,2>', 'element 3: 2 is outside ap_fixed<2,2>'],
    ['constant {1 -1} : [2] {ap_fixed<2,2> ap_ufixed<2,2>}', 'element 1: -1 is outside ap_ufixed<2,2>'],
    ['dense v by [3, 1] ap_fixed<2,2> {1 1} : [1] ap_fixed<5,5>', '2 numbers for a table of shape [3, 1]'],
    ['dense v by [3, 1] ap_fixed<2,2> {1 1 2} : [1] ap_fixed<6,6>', '2 is outside ap_fixed<2,2>'],
    [
      'conv i by [1, 1, 1, 2] ap_ufixed<1,1> {1} strides [1, 1] padding [0, 0, 0, 0] : [2, 2, 2] ap_ufixed<2,2>',
      '1 numbers for a table of shape [1, 1, 1, 2]',
    ],
    [
      'conv i by [1, 1, 1, 1] ap_ufixed<1,1> {2} strides [1, 1] padding [0, 0, 0, 0] : [2, 2, 1] ap_ufixed<3,3>',
      '2 is outside ap_ufixed<1,1>',
    ],
    ['leaky_relu x by [2] ap_ufixed<1,1> {1} : [2, 3] ap_fixed<4,2>', '1 numbers for a table of shape [2]'],
    ['leaky_relu x by [1] ap_ufixed<1,1> {2} : [2, 3] ap_fixed<5,3>', '2 is outside ap_ufixed<1,1>'],
    ['lookup k in [4] ap_fixed<2,2> {0 1 0} : [2] ap_fixed<2,2>', '3 numbers for a table of shape [4]'],
    ['lookup k in [4] ap_fixed<2,2> {0 1 0 -3} : [2] ap_fixed<3,3>', '-3 is outside ap_fixed<2,2>'],
  ])('breaks it: %s', (op, message) => {
    expect(breachesOfOp(op, vector, image, index)).toEqual([`y: ${message}`]);
  });

  it('wants tables in formats that axoc supports', () => {
    const program = parseProgram(
      'program demo\nv = input : [1] ap_fixed<3,3>\ny = dense v by [1, 1] ap_ufixed<1,1> {0} : [1] ap_ufixed<1,1>\noutput y\n',
      'test.ir',
    );
    const [v, y] = program.ops as [Op, Extract<Op, { kind: 'dense' }>];
    const format = makeFormat(true, 1, 1, 'AP_TRN', 'AP_SAT_SYM');
    expect(breaches({ ...program, ops: [v, { ...y, weights: { ...y.weights, format } }] })).toEqual([
      'y: ap_fixed<1,1,AP_TRN,AP_SAT_SYM>: a signed single bit has no symmetric range, and public ap_fixed headers disagree with the standard on it',
    ]);
  });
});

describe('rule 6: only cast may lose information', () => {
  const legal = parseProgram(everyOp, 'test.ir');
  const exact = legal.ops.filter((op) => !['input', 'constant', 'cast'].includes(op.kind));

  it.each<[string, string]>([
    ['add x, x : [2, 3] ap_fixed<4,2>', 'element 0: the raw interval [-16, 14] does not fit ap_fixed<4,2>'],
    ['square x : [2, 3] ap_ufixed<6,2>', 'element 0: the raw interval [0, 64] does not fit ap_ufixed<6,2>'],
    [
      'multiply x, x : [2, 3] ap_fixed<8,5>',
      'element 0: ap_fixed<8,5> has fewer than the 4 fraction bits of the exact result',
    ],
    [
      'relu x : [2, 3] {ap_ufixed<3,1> ap_ufixed<3,1> ap_ufixed<2,0> ap_ufixed<3,1> ap_ufixed<3,1> ap_ufixed<3,1>}',
      'element 2: the raw interval [0, 7] does not fit ap_ufixed<2,0>',
    ],
    [
      'shift x by {0 0 0 0 1 0} : [2, 3] ap_fixed<4,2>',
      'element 4: ap_fixed<4,2> has fewer than the 3 fraction bits of the exact result',
    ],
    ['constant {1 2} : [2] ap_ufixed<3,1,AP_RND>', 'only inputs and casts carry modes, not ap_ufixed<3,1,AP_RND>'],
    ['relu x : [2, 3] ap_ufixed<3,1,AP_RND>', 'only inputs and casts carry modes, not ap_ufixed<3,1,AP_RND>'],
    [
      'add x, x : [2, 3] ap_fixed<5,3,AP_TRN,AP_SAT>',
      'only inputs and casts carry modes, not ap_fixed<5,3,AP_TRN,AP_SAT>',
    ],
  ])('breaks it: %s', (op, message) => {
    expect(breachesOfOp(op)).toEqual([`y: ${message}`]);
  });

  it.each(exact.map((op) => [op.kind, op] as const))('refuses %s with a bit less at either end', (_, op) => {
    const shrunk = (lowest: number, highest: number): string[] => {
      const formats = op.type.formats.map(({ signed, width, integer }) =>
        makeFormat(signed, width - lowest - highest, integer - highest),
      );
      const ops = legal.ops.map((other) => (other === op ? { ...op, type: { ...op.type, formats } } : other));
      return breaches({ ...legal, ops }).filter((breach) => breach.startsWith(`${op.id}: `));
    };
    const isSingleBit = op.type.formats.some(({ width }) => width === 1);
    if (isSingleBit) expect(shrunk(0, 1)[0]).toMatch(/the width 0 is outside/);
    else expect(shrunk(0, 1)).toEqual([expect.stringMatching(/: element \d+: the raw interval .* does not fit ap_/)]);
    if (isSingleBit) expect(shrunk(1, 0)[0]).toMatch(/the width 0 is outside/);
    else
      expect(shrunk(1, 0)).toEqual([
        expect.stringMatching(/: element \d+: ap_.* has fewer than the -?\d+ fraction bits/),
      ]);
  });

  it('lets casts lose what they like, and exact results have room to spare', () => {
    expect(breachesOfOp('cast x : [2, 3] ap_ufixed<1,9,AP_RND,AP_SAT_ZERO>')).toEqual([]);
    expect(breachesOfOp('square x : [2, 3] ap_fixed<20,10>')).toEqual([]);
  });
});

describe('rule 7: indices, slopes and shifts', () => {
  it.each<[string, string]>([
    ['lookup k in [3] ap_fixed<2,2> {0 1 0} : [2] ap_fixed<2,2>', 'the index can be 0 to 3, the table has 0 to 2'],
    ['lookup v in [4] ap_fixed<2,2> {0 1 0 1} : [3] ap_fixed<2,2>', 'the index can be -4 to 3, the table has 0 to 3'],
    ['lookup x in [8] ap_fixed<2,2> {0 1 0 1 0 1 0 1} : [2, 3] ap_fixed<2,2>', 'the index has fraction bits'],
    [
      'lookup w in [16] ap_fixed<2,2> {0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1} : [2] ap_fixed<2,2>',
      'the index has fraction bits',
    ],
    ['lookup k in [2, 2] ap_fixed<2,2> {0 1 0 1} : [2] ap_fixed<2,2>', 'a lookup table has one axis, not [2, 2]'],
    ['shift x by {-4097} : [2, 3] ap_fixed<4,2>', 'a shift by -4097 is not by -4096 to 4096 places'],
    [
      'shift x by {0 0 0 99999999999999999 0 0} : [2, 3] ap_fixed<4,2>',
      'a shift by 100000000000000000 is not by -4096 to 4096 places',
    ],
    ['leaky_relu x by [2] ap_fixed<2,2> {1 1} : [2, 3] ap_fixed<4,2>', 'the slope is one number that is not negative'],
    ['leaky_relu x by [1] ap_fixed<2,2> {-1} : [2, 3] ap_fixed<5,3>', 'the slope is one number that is not negative'],
  ])('breaks it: %s', (op, message) => {
    const doubled = 'w = input : [2] ap_ufixed<2,3>';
    expect(breachesOfOp(op, vector, index, doubled)).toEqual([`y: ${message}`]);
  });

  it('looks at what the index is proved to be, not at its format', () => {
    expect(
      breachesOfOp(
        'lookup small in [2] ap_fixed<2,2> {0 1} : [3] ap_ufixed<1,1>',
        vector,
        'small = compare less v, v : [3] ap_fixed<9,9>',
      ),
    ).toEqual([]);
  });
});

describe('several breaches', () => {
  it('are all found, and what hangs on an illegal value is named too', () => {
    const text = `program demo
x = input : [2] ap_fixed<2,2>
a = square x : [2] ap_ufixed<2,2>
b = relu a : [2] ap_ufixed<3,3>
c = sum x axis 1 : [1] ap_fixed<3,3>
output b, d
`;
    expect(breachesOf(text)).toEqual([
      'a: element 0: the raw interval [0, 4] does not fit ap_ufixed<2,2>',
      'b: operand a is not a legal value that stands before it',
      'c: no axis 1 in [2]',
      'd: the output is not a value of the program',
    ]);
  });
});

describe('checkProgram', () => {
  const illegal = parseProgram('program demo\nx = input : [2] ap_fixed<2,2>\noutput x, y\n', 'test.ir');

  it('says nothing of a legal program', () => {
    expect(checkProgram(parseProgram(everyOp, 'test.ir'), 'user', 'reading')).toBeUndefined();
  });

  it('throws the breaches with the stage before each, as an error of the given kind', () => {
    const text = 'error[illegal-program]: after pass x: y: the output is not a value of the program';
    expect(messageOf(() => checkProgram(illegal, 'internal', 'after pass x'), 'internal')).toBe(text);
    expect(messageOf(() => checkProgram(illegal, 'user', 'after pass x'), 'user')).toBe(text);
  });
});
