import { describe, expect, it } from 'vitest';
import {
  elementCount,
  formatAt,
  fractionAt,
  inputsOf,
  isNamed,
  layerOf,
  namedOps,
  operandsOf,
  opsById,
  withOperands,
} from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { printOp } from '../../src/ir/print.js';
import { everyOp } from './every-op.js';

const program = parseProgram(everyOp, 'test.ir');
const ops = opsById(program);

describe('operandsOf and withOperands', () => {
  it('know what each operation reads, in order', () => {
    const read = Object.fromEntries(program.ops.map((op) => [op.id, operandsOf(op).join(' ')]));
    expect(read).toMatchInlineSnapshot(`
      {
        "added": "x offsets",
        "filtered": "image",
        "flat": "flat.row",
        "flat.row": "x",
        "found": "index",
        "halved": "x",
        "image": "",
        "index": "x",
        "is_at_most": "x offsets",
        "is_equal": "x x",
        "is_less": "x offsets",
        "joined": "x offsets",
        "largest": "x offsets",
        "leaky": "x",
        "mixed.c": "",
        "moved": "x",
        "multiplied": "offsets x",
        "offsets": "",
        "part": "x",
        "positive": "x",
        "squared": "x",
        "subtracted": "x offsets",
        "summed": "x",
        "x": "",
      }
    `);
  });

  it.each(program.ops.map((op) => [op.kind, op] as const))('rename exactly the operands of %s', (_, op) => {
    const renamed = withOperands(op, (id) => `${id}.new`);
    expect(operandsOf(renamed)).toEqual(operandsOf(op).map((id) => `${id}.new`));
    expect(withOperands(renamed, (id) => id.replace(/\.new$/, ''))).toEqual(op);
    expect(renamed.id).toBe(op.id);
    expect(printOp(renamed).length).toBe(printOp(op).length + 4 * operandsOf(op).length);
  });
});

describe('names', () => {
  it('without a point are the users, the part before it is the layer', () => {
    const row = ops.get('flat.row')!;
    expect([isNamed(row), isNamed(ops.get('flat')!)]).toEqual([false, true]);
    expect(['flat.row', 'flat', 'a.b.c'].map(layerOf)).toEqual(['flat', 'flat', 'a']);
    expect(namedOps(program).length).toBe(program.ops.length - 2);
    expect(inputsOf(program).map((op) => op.id)).toEqual(['x', 'image']);
  });
});

describe('types', () => {
  it('have one format for all elements, or one for each', () => {
    const [x, moved] = [ops.get('x')!.type, ops.get('moved')!.type];
    expect([elementCount(x), elementCount(moved)]).toEqual([6, 6]);
    expect([formatAt(x, 5), formatAt(moved, 5)].map(({ integer }) => integer)).toEqual([2, 5]);
    expect([0, 1, 2, 3, 4, 5].map((index) => fractionAt(moved, index))).toEqual([2, 3, 1, 4, 2, -1]);
  });
});
