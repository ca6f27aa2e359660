import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { makeFormat, maxRaw, minRaw, parseFormat } from '../../src/fixed/format.js';
import { type Draft, ProgramBuilder } from '../../src/ir/builder.js';
import { rangesOf } from '../../src/ir/intervals.js';
import type { Op, Program } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { printProgram, printType } from '../../src/ir/print.js';
import { verifyProgram } from '../../src/ir/verify.js';
import { messageOf } from '../base/thrown.js';
import { everyOp } from './every-op.js';
import { elementFormats, randomProgram } from './random-program.js';

/** Builds a program again, operation by operation, deriving the types of all exact ones. */
function rebuilt(program: Program): Program {
  const builder = new ProgramBuilder();
  for (const op of program.ops) append(builder, op);
  return builder.build(program.name, program.outputs);
}

function append(builder: ProgramBuilder, op: Op): void {
  const { shape, formats } = op.type;
  if (op.kind === 'input') builder.input(op.id, shape, formats);
  else if (op.kind === 'constant') builder.constant(op.id, { shape, format: formats[0]!, raws: op.raws });
  else if (op.kind === 'cast') builder.cast(op.id, op.operand, formats);
  else builder.exact(withoutType(op), shape);
}

function withoutType(op: Exclude<Op, { kind: 'input' | 'constant' | 'cast' }>): Draft {
  const { type: _, ...draft } = op;
  return draft;
}

/** A random program whose constants have one format, as the builder makes them. */
function buildableProgram(random: Random): Program {
  for (;;) {
    const program = randomProgram(random);
    if (program.ops.every((op) => op.kind !== 'constant' || op.type.formats.length === 1)) return program;
  }
}

describe('ProgramBuilder', () => {
  it('derives the narrowest types, for every operation', () => {
    const program = parseProgram(everyOp.replace(/^mixed.*\n/m, ''), 'test.ir');
    expect(printProgram(rebuilt(program))).toBe(printProgram(program));
  });

  it('derives types that are legal, and illegal with a bit less, in random programs', () => {
    const random = Random.seeded(18);
    let narrowed = 0;
    for (let n = 0; n < 150; n++) {
      const program = rebuilt(buildableProgram(random));
      expect(verifyProgram(program)).toEqual([]);
      for (const op of program.ops) {
        if (['input', 'constant', 'cast'].includes(op.kind)) continue;
        for (const [index, format] of op.type.formats.entries()) {
          for (const narrower of [
            makeFormat(format.signed, format.width - 1, format.integer - 1),
            makeFormat(format.signed, format.width - 1, format.integer),
          ]) {
            const formats = op.type.formats.with(index, narrower);
            const ops = program.ops.map((other) => (other === op ? { ...op, type: { ...op.type, formats } } : other));
            const isZero = format.width === 1;
            if (!isZero) narrowed++;
            const breach = verifyProgram({ ...program, ops }).find(({ place }) => place === op.id);
            if (breach === undefined) expect.fail(`${op.id} of\n${printProgram(program)}`);
          }
        }
      }
    }
    expect(narrowed).toBeGreaterThan(1000);
  });

  it('derives a signed type only where something can be negative', () => {
    const random = Random.seeded(19);
    for (let n = 0; n < 200; n++) {
      const program = rebuilt(buildableProgram(random));
      const ranges = rangesOf(program);
      for (const op of program.ops) {
        if (['input', 'constant', 'cast'].includes(op.kind)) continue;
        const range = ranges.get(op.id)!;
        const isNegative = (index: number) => range[index]!.low < 0n;
        const all = range.map((_, index) => index);
        const expected = op.type.formats.length === 1 ? [all.some(isNegative)] : all.map(isNegative);
        expect(op.type.formats.map(({ signed }) => signed)).toEqual(expected);
      }
    }
  });

  it('gives one format where all elements have the same unit, else one for each', () => {
    const builder = new ProgramBuilder();
    builder.input('x', [2], [parseFormat('ap_fixed<4,4>', 'x'), parseFormat('ap_fixed<4,2>', 'x')]);
    builder.input('z', [2], [parseFormat('ap_fixed<4,2>', 'z')]);
    builder.exact({ id: 'sum', kind: 'add', left: 'x', right: 'z' });
    builder.exact({ id: 'square', kind: 'square', operand: 'x' });
    expect(printType(builder.typeOf('sum'))).toBe('[2] ap_fixed<7,5>');
    expect(printType(builder.typeOf('square'))).toBe('[2] {ap_ufixed<7,7> ap_ufixed<7,3>}');
    expect(builder.rangeOf('sum')).toEqual([
      { low: -40n, high: 35n },
      { low: -16n, high: 14n },
    ]);
  });

  it('keeps the ranges of what it has built', () => {
    const builder = new ProgramBuilder();
    const formats = [parseFormat('ap_fixed<4,4>', 'x'), parseFormat('ap_ufixed<2,2>', 'x')];
    const x = builder.input('x', [2], formats);
    expect(builder.rangeOf(x)).toEqual(formats.map((format) => ({ low: minRaw(format), high: maxRaw(format) })));
    builder.constant('c', { shape: [2], format: parseFormat('ap_fixed<4,4>', 'c'), raws: [-3n, 5n] });
    expect(builder.rangeOf('c')).toEqual([
      { low: -3n, high: -3n },
      { low: 5n, high: 5n },
    ]);
    builder.cast('y', 'x', [parseFormat('ap_ufixed<2,2,AP_TRN,AP_SAT>', 'y')]);
    expect(builder.rangeOf('y')).toEqual([
      { low: 0n, high: 3n },
      { low: 0n, high: 3n },
    ]);
    expect(elementFormats(builder.typeOf('y'))).toHaveLength(2);
  });

  it('refuses an id used twice, a value used before it is built, and operands that do not fit', () => {
    const builder = new ProgramBuilder();
    builder.input('x', [2], [makeFormat(true, 4, 4)]);
    builder.input('z', [3], [makeFormat(true, 4, 4)]);
    const report = '\n  help: this is a defect of axoc: please report it with the command and its input';
    const internal = (work: () => unknown) => messageOf(work, 'internal');
    expect(internal(() => builder.input('x', [2], [makeFormat(true, 4, 4)]))).toBe(
      `error[internal]: x: the id is used twice${report}`,
    );
    expect(internal(() => builder.cast('y', 'w', [makeFormat(true, 4, 4)]))).toBe(
      `error[internal]: w: the value is used before it is built${report}`,
    );
    expect(internal(() => builder.exact({ id: 'y', kind: 'add', left: 'x', right: 'z' }))).toBe(
      `error[internal]: y: shapes [2] and [3] do not fit each other${report}`,
    );
    expect(internal(() => builder.rangeOf('y'))).toBe(
      `error[internal]: y: the value is used before it is built${report}`,
    );
  });

  it('refuses results that are too wide, as a mistake of the user', () => {
    const builder = new ProgramBuilder();
    builder.input('x', [1], [makeFormat(true, 600, 20)]);
    expect(messageOf(() => builder.exact({ id: 'layer.square', kind: 'square', operand: 'x' }))).toBe(
      'error[too-wide]: layer.square: an exact result needs 1199 bits (1160 after the binary point), axoc handles 1024\n' +
        '  help: give the layers before it narrower result types',
    );
  });
});
