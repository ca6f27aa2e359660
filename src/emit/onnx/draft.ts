/**
 * The ONNX nodes of one operation while they are written down. Every result has its interval beside it and is refused (TooWide) when the carrier does
 * not hold it: that no step of the model rounds is true by construction.
 */
import {
  addIntervals,
  hull,
  type Interval,
  maxInterval,
  multiplyIntervals,
  pointInterval,
  subtractIntervals,
} from '../../fixed/interval.js';
import type { Elements } from '../../ir/evaluate.js';
import { sizeOf } from '../../ir/op.js';
import { broadcastIndices } from '../../ir/shape.js';
import { type Attribute, int, nodeOf, type OnnxNode, type OnnxTensor } from '../../onnx/model.js';
import { typeCode } from '../../onnx/schema.js';
import { type Carrier, checkHeld, type Value } from './value.js';

export class Draft {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #counts = new Map<string, number>();

  /** @param id prefix of all names: no id of a program has a slash */
  constructor(
    readonly id: string,
    readonly carrier: Carrier,
  ) {}

  /** Adds a node with one output, and gives the output's name. */
  node(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const name = this.#name(operator);
    this.nodes.push(nodeOf(operator, inputs, [name], attributes));
    return name;
  }

  /** A value that was made by `node`. */
  value(name: string, shape: readonly number[], range: Elements<Interval>, isBatched: boolean): Value {
    checkHeld(this.carrier, range);
    return { name, carrier: this.carrier, shape, range, isBatched };
  }

  /** Numbers known at compile time: one for each element of the shape; a single one where all are the same. */
  constant(raws: readonly bigint[], shape: readonly number[]): Value {
    const [first] = raws;
    const isOne = raws.every((raw) => raw === first);
    return this.table(isOne ? [first!] : raws, isOne ? [] : shape);
  }

  /** A constant in just this shape. */
  table(raws: readonly bigint[], shape: readonly number[]): Value {
    const range = raws.map(pointInterval);
    checkHeld(this.carrier, range);
    return {
      name: this.carrier === 'int64' ? this.integers(raws, shape) : this.#doubles(raws.map(Number), shape),
      carrier: this.carrier,
      shape,
      range,
      isBatched: false,
    };
  }

  /** An int64 tensor: shapes, axes, indices. */
  integers(numbers: readonly (number | bigint)[], shape: readonly number[] = [numbers.length]): string {
    return this.#tensor({ type: 'int64', shape, data: BigInt64Array.from(numbers, BigInt) });
  }

