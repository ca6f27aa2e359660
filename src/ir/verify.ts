/**
 * The specification of the fixed-point language. A program is legal when:
 *
 *  1. its name is a plain identifier; every value's id is plain identifiers joined by points, and used once;
 *  2. operands stand before their users; there is at least one input and one output; every output is a named value
 *     (an id without a point) and listed once;
 *  3. every shape has at least one axis, no empty one, and at most 2^20 elements; a type has one format, or one for each
 *     element; every format is one that axoc supports;
 *  4. the shape of every result is the one its operation makes of its operands' shapes (shape.ts);
 *  5. tables and constants have as many numbers as their shape and each lies in its format;
 *  6. **only `cast` may lose information**: the format of every other result has the fraction bits of the exact result
 *     (evaluate.ts) and contains its proven interval (intervals.ts); these formats carry no modes, since nothing rounds;
 *  7. the index of a lookup is an integer format and is proved to lie inside the table; the slope of a leaky relu is one
 *     number that is not negative; a shift moves by whole places, at most as many as a format's binary point may.
 *
 * Only inputs and casts have formats with modes: a cast rounds and overflows by them, an input's tell how a real number
 * becomes its raw integer outside the program.
 */
import { AxocError, type Diagnostic } from '../base/diagnostic.js';
import { plainIdentifier } from '../base/identifier.js';
import { type Format, fractionBits, holdsRaw, maxInteger, printFormat, whyUnsupported } from '../fixed/format.js';
import { contains, fullInterval, type Interval } from '../fixed/interval.js';
import type { Table } from '../fixed/table.js';
import { type Elements, exactFraction } from './evaluate.js';
import { rangeOf } from './intervals.js';
import { elementCount, formatAt, type Op, operandsOf, type Program, sizeOf } from './op.js';
import { printShape, resultShape, sameShape } from './shape.js';

/** All breaches of the specification; none means that the program is legal. */
export function verifyProgram(program: Program): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (place: string, message: string): void => {
    found.push({ code: 'illegal-program', place, message });
  };

  if (plainIdentifier(program.name) !== program.name)
    report(program.name, 'the name of a program is a plain identifier');
  const legal = new Map<string, Op>();
  const ranges = new Map<string, Elements<Interval>>();
  const seen = new Set<string>();
  for (const op of program.ops) {
    if (!op.id.split('.').every((part) => plainIdentifier(part) === part))
      report(op.id, 'an id is plain identifiers joined by points');
    if (seen.has(op.id)) report(op.id, 'the id is used twice');
    seen.add(op.id);
    const problems = verifyOp(op, legal, ranges);
    for (const problem of problems) report(op.id, problem);
    if (problems.length > 0) continue;
    legal.set(op.id, op);
    if (!ranges.has(op.id)) ranges.set(op.id, rangeOf(op, legal, ranges));
  }
  if (!program.ops.some((op) => op.kind === 'input')) report(program.name, 'there is no input');
  if (program.outputs.length === 0) report(program.name, 'there is no output');
  if (new Set(program.outputs).size < program.outputs.length) report(program.name, 'an output is listed twice');
  for (const output of program.outputs) {
    if (!seen.has(output)) report(output, 'the output is not a value of the program');
    if (output.includes('.')) report(output, 'an output is a named value: its id has no point');
  }
  return found;
}

/** Throws what `verifyProgram` finds. An illegal program that axoc made itself is an internal error; one that was read is the user's. */
export function checkProgram(program: Program, kind: 'internal' | 'user', stage: string): void {
  const found = verifyProgram(program);
  if (found.length > 0) {
    throw new AxocError(
      kind,
      found.map((diagnostic) => ({ ...diagnostic, place: `${stage}: ${diagnostic.place}` })),
    );
  }
}

