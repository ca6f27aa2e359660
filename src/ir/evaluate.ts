/**
 * What each operation computes, over any number domain: integers (the interpreter), intervals (the range analysis).
 * A domain's numbers are raw integers of an element's format; only `cast` and the choice of format look at bits.
 */
import { type Format, fractionBits } from '../fixed/format.js';
import { type Tap, tapsOf, weightFraction } from './linear.js';
import { elementCount, formatAt, fractionAt, type Op, type Relation, type TensorType } from './op.js';
import { broadcastIndices, concatIndices, sliceIndices } from './shape.js';

export interface Domain<T> {
  constant(raw: bigint): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  square(a: T): T;
  max(a: T, b: T): T;
  /** The sum of values[index] * weight over all taps. */
  weightedSum(values: readonly T[], taps: readonly Tap[]): T;
  /** a * 2^bits, bits >= 0. */
  shiftLeft(a: T, bits: number): T;
  /** a * `unit` where a >= 0, a * `slope` elsewhere; unit and slope are not negative. */
  leaky(a: T, unit: bigint, slope: bigint): T;
  /** The cast into `to` of numbers with `fraction` fraction bits. */
  caster(fraction: number, to: Format): (a: T) => T;
  lookup(table: readonly bigint[], index: T): T;
  compare(relation: Relation, a: T, b: T): T;
}

/** A value's elements, row-major. */
export type Elements<T> = readonly T[];

/** Computes one operation from its operands' elements. */
export type Evaluator<T> = (operands: readonly Elements<T>[]) => Elements<T>;

/**
 * Fraction bits that hold an operation's exact result for element `index`. The format of every operation but cast has at
 * least these. Undefined for operations that have no operands to be exact about, and for cast.
 */
export function exactFraction(op: Op, operands: readonly TensorType[], index: number): number | undefined {
  const [x, y] = operands as readonly [TensorType, TensorType];
  switch (op.kind) {
    case 'input':
    case 'constant':
    case 'cast':
      return undefined;
    case 'add':
    case 'subtract':
    case 'max':
      return Math.max(fractionOfBroadcast(x, op.type, index), fractionOfBroadcast(y, op.type, index));
    case 'multiply':
      return fractionOfBroadcast(x, op.type, index) + fractionOfBroadcast(y, op.type, index);
    case 'compare':
      return 0;
    case 'square':
      return 2 * fractionAt(x, index);
    case 'relu':
    case 'reshape':
      return fractionAt(x, index);
    case 'leaky_relu':
      return fractionAt(x, index) + Math.max(0, fractionBits(op.slope.format));
    case 'shift':
      return fractionAt(x, index) + shiftAt(op.by, index);
    case 'dense':
    case 'conv':
    case 'sum':
      return Math.max(...x.formats.map(fractionBits)) + weightFraction(op);
    case 'lookup':
      return fractionBits(op.table.format);
    case 'concat': {
      const fractions = operands.flatMap(({ formats }) => formats.map(fractionBits));
      if (fractions.every((fraction) => fraction === fractions[0])) return fractions[0];
      const source = concatIndices(
        operands.map((type) => type.shape),
        op.axis,
        op.type.shape,
      )[index]!;
      return fractionAt(operands[source.operand]!, source.index);
    }
    case 'slice':
      return x.formats.length === 1
        ? fractionAt(x, 0)
        : fractionAt(x, sliceIndices(x.shape, op.from, op.type.shape)[index]!);
  }
}