  #doubles(numbers: readonly number[], shape: readonly number[]): string {
    return this.#tensor({ type: 'float64', shape, data: Float64Array.from(numbers) });
  }

  #tensor(tensor: Omit<OnnxTensor, 'name'>): string {
    const name = this.#name('constant');
    this.tensors.push({ name, ...tensor });
    return name;
  }

  #name(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${this.id}/${kind}${count === 1 ? '' : count}`;
  }

  /** The value in this draft's carrier. */
  held(a: Value): Value {
    if (a.carrier === this.carrier) return a;
    return this.value(this.cast(a.name, this.carrier), a.shape, a.range, a.isBatched);
  }

  cast(name: string, to: Carrier): string {
    const result = this.#name('Cast');
    this.nodes.push(castNode(name, result, to));
    return result;
  }

  /** The value, of which more is known than its steps tell. */
  proved(a: Value, range: Elements<Interval>): Value {
    return this.value(a.name, a.shape, range, a.isBatched);
  }

  add(a: Value, b: Value): Value {
    return this.#elementwise('Add', a, b, addIntervals);
  }

  subtract(a: Value, b: Value): Value {
    return this.#elementwise('Sub', a, b, subtractIntervals);
  }

  multiply(a: Value, b: Value): Value {
    return this.#elementwise('Mul', a, b, multiplyIntervals);
  }

  max(a: Value, b: Value): Value {
    return this.#extreme('Max', a, b, maxInterval);
  }

  min(a: Value, b: Value): Value {
    return this.#extreme('Min', a, b, (x, y) => ({
      low: x.low < y.low ? x.low : y.low,
      high: x.high < y.high ? x.high : y.high,
    }));
  }

  /** Max and Min of int64 look at the low 32 bits alone in onnxruntime-node 1.30 on x86-64: comparing and choosing does not. */
  #extreme(operator: 'Max' | 'Min', a: Value, b: Value, combine: (a: Interval, b: Interval) => Interval): Value {
    if (this.carrier === 'float64') return this.#elementwise(operator, a, b, combine);
    const { shape } = joined(a, b);
    const [left, right] = [stretched(a, shape), stretched(b, shape)];
    const chosen = operator === 'Max' ? this.whereLess(a, b, b, a) : this.whereLess(a, b, a, b);
    return this.proved(
      chosen,
      left.map((interval, index) => combine(interval, right[index]!)),
    );
  }

  /** `yes` where a < b, `no` elsewhere. */
  whereLess(a: Value, b: Value, yes: Value, no: Value): Value {
    const { shape, isBatched } = [b, yes, no].reduce<Extent>(joined, a);
    const [left, right] = [stretched(yes, shape), stretched(no, shape)];
    const name = this.node('Where', [this.node('Less', [a.name, b.name]), yes.name, no.name]);
    return this.value(
      name,
      shape,
      left.map((range, index) => hull(range, right[index]!)),
      isBatched,
    );
  }

  /** 1 where the relation holds, 0 elsewhere. */
  relation(operator: 'Less' | 'LessOrEqual' | 'Equal', a: Value, b: Value): Value {
    const { shape, isBatched } = joined(a, b);
    const range = Array.from({ length: sizeOf(shape) }, () => ({ low: 0n, high: 1n }));
    return this.value(this.cast(this.node(operator, [a.name, b.name]), this.carrier), shape, range, isBatched);
  }

  /** a * 2^bits[i], bits >= 0; one for each element of `shape`, to which a stretches. */
  shiftLeft(a: Value, bits: readonly number[], shape: readonly number[] = a.shape): Value {
    if (bits.every((count) => count === 0)) return a;
    return this.multiply(
      a,
      this.constant(
        bits.map((count) => 1n << BigInt(count)),
        shape,
      ),
    );
  }

  /** floor(a * 2^-bits[i]), bits >= 0. */
  shiftRight(a: Value, bits: readonly number[]): Value {
    if (bits.every((count) => count === 0)) return a;
    const range = a.range.map(({ low, high }, index) => ({
      low: low >> BigInt(bits[index]!),
      high: high >> BigInt(bits[index]!),
    }));
    if (this.carrier === 'float64') {
      return this.value(this.node('Floor', [this.#halved(a, bits)]), a.shape, range, a.isBatched);
    }
    // Div truncates toward zero and BitShift takes unsigned numbers: what is divided here leaves no remainder.
    const whole = this.subtract(a, this.modulo(a, bits));
    const unit = this.constant(
      bits.map((count) => 1n << BigInt(count)),
      a.shape,
    );
    return this.value(this.node('Div', [whole.name, unit.name]), a.shape, range, a.isBatched);
  }

  /** a * 2^-bits[i] rounded to the nearest integer, ties to even: float64 alone has it. */
  roundToEven(a: Value, bits: readonly number[]): Value {
    const range = a.range.map(({ low, high }, index) => ({
      low: low >> BigInt(bits[index]!),
      high: (high >> BigInt(bits[index]!)) + 1n,
    }));
    return this.value(this.node('Round', [this.#halved(a, bits)]), a.shape, range, a.isBatched);
  }

  /** a * 2^-bits[i] as a double: exact, since a power of two only moves the exponent. */
  #halved(a: Value, bits: readonly number[]): string {
    const isOne = bits.every((count) => count === bits[0]);
    const units = this.#doubles(
      (isOne ? bits.slice(0, 1) : bits).map((count) => 2 ** -count),
      isOne ? [] : a.shape,
    );
    return this.node('Mul', [a.name, units]);
  }

  /** The remainder of a by 2^bits[i], never negative: its low bits. */
  modulo(a: Value, bits: readonly number[]): Value {
    const range = bits.map((count) => ({ low: 0n, high: (1n << BigInt(count)) - 1n }));
    if (this.carrier === 'int64') {
      const units = this.constant(
        bits.map((count) => 1n << BigInt(count)),
        a.shape,
      );
      return this.value(this.node('Mod', [a.name, units.name]), a.shape, range, a.isBatched);
    }
    return this.proved(this.subtract(a, this.shiftLeft(this.shiftRight(a, bits), bits)), range);
  }

  #elementwise(operator: string, a: Value, b: Value, combine: (a: Interval, b: Interval) => Interval): Value {
    const { shape, isBatched } = joined(a, b);
    const [left, right] = [stretched(a, shape), stretched(b, shape)];
    const range = left.map((interval, index) => combine(interval, right[index]!));
    return this.value(this.node(operator, [a.name, b.name]), shape, range, isBatched);
  }
}

export function castNode(from: string, result: string, to: Carrier): OnnxNode {
  return nodeOf('Cast', [from], [result], { to: int(typeCode[to]) });
}

type Extent = Pick<Value, 'shape' | 'isBatched'>;

/** That to which both stretch. */
function joined(a: Extent, b: Extent): Extent {
  const isBatched = a.isBatched || b.isBatched;
  if (a.shape.length === 0) return { shape: b.shape, isBatched };
  if (b.shape.length === 0) return { shape: a.shape, isBatched };
  return { shape: a.shape.map((length, axis) => Math.max(length, b.shape[axis]!)), isBatched };
}

function stretched({ range, shape }: Value, to: readonly number[]): Elements<Interval> {
  if (shape.length === 0) return Array.from({ length: sizeOf(to) }, () => range[0]!);
  return shape.every((length, axis) => length === to[axis])
    ? range
    : broadcastIndices(shape, to).map((index) => range[index]!);
}
