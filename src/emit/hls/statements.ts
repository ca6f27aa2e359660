/** C++ statements of one operation: plain loops over arrays, one case per operation. */
import { type Format, fractionBits, sameFormat, withoutModes } from '../../fixed/format.js';
import type { Table } from '../../fixed/table.js';
import {
  type Binary,
  type Compare,
  type Conv,
  formatAt,
  type Op,
  type Relation,
  type Shift,
  type Sum,
  sizeOf,
} from '../../ir/op.js';
import { joined } from './containers.js';
import { cppInitializer, cppLiteral, cppType, indexExpression, loop, stridesOf } from './cpp.js';
import type { Design, Variable } from './design.js';

/** Statements that fill the array of `op` from those of its operands. */
export function statementsOf(op: Op, design: Design): string[] {
  const y = design.variables.get(op.id)!;
  const each = (body: string): string[] => loop('i', y.length, [body], y.name);
  const read = (id: string): Variable => design.variables.get(id)!;
  switch (op.kind) {
    case 'input':
    case 'constant':
      return [];
    case 'cast':
      return op.type.formats.length === 1
        ? each(`${y.name}[i] = ${y.typeName}(${castOperand(read(op.operand), 'i', op.type.formats[0]!)});`)
        : Array.from({ length: y.length }, (_, i) => {
            const to = formatAt(op.type, i);
            return `${y.name}[${i}] = ${cppType(to)}(${castOperand(read(op.operand), String(i), to)});`;
          });
    case 'add':
      return each(`${y.name}[i] = ${operandText(op.left, op, design)} + ${operandText(op.right, op, design)};`);
    case 'subtract':
      return each(`${y.name}[i] = ${operandText(op.left, op, design)} - ${operandText(op.right, op, design)};`);
    case 'multiply':
      return each(`${y.name}[i] = ${operandText(op.left, op, design)} * ${operandText(op.right, op, design)};`);
    case 'max': {
      const [a, b] = comparable(op, design);
      return each(`${y.name}[i] = ${a} > ${b} ? ${y.typeName}(${a}) : ${y.typeName}(${b});`);
    }
    case 'compare': {
      const [a, b] = comparable(op, design);
      return each(`${y.name}[i] = ${a} ${relationText(op.relation)} ${b} ? 1 : 0;`);
    }
    case 'square':
      return each(`${y.name}[i] = ${read(op.operand).name}[i] * ${read(op.operand).name}[i];`);
    case 'relu': {
      const a = `${read(op.operand).name}[i]`;
      return each(`${y.name}[i] = ${a} > 0 ? ${y.typeName}(${a}) : ${y.typeName}(0);`);
    }
    case 'leaky_relu': {
      const a = `${read(op.operand).name}[i]`;
      return each(`${y.name}[i] = ${a} < 0 ? ${y.typeName}(${a} * ${y.tableName}[0]) : ${y.typeName}(${a});`);
    }
    case 'shift':
      return each(`${y.name}[i] = ${shiftText(op, read(op.operand), y)};`);
    case 'dense':
      return [
        ...loop('j', y.length, [`${y.name}[j] = 0;`]),
        ...loop(
          'i',
          op.weights.shape[0]!,
          loop('j', y.length, [`${y.name}[j] += ${read(op.operand).name}[i] * ${y.tableName}[i][j];`]),
          y.name,
        ),
      ];
    case 'conv':
      return convStatements(op, read(op.operand), y, design);
    case 'sum':
      return sumStatements(op, read(op.operand), y);
    case 'lookup':
      return each(`${y.name}[i] = ${y.tableName}[${read(op.operand).name}[i].to_int()];`);
    case 'reshape':
      return each(`${y.name}[i] = ${read(op.operand).name}[i];`);
    case 'slice': {
      const strides = stridesOf(design.ops.get(op.operand)!.type.shape);
      const offset = op.from.reduce((sum, from, axis) => sum + from * strides[axis]!, 0);
      return each(`${y.name}[i] = ${read(op.operand).name}[${indexExpression(op.type.shape, strides, offset)}];`);
    }
    case 'concat': {
      const strides = stridesOf(op.type.shape);
      let along = 0;
      return op.operands.flatMap((id) => {
        const { shape } = design.ops.get(id)!.type;
        const target = indexExpression(shape, strides, along * strides[op.axis]!);
        along += shape[op.axis]!;
        return loop('i', sizeOf(shape), [`${y.name}[${target}] = ${read(id).name}[i];`]);
      });
    }
  }
}

/** C++ copies between equal types, and an input may hold the one code that a cast into AP_SAT_SYM changes: convert it. */
function castOperand(x: Variable, index: string, to: Format): string {
  const element = `${x.name}[${index}]`;
  const isCopy = to.overflow === 'AP_SAT_SYM' && sameFormat(x.format, to);
  return isCopy ? `${cppType(withoutModes(to))}(${element})` : element;
}