/** Prepares an operation for evaluation; everything that does not depend on the values is done once. */
export function evaluatorOf<T>(op: Op, operands: readonly TensorType[], domain: Domain<T>): Evaluator<T> {
  const count = elementCount(op.type);
  const indices = Array.from({ length: count }, (_, index) => index);
  const fractions = indices.map((index) => fractionAt(op.type, index));
  const [x, y] = operands as readonly [TensorType, TensorType];
  /** Element `index` of the result from an integer with `fraction` fraction bits: exact, as the verifier has checked. */
  const placed = (value: T, fraction: number, index: number): T => {
    const bits = fractions[index]! - fraction;
    return bits === 0 ? value : domain.shiftLeft(value, bits);
  };

  switch (op.kind) {
    case 'input':
      throw new Error('inputs are given, not evaluated');
    case 'constant': {
      const elements = op.raws.map((raw) => domain.constant(raw));
      return () => elements;
    }
    case 'cast': {
      const casts = indices.map((index) => domain.caster(fractionAt(x, index), formatAt(op.type, index)));
      return ([a]) => casts.map((cast, index) => cast(a![index]!));
    }
    case 'add':
    case 'subtract':
    case 'max':
    case 'compare': {
      const pairs = alignedPairs(op.type.shape, x, y);
      const combine = combinator(op.kind === 'compare' ? op.relation : op.kind, domain);
      return ([a, b]) =>
        pairs.map(({ left, right, leftShift, rightShift, fraction }, index) => {
          const l = leftShift === 0 ? a![left]! : domain.shiftLeft(a![left]!, leftShift);
          const r = rightShift === 0 ? b![right]! : domain.shiftLeft(b![right]!, rightShift);
          return placed(combine(l, r), op.kind === 'compare' ? 0 : fraction, index);
        });
    }
    case 'multiply': {
      const left = broadcastIndices(x.shape, op.type.shape);
      const right = broadcastIndices(y.shape, op.type.shape);
      const exact = indices.map((index) => fractionAt(x, left[index]!) + fractionAt(y, right[index]!));
      return ([a, b]) =>
        indices.map((index) => placed(domain.multiply(a![left[index]!]!, b![right[index]!]!), exact[index]!, index));
    }
    case 'square':
      return ([a]) => a!.map((value, index) => placed(domain.square(value), 2 * fractionAt(x, index), index));
    case 'relu': {
      const zero = domain.constant(0n);
      return ([a]) => a!.map((value, index) => placed(domain.max(value, zero), fractionAt(x, index), index));
    }
    case 'leaky_relu': {
      const slopeFraction = fractionBits(op.slope.format);
      const extra = Math.max(0, slopeFraction);
      const unit = 1n << BigInt(extra);
      const slope = op.slope.raws[0]! << BigInt(extra - slopeFraction);
      return ([a]) =>
        a!.map((value, index) => placed(domain.leaky(value, unit, slope), fractionAt(x, index) + extra, index));
    }
    case 'shift':
      return ([a]) => a!.map((value, index) => placed(value, fractionAt(x, index) + shiftAt(op.by, index), index));
    case 'dense':
    case 'conv':
    case 'sum': {
      const common = Math.max(...x.formats.map(fractionBits));
      const exact = common + weightFraction(op);
      const sums = tapsOf(op, x.shape).map((taps) =>
        taps.map(({ index, weight }) => ({ index, weight: weight << BigInt(common - fractionAt(x, index)) })),
      );
      return ([a]) => sums.map((taps, index) => placed(domain.weightedSum(a!, taps), exact, index));
    }
    case 'lookup':
      return ([a]) =>
        a!.map((value, index) => placed(domain.lookup(op.table.raws, value), fractionBits(op.table.format), index));
    case 'concat': {
      const sources = concatIndices(
        operands.map((type) => type.shape),
        op.axis,
        op.type.shape,
      );
      return (values) =>
        sources.map((source, index) =>
          placed(values[source.operand]![source.index]!, fractionAt(operands[source.operand]!, source.index), index),
        );
    }
    case 'reshape':
      return ([a]) => a!.map((value, index) => placed(value, fractionAt(x, index), index));
    case 'slice': {
      const sources = sliceIndices(x.shape, op.from, op.type.shape);
      return ([a]) => sources.map((source, index) => placed(a![source]!, fractionAt(x, source), index));
    }
  }
}

/** The right shift of element `index`. */
export function shiftAt(by: readonly number[], index: number): number {
  return by.length === 1 ? by[0]! : by[index]!;
}

function fractionOfBroadcast(from: TensorType, to: TensorType, index: number): number {
  return from.formats.length === 1
    ? fractionAt(from, 0)
    : fractionAt(from, broadcastIndices(from.shape, to.shape)[index]!);
}

/** Which elements an element of the result combines, and the left shifts that bring both to a common unit. */
function alignedPairs(shape: readonly number[], x: TensorType, y: TensorType) {
  const right = broadcastIndices(y.shape, shape);
  return broadcastIndices(x.shape, shape).map((left, index) => {
    const leftFraction = fractionAt(x, left);
    const rightFraction = fractionAt(y, right[index]!);
    const fraction = Math.max(leftFraction, rightFraction);
    return {
      left,
      right: right[index]!,
      leftShift: fraction - leftFraction,
      rightShift: fraction - rightFraction,
      fraction,
    };
  });
}

function combinator<T>(kind: 'add' | 'subtract' | 'max' | Relation, domain: Domain<T>): (a: T, b: T) => T {
  switch (kind) {
    case 'add':
      return domain.add;
    case 'subtract':
      return domain.subtract;
    case 'max':
      return domain.max;
    case 'less':
    case 'less_equal':
    case 'equal':
      return (a, b) => domain.compare(kind, a, b);
  }
}
