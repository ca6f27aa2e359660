/** The nodes and tensors of a QONNX model while they are written down: float32, the first axis of every value that depends on an event the batch. */
import { userError } from '../../base/diagnostic.js';
import { toDecimal, toDouble, trailingZeros } from '../../fixed/dyadic.js';
import { type Format, fractionBits } from '../../fixed/format.js';
import { bitLength } from '../../fixed/interval.js';
import { type Attribute, int, nodeOf, type OnnxNode, type OnnxTensor } from '../../onnx/model.js';

/** Domain of the QONNX operators (github.com/fastmachinelearning/qonnx), and its version. */
export const qonnxDomain = 'qonnx.custom_op.general';
export const qonnxVersion = 1;

/** Rounding of a Quant node: QONNX also has UP and HALF_EVEN, another word for ROUND. */
export type QuantRounding = 'ROUND' | 'FLOOR' | 'CEIL' | 'DOWN' | 'HALF_UP' | 'HALF_DOWN';

/** Numbers a Quant node gives: `bits` wide integers times 2^-fraction; `narrow` leaves out the lowest. */
export interface QuantGrid {
  readonly signed: boolean;
  readonly bits: number;
  readonly fraction: number;
  readonly narrow: boolean;
}

/** Bits of an integer that float32 holds. */
export const singleBits = 24;

export class QonnxDraft {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #counts = new Map<string, number>();
  #id = '';

  /** Names that follow begin with it: no id of a program has a slash. */
  begin(id: string): void {
    this.#id = id;
  }

  /** Adds a node with one output, and gives the output's name. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): string {
    const name = this.#name(operator);
    this.nodes.push({ ...nodeOf(operator, inputs, [name], attributes), domain });
    return name;
  }

  /** The value under the id of the operation that is being written down: whoever reads the model finds named values by it. */
  called(name: string, isRenamed: boolean): string {
    const last = this.nodes.at(-1);
    if (isRenamed && last?.outputs[0] === name) {
      this.nodes[this.nodes.length - 1] = { ...last, name: this.#id, outputs: [this.#id] };
      return this.#id;
    }
    this.nodes.push(nodeOf('Identity', [name], [this.#id]));
    return this.#id;
  }

  quant(x: string, { signed, bits, fraction, narrow }: QuantGrid, rounding: QuantRounding): string {
    const attributes: Readonly<Record<string, Attribute>> = {
      signed: int(Number(signed)),
      narrow: int(Number(narrow)),
      rounding_mode: { kind: 'string', value: rounding },
    };
    return this.node(
      'Quant',
      [x, this.number(2 ** -fraction), this.number(0), this.number(bits)],
      attributes,
      qonnxDomain,
    );
  }

  /** Numbers known at compile time, written with their type: as other tools expect weights. */
  quantisedTable(raws: readonly bigint[], shape: readonly number[], format: Format, what = 'constant'): string {
    const fraction = fractionBits(format);
    const { signed, width } = format;
    const table = this.table(raws, () => fraction, shape, what);
    // One signed bit is -1 or 1 in QONNX, ours is -1 or 0: two bits.
    return this.quant(table, { signed, bits: signed ? Math.max(2, width) : width, fraction, narrow: false }, 'ROUND');
  }

  /** @throws AxocError (user) for a number that float32 does not hold */
  table(
    raws: readonly bigint[],
    fractionOf: (index: number) => number,
    shape: readonly number[],
    what = 'constant',
  ): string {
    const data = Float32Array.from(raws, (raw, index) => this.exact(raw, fractionOf(index)));
    return this.#tensor(what, { type: 'float32', shape, data });
  }

  /** `raw * 2^-fraction`. @throws AxocError (user) where float32 does not hold it */
  exact(raw: bigint, fraction: number): number {
    const value = toDouble(raw, fraction);
    const bits = raw === 0n ? 0 : bitLength(raw < 0n ? -raw : raw) - trailingZeros(raw);
    if (bits <= singleBits && Math.fround(value) === value) return value;
    const message = `the number ${toDecimal(raw, fraction)} does not fit float32, which QONNX tools compute in`;
    throw userError('onnx-too-wide', this.#id, message, 'give it a narrower type; the exact profile takes wider ones');
  }

  /** One number that float32 holds: powers of two, ends of types. */
  number(value: number): string {
    return this.#tensor('constant', { type: 'float32', shape: [], data: Float32Array.of(value) });
  }

  /** An int64 tensor: shapes, axes, indices. */
  integers(numbers: readonly number[]): string {
    return this.#tensor('shape', { type: 'int64', shape: [numbers.length], data: BigInt64Array.from(numbers, BigInt) });
  }

  #tensor(what: string, tensor: Omit<OnnxTensor, 'name'>): string {
    const name = this.#name(what);
    this.tensors.push({ name, ...tensor });
    return name;
  }

  #name(kind: string): string {
    const key = `${this.#id}/${kind}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count === 1 ? key : `${key}${count}`;
  }
}
