/** Test vectors as the test bench reads them: one event a line, each value the hexadecimal digits of its raw bits. */
import type { FileTree } from '../../base/files.js';
import { type Format, fractionBits } from '../../fixed/format.js';
import { elementCount, fractionAt, type Op } from '../../ir/op.js';
import type { Design } from './design.js';

/** Events as raw integers in the formats of the program: one row an event, all inputs (or outputs) in order. */
export type Rows = readonly (readonly bigint[])[];

/** The project's own vectors and what they must give. */
export function vectorFiles(design: Design, inputs: Rows, outputs: Rows): FileTree {
  return new Map([
    ['tb/inputs.txt', inputText(design, inputs)],
    [
      'tb/expected.txt',
      textOf(
        outputs,
        design.outputs.flatMap(({ variable, format }) => digitsOf(variable.op, format)),
      ),
    ],
  ]);
}

export function inputText(design: Design, inputs: Rows): string {
  return textOf(
    inputs,
    design.inputs.flatMap(({ op, format }) => digitsOf(op, format)),
  );
}

type Digits = (raw: bigint) => string;

/** Prints a value's elements in the type of the port they pass. */
function digitsOf(op: Op, port: Format): Digits[] {
  return Array.from({ length: elementCount(op.type) }, (_, index) => {
    const extraBits = BigInt(fractionBits(port) - fractionAt(op.type, index));
    const length = Math.ceil(port.width / 4);
    return (raw) =>
      BigInt.asUintN(port.width, raw << extraBits)
        .toString(16)
        .padStart(length, '0');
  });
}

function textOf(rows: Rows, digits: readonly Digits[]): string {
  return rows.map((row) => `${row.map((raw, index) => digits[index]!(raw)).join(' ')}\n`).join('');
}