/** Breaches of one operation. Records the ranges it had to compute in `ranges`. */
function verifyOp(op: Op, before: ReadonlyMap<string, Op>, ranges: Map<string, Elements<Interval>>): string[] {
  const operands = operandsOf(op);
  const unknown = operands.filter((id) => !before.has(id));
  if (unknown.length > 0) return unknown.map((id) => `operand ${id} is not a legal value that stands before it`);

  const typeProblems = verifyType(op);
  if (typeProblems.length > 0) return typeProblems;

  const types = operands.map((id) => before.get(id)!.type);
  const shape = resultShape(
    op,
    types.map((type) => type.shape),
  );
  if (typeof shape === 'string') return [shape];
  if (!sameShape(shape, op.type.shape)) return [`its shape is ${printShape(shape)}, not ${printShape(op.type.shape)}`];

  const attributeProblems = verifyAttributes(op, before, ranges);
  if (attributeProblems.length > 0 || op.kind === 'input' || op.kind === 'cast') return attributeProblems;

  const modes = op.type.formats.find((format) => format.rounding !== 'AP_TRN' || format.overflow !== 'AP_WRAP');
  if (modes !== undefined) return [`only inputs and casts carry modes, not ${printFormat(modes)}`];
  if (op.kind === 'constant') return [];
  for (let index = 0; index < elementCount(op.type); index++) {
    const needed = exactFraction(op, types, index)!;
    if (fractionBits(formatAt(op.type, index)) < needed) {
      return [
        `element ${index}: ${printFormat(formatAt(op.type, index))} has fewer than the ${needed} fraction bits of the exact result`,
      ];
    }
  }
  const range = rangeOf(op, before, ranges);
  ranges.set(op.id, range);
  const overflow = range.findIndex((interval, index) => !contains(fullInterval(formatAt(op.type, index)), interval));
  if (overflow >= 0) {
    const { low, high } = range[overflow]!;
    return [
      `element ${overflow}: the raw interval [${low}, ${high}] does not fit ${printFormat(formatAt(op.type, overflow))}`,
    ];
  }
  return [];
}

function verifyType(op: Op): string[] {
  const { shape, formats } = op.type;
  const shapeProblems = verifyShape(shape);
  if (shapeProblems.length > 0) return shapeProblems;
  if (formats.length !== 1 && formats.length !== sizeOf(shape))
    return [`${formats.length} formats for ${sizeOf(shape)} elements`];
  return formats.flatMap(verifyFormat).slice(0, 1);
}

/** Elements of one value at most: beyond it nothing could be unrolled, and a typing error should not fill the memory. */
const maxElements = 2 ** 20;

function verifyShape(shape: readonly number[]): string[] {
  if (shape.length === 0 || !shape.every((length) => Number.isInteger(length) && length >= 1)) {
    return [`the shape ${printShape(shape)} has no axis or an empty one`];
  }
  return sizeOf(shape) <= maxElements ? [] : [`the shape ${printShape(shape)} has more than ${maxElements} elements`];
}

function verifyFormat(format: Format): string[] {
  const reason = whyUnsupported(format);
  return reason === undefined ? [] : [`${printFormat(format)}: ${reason.what}`];
}

function verifyAttributes(
  op: Op,
  before: ReadonlyMap<string, Op>,
  ranges: ReadonlyMap<string, Elements<Interval>>,
): string[] {
  switch (op.kind) {
    case 'constant': {
      if (op.raws.length !== elementCount(op.type))
        return [`${op.raws.length} numbers for ${elementCount(op.type)} elements`];
      const outside = op.raws.findIndex((raw, index) => !holdsRaw(formatAt(op.type, index), raw));
      return outside < 0
        ? []
        : [`element ${outside}: ${op.raws[outside]} is outside ${printFormat(formatAt(op.type, outside))}`];
    }
    case 'dense':
    case 'conv':
      return verifyTable(op.weights);
    case 'leaky_relu': {
      const problems = verifyTable(op.slope);
      if (problems.length > 0) return problems;
      return op.slope.raws.length === 1 && op.slope.raws[0]! >= 0n
        ? []
        : ['the slope is one number that is not negative'];
    }
    case 'shift': {
      const far = op.by.find((by) => !Number.isInteger(by) || Math.abs(by) > maxInteger);
      return far === undefined ? [] : [`a shift by ${far} is not by -${maxInteger} to ${maxInteger} places`];
    }
    case 'lookup': {
      const problems = verifyTable(op.table);
      if (problems.length > 0) return problems;
      if (op.table.shape.length !== 1) return [`a lookup table has one axis, not ${printShape(op.table.shape)}`];
      const index = before.get(op.operand)!;
      if (index.type.formats.some((format) => fractionBits(format) !== 0)) return ['the index has fraction bits'];
      const inside: Interval = { low: 0n, high: BigInt(op.table.raws.length - 1) };
      const outside = ranges.get(op.operand)!.find((interval) => !contains(inside, interval));
      return outside === undefined
        ? []
        : [`the index can be ${outside.low} to ${outside.high}, the table has 0 to ${inside.high}`];
    }
    default:
      return [];
  }
}

function verifyTable(table: Table): string[] {
  const shape = verifyShape(table.shape);
  if (shape.length > 0) return shape;
  if (table.raws.length !== sizeOf(table.shape))
    return [`${table.raws.length} numbers for a table of shape ${printShape(table.shape)}`];
  const format = verifyFormat(table.format);
  if (format.length > 0) return format;
  const outside = table.raws.find((raw) => !holdsRaw(table.format, raw));
  return outside === undefined ? [] : [`${outside} is outside ${printFormat(table.format)}`];
}
