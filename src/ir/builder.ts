/** Builds programs: gives every exact operation the narrowest type that holds its result, and keeps the ranges at hand. */
import { internalError } from '../base/diagnostic.js';
import type { Format } from '../fixed/format.js';
import type { Interval } from '../fixed/interval.js';
import type { Table } from '../fixed/table.js';
import { deriveType, type ExactOp } from './derive.js';
import type { Elements } from './evaluate.js';
import { rangeOf } from './intervals.js';
import { type Op, operandsOf, type Program, type TensorType } from './op.js';
import { resultShape } from './shape.js';

type WithoutType<T> = T extends ExactOp ? Omit<T, 'type'> : never;

/** An exact operation before its type is derived. */
export type Draft = WithoutType<ExactOp>;

export class ProgramBuilder {
  readonly #ops = new Map<string, Op>();
  readonly #ranges = new Map<string, Elements<Interval>>();

  input(id: string, shape: readonly number[], formats: readonly Format[]): string {
    return this.#append({ id, kind: 'input', type: { shape, formats } });
  }

  constant(id: string, { shape, format, raws }: Table): string {
    return this.#append({ id, kind: 'constant', raws, type: { shape, formats: [format] } });
  }

  /** @param formats one, or one for each element */
  cast(id: string, operand: string, formats: readonly Format[]): string {
    return this.#append({ id, kind: 'cast', operand, type: { shape: this.typeOf(operand).shape, formats } });
  }

  /** @param shape needed by reshape only */
  exact(draft: Draft, shape: readonly number[] = []): string {
    const untyped = { ...draft, type: { shape, formats: [] } } as ExactOp;
    const operands = operandsOf(untyped).map((operand) => this.typeOf(operand));
    const result = resultShape(
      untyped,
      operands.map((type) => type.shape),
    );
    if (typeof result === 'string') throw internalError(draft.id, result);
    const shaped = { ...untyped, type: { shape: result, formats: [] } };
    return this.#append({ ...shaped, type: deriveType(shaped, this.#ops, this.#ranges, operands) });
  }

  typeOf(id: string): TensorType {
    const op = this.#ops.get(id);
    if (op === undefined) throw internalError(id, 'the value is used before it is built');
    return op.type;
  }

  rangeOf(id: string): Elements<Interval> {
    this.typeOf(id);
    return this.#ranges.get(id)!;
  }

  build(name: string, outputs: readonly string[]): Program {
    return { name, ops: [...this.#ops.values()], outputs };
  }

  #append(op: Op): string {
    if (this.#ops.has(op.id)) throw internalError(op.id, 'the id is used twice');
    this.#ranges.set(op.id, rangeOf(op, this.#ops, this.#ranges));
    this.#ops.set(op.id, op);
    return op.id;
  }
}