/** The constant arrays an operation needs, as C++ definitions. */
export function constantsOf(op: Op, design: Design): string[] {
  const y = design.variables.get(op.id)!;
  switch (op.kind) {
    case 'constant': {
      const literals = op.raws.map((raw, i) => {
        const fraction = fractionBits(y.format) - fractionBits(formatAt(op.type, i));
        return cppLiteral(raw << BigInt(fraction), y.format, y.typeName);
      });
      return [`static const ${y.typeName} ${y.name}[${y.length}] = ${cppInitializer(literals, [y.length])};`];
    }
    case 'dense':
    case 'conv':
      return tableDefinition(op.weights, y);
    case 'leaky_relu':
      return tableDefinition(op.slope, y);
    case 'lookup':
      return tableDefinition(op.table, y);
    case 'shift':
      return op.by.length === 1
        ? []
        : [`static const int ${y.tableName}[${op.by.length}] = ${cppInitializer(op.by.map(String), [op.by.length])};`];
    default:
      return [];
  }
}

function tableDefinition(table: Table, { tableName, tableTypeName }: Variable): string[] {
  const literals = table.raws.map((raw) => cppLiteral(raw, table.format, tableTypeName));
  const axes = table.shape.map((length) => `[${length}]`).join('');
  return [
    `typedef ${cppType(table.format)} ${tableTypeName};`,
    `static const ${tableTypeName} ${tableName}${axes} = ${cppInitializer(literals, table.shape)};`,
  ];
}

/** One element of an operand that may stretch to the result's shape. */
function operandText(id: string, op: Binary | Compare, design: Design): string {
  const { shape } = design.ops.get(id)!.type;
  const strides = stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  return `${design.variables.get(id)!.name}[${indexExpression(op.type.shape, strides, 0)}]`;
}

/** Both operands in one type: public simulation headers compare wide numbers of different signedness as unsigned ones. */
function comparable(op: Binary | Compare, design: Design): readonly [string, string] {
  const common = cppType(joined([op.left, op.right].map((id) => design.variables.get(id)!.format)));
  return [`${common}(${operandText(op.left, op, design)})`, `${common}(${operandText(op.right, op, design)})`];
}

function relationText(relation: Relation): string {
  switch (relation) {
    case 'less':
      return '<';
    case 'less_equal':
      return '<=';
    case 'equal':
      return '==';
  }
}

/** Shifts in a type that holds the value before and after, so that no bit is lost. */
function shiftText(op: Shift, x: Variable, y: Variable): string {
  const wide = `${cppType(joined([x.format, y.format]))}(${x.name}[i])`;
  if (op.by.length > 1) return `${wide} >> ${y.tableName}[i]`;
  const by = op.by[0]!;
  return by < 0 ? `${wide} << ${-by}` : `${wide} >> ${by}`;
}

function sumStatements(op: Sum, x: Variable, y: Variable): string[] {
  const { shape } = x.op.type;
  const length = shape[op.axis]!;
  const inner = sizeOf(shape.slice(op.axis + 1));
  const outer = sizeOf(shape.slice(0, op.axis));
  const term = (j: string): string => {
    const block = length * inner;
    const start =
      outer === 1
        ? inner === 1
          ? ''
          : `${j} + `
        : inner === 1
          ? `${j} * ${block} + `
          : `${j} / ${inner} * ${block} + ${j} % ${inner} + `;
    return `${start}${inner === 1 ? 'i' : `i * ${inner}`}`;
  };
  return [
    ...loop('j', y.length, [`${y.name}[j] = 0;`]),
    ...loop('j', y.length, loop('i', length, [`${y.name}[j] += ${x.name}[${term('j')}];`]), y.name),
  ];
}

function convStatements(op: Conv, x: Variable, y: Variable, design: Design): string[] {
  const [height, width, channels] = design.ops.get(op.operand)!.type.shape as readonly [number, number, number];
  const [kernelHeight, kernelWidth, , filters] = op.weights.shape as readonly [number, number, number, number];
  const [outHeight, outWidth] = op.type.shape as readonly [number, number, number];
  const [top, , left] = op.padding;
  const rowText = offsetText(`row * ${op.strides[0]} + i`, -top);
  const columnText = offsetText(`column * ${op.strides[1]} + j`, -left);
  const isInside = `${rowText} >= 0 && ${rowText} < ${height} && ${columnText} >= 0 && ${columnText} < ${width}`;
  const product = `${x.name}[((${rowText}) * ${width} + ${columnText}) * ${channels} + channel] * ${y.tableName}[i][j][channel][filter]`;
  const target = `${y.name}[(row * ${outWidth} + column) * ${filters} + filter]`;
  const kernel = loop(
    'i',
    kernelHeight,
    loop('j', kernelWidth, [
      `if (${isInside}) {`,
      ...indented(loop('channel', channels, [`${target} += ${product};`])),
      '}',
    ]),
  );
  return loop(
    'row',
    outHeight,
    loop('column', outWidth, loop('filter', filters, [`${target} = 0;`, ...kernel])),
    y.name,
  );
}

function offsetText(expression: string, offset: number): string {
  if (offset === 0) return expression;
  return offset < 0 ? `${expression} - ${-offset}` : `${expression} + ${offset}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line.startsWith('#') ? line : `  ${line}`));
}
