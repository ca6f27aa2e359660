/** The text form of a program: one operation a line. `parseProgram` reads it back to the same record. */
import { printFormat } from '../fixed/format.js';
import type { Table } from '../fixed/table.js';
import type { Op, Program, TensorType } from './op.js';
import { printShape } from './shape.js';

/**
 * ```
 * program demo
 * x = input : [3] ap_fixed<8,6>
 * dense1.sum = dense x by [3, 2] ap_fixed<4,2> {1 0 -3 2 0 7} : [2] ap_fixed<13,9>
 * dense1 = cast dense1.sum : [2] ap_fixed<8,4,AP_RND,AP_SAT>
 * output dense1
 * ```
 */
export function printProgram(program: Program): string {
  const lines = [`program ${program.name}`, ...program.ops.map(printOp), `output ${program.outputs.join(', ')}`];
  return `${lines.join('\n')}\n`;
}

export function printOp(op: Op): string {
  return `${op.id} = ${printRight(op)} : ${printType(op.type)}`;
}

export function printType(type: TensorType): string {
  const formats = type.formats.map(printFormat);
  return `${printShape(type.shape)} ${formats.length === 1 ? formats[0] : `{${formats.join(' ')}}`}`;
}

function printRight(op: Op): string {
  switch (op.kind) {
    case 'input':
      return 'input';
    case 'constant':
      return `constant ${printList(op.raws)}`;
    case 'cast':
    case 'square':
    case 'relu':
    case 'reshape':
      return `${op.kind} ${op.operand}`;
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
      return `${op.kind} ${op.left}, ${op.right}`;
    case 'compare':
      return `compare ${op.relation} ${op.left}, ${op.right}`;
    case 'leaky_relu':
      return `leaky_relu ${op.operand} by ${printTable(op.slope)}`;
    case 'shift':
      return `shift ${op.operand} by ${printList(op.by)}`;
    case 'dense':
      return `dense ${op.operand} by ${printTable(op.weights)}`;
    case 'conv':
      return `conv ${op.operand} by ${printTable(op.weights)} strides ${printShape(op.strides)} padding ${printShape(op.padding)}`;
    case 'sum':
      return `sum ${op.operand} axis ${op.axis}`;
    case 'lookup':
      return `lookup ${op.operand} in ${printTable(op.table)}`;
    case 'concat':
      return `concat ${op.operands.join(', ')} axis ${op.axis}`;
    case 'slice':
      return `slice ${op.operand} from ${printShape(op.from)} to ${printShape(op.to)}`;
  }
}

function printTable(table: Table): string {
  return `${printShape(table.shape)} ${printFormat(table.format)} ${printList(table.raws)}`;
}

function printList(values: readonly (bigint | number)[]): string {
  return `{${values.join(' ')}}`;
}
