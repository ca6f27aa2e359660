/** Each operation of the fixed-point language as ONNX nodes on raw integers. The first axis of every value that depends on an event is the batch. */
import { fractionBits } from '../../fixed/format.js';
import { type Interval, squareInterval } from '../../fixed/interval.js';
import { shiftAt } from '../../ir/evaluate.js';
import {
  type Binary,
  type Compare,
  type Concat,
  fractionAt,
  type Input,
  type LeakyRelu,
  type Lookup,
  type Op,
  type Relation,
  type Slice,
  type TensorType,
} from '../../ir/op.js';
import { broadcastIndices, concatIndices, sliceIndices } from '../../ir/shape.js';
import { int } from '../../onnx/model.js';
import { emitCast } from './cast.js';
import type { Draft } from './draft.js';
import { emitSum, type Scaled } from './sums.js';
import type { Value } from './value.js';

/** An operand: its numbers and their type. */
export interface Operand {
  readonly value: Value;
  readonly type: TensorType;
}

/**
 * The result of an operation, in raw integers of its type.
 * @param batch name of a tensor whose first axis is the batch
 */
export function emitOperation(
  draft: Draft,
  op: Exclude<Op, Input>,
  operands: readonly Operand[],
  batch: string,
): Value {
  if (op.kind === 'cast') return emitCast(draft, operands[0]!.value, operands[0]!.type, op.type);
  const { value, fractions } = emitExact(draft, op, operands, batch);
  return draft.shiftLeft(
    value,
    fractions.map((fraction, index) => fractionAt(op.type, index) - fraction),
  );
}

/** The exact result, with the fraction bits that it has of itself. */
function emitExact(
  draft: Draft,
  op: Exclude<Op, { kind: 'input' | 'cast' }>,
  operands: readonly Operand[],
  batch: string,
): Scaled {
  const [x] = operands as readonly [Operand];
  const fractionsOfX = (): readonly number[] => x.value.range.map((_, index) => fractionAt(x.type, index));
  switch (op.kind) {
    case 'constant':
      return {
        value: draft.table(op.raws, op.type.shape),
        fractions: op.raws.map((_, index) => fractionAt(op.type, index)),
      };
    case 'add':
    case 'subtract':
    case 'max':
    case 'compare':
      return emitAligned(draft, op, operands);
    case 'multiply':
      return emitProduct(draft, op, operands);
    case 'square':
      return {
        value: draft.proved(draft.multiply(x.value, x.value), x.value.range.map(squareInterval)),
        fractions: fractionsOfX().map((fraction) => 2 * fraction),
      };
    case 'relu':
      return { value: draft.max(x.value, draft.constant([0n], [])), fractions: fractionsOfX() };
    case 'leaky_relu':
      return emitLeakyRelu(draft, op, x);
    case 'shift':
      return { value: x.value, fractions: fractionsOfX().map((fraction, index) => fraction + shiftAt(op.by, index)) };
    case 'dense':
    case 'conv':
    case 'sum':
      return emitSum(draft, op, x.value, x.type);
    case 'lookup':
      return emitLookup(draft, op, x.value);
    case 'concat':
      return emitConcat(draft, op, operands, batch);
    case 'reshape':
      return { value: emitReshape(draft, x.value, op.type.shape), fractions: fractionsOfX() };
    case 'slice':
      return emitSlice(draft, op, x);
  }
}

/** For each element of the result the fraction bits of the element that an operand contributes. */
function stretchedFractions({ type }: Operand, to: TensorType): readonly number[] {
  return broadcastIndices(type.shape, to.shape).map((index) => fractionAt(type, index));
}

/** Operations on numbers of one unit. */
function emitAligned(draft: Draft, op: Binary | Compare, operands: readonly Operand[]): Scaled {
  const [left, right] = operands.map((operand) => stretchedFractions(operand, op.type)) as [number[], number[]];
  const common = left.map((fraction, index) => Math.max(fraction, right[index]!));
  const [a, b] = [left, right].map((fractions, place) =>
    draft.shiftLeft(
      operands[place]!.value,
      common.map((fraction, index) => fraction - fractions[index]!),
      op.type.shape,
    ),
  ) as [Value, Value];
  switch (op.kind) {
    case 'add':
      return { value: draft.add(a, b), fractions: common };
    case 'subtract':
      return { value: draft.subtract(a, b), fractions: common };
    case 'max':
      return { value: draft.max(a, b), fractions: common };
    case 'compare':
      return { value: draft.relation(operatorOf(op.relation), a, b), fractions: common.map(() => 0) };
    case 'multiply':
      return emitProduct(draft, op, operands);
  }
}

