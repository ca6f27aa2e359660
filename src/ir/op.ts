/**
 * The records of the fixed-point language: tensor types, operations, programs. What they mean is written in verify.ts
 * (which programs are legal) and evaluate.ts (what each operation computes).
 */
import { type Format, fractionBits } from '../fixed/format.js';
import type { Table } from '../fixed/table.js';

/** A tensor of integers, row-major, with one format for all elements or one for each. */
export interface TensorType {
  readonly shape: readonly number[];
  /** Length 1, or the number of elements. */
  readonly formats: readonly Format[];
}

/** What every operation has: it makes one value. */
interface Result {
  /**
   * The value's name: `layer` for what a user sees (traced, compared, kept by every pass), `layer.part` for what is
   * internal to a layer. Plain identifiers, allocated in lowering.
   */
  readonly id: string;
  readonly type: TensorType;
}

/** A value that comes from outside, anywhere in the range of its format. */
export interface Input extends Result {
  readonly kind: 'input';
}

/** Numbers known at compile time; the type repeats the table's shape and format. */
export interface Constant extends Result {
  readonly kind: 'constant';
  readonly raws: readonly bigint[];
}

/** The only lossy operation: rounds and overflows as the result's formats say. */
export interface Cast extends Result {
  readonly kind: 'cast';
  readonly operand: string;
}

/** Exact, element by element; the operands have the same rank and a dimension of 1 stretches. */
export interface Binary extends Result {
  readonly kind: 'add' | 'subtract' | 'multiply' | 'max';
  readonly left: string;
  readonly right: string;
}

export const relations = ['less', 'less_equal', 'equal'] as const;
export type Relation = (typeof relations)[number];

/** 1 where `left relation right` holds, else 0; shapes as for Binary. */
export interface Compare extends Result {
  readonly kind: 'compare';
  readonly relation: Relation;
  readonly left: string;
  readonly right: string;
}

/** x*x, or max(x, 0): exact, element by element. */
export interface Unary extends Result {
  readonly kind: 'square' | 'relu';
  readonly operand: string;
}

/** x where x >= 0, x*slope elsewhere: exact; the slope is one non-negative number. */
export interface LeakyRelu extends Result {
  readonly kind: 'leaky_relu';
  readonly operand: string;
  readonly slope: Table;
}

/** x * 2^-by: exact, the bits stay and the binary point moves. */
export interface Shift extends Result {
  readonly kind: 'shift';
  readonly operand: string;
  /** Right when positive, left when negative; length 1, or one for each element. */
  readonly by: readonly number[];
}

/** Exact matrix product: y[j] = sum over i of x[i] * weights[i][j]. */
export interface Dense extends Result {
  readonly kind: 'dense';
  readonly operand: string;
  /** Shape [inputs, outputs]. */
  readonly weights: Table;
}

/** Exact convolution (cross-correlation, as neural networks have it) of x[height][width][channel], zero-padded. */
export interface Conv extends Result {
  readonly kind: 'conv';
  readonly operand: string;
  /** Shape [height, width, channels, filters]. */
  readonly weights: Table;
  /** Vertical, horizontal. */
  readonly strides: readonly [number, number];
  /** Rows or columns of zeros: top, bottom, left, right. */
  readonly padding: readonly [number, number, number, number];
}

/** Exact sum over one axis, which disappears; a vector sums to shape [1]. */
export interface Sum extends Result {
  readonly kind: 'sum';
  readonly operand: string;
  readonly axis: number;
}

/** table[x] for an x proved to be an index: an integer from 0 to the table's length - 1. */
export interface Lookup extends Result {
  readonly kind: 'lookup';
  readonly operand: string;
  readonly table: Table;
}

export interface Concat extends Result {
  readonly kind: 'concat';
  readonly operands: readonly string[];
  readonly axis: number;
}

/** The same elements in the same order under another shape. */
export interface Reshape extends Result {
  readonly kind: 'reshape';
  readonly operand: string;
}

/** Elements `from` (included) to `to` (excluded) along each axis. */
export interface Slice extends Result {
  readonly kind: 'slice';
  readonly operand: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export type Op =
  | Input
  | Constant
  | Cast
  | Binary
  | Compare
  | Unary
  | LeakyRelu
  | Shift
  | Dense
  | Conv
  | Sum
  | Lookup
  | Concat
  | Reshape
  | Slice;

export type OpKind = Op['kind'];

/** All kinds, as the text form writes them. */
export const opKinds: readonly OpKind[] = [
  'input',
  'constant',
  'cast',
  'add',
  'subtract',
  'multiply',
  'max',
  'compare',
  'square',
  'relu',
  'leaky_relu',
  'shift',
  'dense',
  'conv',
  'sum',
  'lookup',
  'concat',
  'reshape',
  'slice',
];

/** Operations in order of evaluation: operands stand before their users. */
export interface Program {
  /** A plain identifier. */
  readonly name: string;
  readonly ops: readonly Op[];
  readonly outputs: readonly string[];
}

export function elementCount(type: TensorType): number {
  return sizeOf(type.shape);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The format of element `index` (row-major). */
export function formatAt(type: TensorType, index: number): Format {
  return type.formats.length === 1 ? type.formats[0]! : type.formats[index]!;
}

/** Fraction bits of element `index`. */
export function fractionAt(type: TensorType, index: number): number {
  return fractionBits(formatAt(type, index));
}

/** The values an operation reads, in order. */
export function operandsOf(op: Op): readonly string[] {
  switch (op.kind) {
    case 'input':
    case 'constant':
      return [];
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
    case 'compare':
      return [op.left, op.right];
    case 'concat':
      return op.operands;
    case 'cast':
    case 'square':
    case 'relu':
    case 'leaky_relu':
    case 'shift':
    case 'dense':
    case 'conv':
    case 'sum':
    case 'lookup':
    case 'reshape':
    case 'slice':
      return [op.operand];
  }
}

/** The same operation reading other values. */
export function withOperands(op: Op, rename: (id: string) => string): Op {
  switch (op.kind) {
    case 'input':
    case 'constant':
      return op;
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
    case 'compare':
      return { ...op, left: rename(op.left), right: rename(op.right) };
    case 'concat':
      return { ...op, operands: op.operands.map(rename) };
    case 'cast':
    case 'square':
    case 'relu':
    case 'leaky_relu':
    case 'shift':
    case 'dense':
    case 'conv':
    case 'sum':
    case 'lookup':
    case 'reshape':
    case 'slice':
      return { ...op, operand: rename(op.operand) };
  }
}

/** The layer an id belongs to: the part before the first point. */
export function layerOf(id: string): string {
  return id.split('.', 1)[0]!;
}

/** Whether a user sees this value: inputs and every result named without a point. */
export function isNamed(op: Op): boolean {
  return !op.id.includes('.');
}

/** The values a user sees, in order: inputs, named intermediates, outputs. */
export function namedOps(program: Program): readonly Op[] {
  return program.ops.filter(isNamed);
}

export function inputsOf(program: Program): readonly Input[] {
  return program.ops.filter((op): op is Input => op.kind === 'input');
}

export function opsById(program: Program): ReadonlyMap<string, Op> {
  return new Map(program.ops.map((op) => [op.id, op]));
}