function operatorOf(relation: Relation): 'Less' | 'LessOrEqual' | 'Equal' {
  switch (relation) {
    case 'less':
      return 'Less';
    case 'less_equal':
      return 'LessOrEqual';
    case 'equal':
      return 'Equal';
  }
}

function emitProduct(draft: Draft, op: Binary, operands: readonly Operand[]): Scaled {
  const [left, right] = operands as readonly [Operand, Operand];
  const rightFractions = stretchedFractions(right, op.type);
  return {
    value: draft.multiply(left.value, right.value),
    fractions: stretchedFractions(left, op.type).map((fraction, index) => fraction + rightFractions[index]!),
  };
}

function emitLeakyRelu(draft: Draft, op: LeakyRelu, { value: x, type }: Operand): Scaled {
  const slopeFraction = fractionBits(op.slope.format);
  const extra = Math.max(0, slopeFraction);
  const unit = draft.constant([1n << BigInt(extra)], []);
  const slope = draft.constant([op.slope.raws[0]! << BigInt(extra - slopeFraction)], []);
  const factor = draft.whereLess(x, draft.constant([0n], []), slope, unit);
  return {
    value: draft.multiply(x, factor),
    fractions: x.range.map((_, index) => fractionAt(type, index) + extra),
  };
}

function emitLookup(draft: Draft, op: Lookup, x: Value): Scaled {
  const table = draft.table(op.table.raws, op.table.shape);
  const index = x.carrier === 'int64' ? x.name : draft.cast(x.name, 'int64');
  const name = draft.node('Gather', [table.name, index], { axis: int(0) });
  const all = hullOf(op.table.raws);
  return {
    value: draft.value(
      name,
      x.shape,
      x.range.map(() => all),
      x.isBatched,
    ),
    fractions: x.range.map(() => fractionBits(op.table.format)),
  };
}

function hullOf(raws: readonly bigint[]): Interval {
  return {
    low: raws.reduce((a, b) => (b < a ? b : a)),
    high: raws.reduce((a, b) => (b > a ? b : a)),
  };
}

function emitConcat(draft: Draft, op: Concat, operands: readonly Operand[], batch: string): Scaled {
  const isBatched = operands.some(({ value }) => value.isBatched);
  const parts = operands.map(({ value }) => (isBatched ? emitExpanded(draft, value, batch) : value));
  const sources = concatIndices(
    operands.map(({ type }) => type.shape),
    op.axis,
    op.type.shape,
  );
  const name = draft.node(
    'Concat',
    parts.map((part) => part.name),
    { axis: int(op.axis + (isBatched ? 1 : 0)) },
  );
  const range = sources.map(({ operand, index }) => parts[operand]!.range[index]!);
  // Before any shift: elements of one unit and of another stand side by side.
  return {
    value: draft.value(name, op.type.shape, range, isBatched),
    fractions: sources.map(({ operand, index }) => fractionAt(operands[operand]!.type, index)),
  };
}

function emitReshape(draft: Draft, x: Value, shape: readonly number[]): Value {
  const name = draft.node('Reshape', [x.name, draft.integers(x.isBatched ? [0, ...shape] : shape)]);
  return draft.value(name, shape, x.range, x.isBatched);
}

function emitSlice(draft: Draft, op: Slice, { value: x, type }: Operand): Scaled {
  const axes = op.from.map((_, axis) => axis + (x.isBatched ? 1 : 0));
  const name = draft.node('Slice', [x.name, draft.integers(op.from), draft.integers(op.to), draft.integers(axes)]);
  const sources = sliceIndices(x.shape, op.from, op.type.shape);
  return {
    value: draft.value(
      name,
      op.type.shape,
      sources.map((index) => x.range[index]!),
      x.isBatched,
    ),
    fractions: sources.map((index) => fractionAt(type, index)),
  };
}

/** A copy for each event of a value that is the same for all. */
export function emitExpanded(draft: Draft, x: Value, batch: string): Value {
  if (x.isBatched) return x;
  const shape = draft.node('Shape', [batch]);
  const events = draft.node('Slice', [shape, draft.integers([0]), draft.integers([1])]);
  const target = draft.node('Concat', [events, draft.integers(x.shape)], { axis: int(0) });
  return draft.value(draft.node('Expand', [x.name, target]), x.shape, x.range, true);
}
