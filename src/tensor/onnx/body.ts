/** Nodes and constants of an ONNX graph while it is made: names, shared constants, the few operators everybody needs. */
import {
  type Attribute,
  defaultOpset,
  int,
  nodeOf,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type TensorData,
  type TensorType,
  type ValueInfo,
} from '../../onnx/model.js';
import { typeCode } from '../../onnx/schema.js';
import type { DType, Shape } from '../graph.js';

/** A position beyond every axis. */
const farEnd = 2 ** 31 - 1;

export class OnnxBody {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #taken: Set<string>;
  /** Names that a value made here gets in the end, because an output has it. */
  readonly #renamed = new Map<string, string>();
  #count = 0;

  /**
   * @param taken names of inputs and outputs, which nothing else may have
   * @param opset version of the operator set
   * @param batch the length that stands for any number of events; absent: every length is itself
   */
  constructor(
    taken: readonly string[],
    readonly opset: number = defaultOpset,
    private readonly batch?: number,
  ) {
    this.#taken = new Set(taken);
  }

  /** @returns the name of its one output */
  emit(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const name = this.#newName();
    this.#nodes.push(nodeOf(operator, inputs, [name], attributes));
    return name;
  }

  cast(name: string, to: TensorType): string {
    return this.emit('Cast', [name], { to: int(typeCode[to]) });
  }

  reshape(name: string, shape: Shape): string {
    return this.emit('Reshape', [name, this.int64(shape.map((length) => (this.isAny(length) ? -1 : length)))]);
  }

  /** Stretches axes of length 1; that of the batch is as long as it must be already. */
  expand(name: string, shape: Shape): string {
    return this.emit('Expand', [name, this.int64(shape.map((length) => (this.isAny(length) ? 1 : length)))]);
  }

  /** Where slices end, or beyond. */
  ends(positions: readonly number[]): string {
    return this.int64(positions.map((position) => (this.isAny(position) ? farEnd : position)));
  }

  /** Whether a length grows with the number of events. */
  isAny(length: number): boolean {
    return this.batch !== undefined && length % this.batch === 0;
  }

  /** A list of axes, lengths or positions; the same list has one name. */
  int64(values: readonly number[]): string {
    return this.#initializer(`int64 [${values}]`, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  constant(values: readonly number[], shape: Shape, dtype: DType): string {
    const data = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
    const isScalar = shape.length === 0;
    const key = isScalar ? `${dtype} ${Object.is(values[0], -0) ? '-0' : values[0]}` : undefined;
    return this.#initializer(key, dtype, shape, data);
  }

  /** Gives a value the name of an output. An input, a constant or a value that has such a name already is copied. */
  nameOutput(value: string, output: string): void {
    const isMadeHere = this.#nodes.some((node) => node.outputs[0] === value);
    if (isMadeHere && !this.#renamed.has(value)) this.#renamed.set(value, output);
    else this.#nodes.push(nodeOf('Identity', [value], [output]));
  }

  graph(name: string, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): OnnxGraph {
    const finalName = (value: string): string => this.#renamed.get(value) ?? value;
    const nodes = this.#nodes.map((node) => ({
      ...node,
      name: finalName(node.name),
      inputs: node.inputs.map(finalName),
      outputs: node.outputs.map(finalName),
    }));
    const read = new Set(nodes.flatMap((node) => node.inputs));
    const initializers = [...this.#initializers.values()].filter((tensor) => read.has(tensor.name));
    return { name, nodes, initializers, inputs, outputs, values: [] };
  }

  #initializer(key: string | undefined, type: TensorType, shape: Shape, data: TensorData): string {
    const known = key === undefined ? undefined : this.#initializers.get(key);
    if (known !== undefined) return known.name;
    const name = this.#newName();
    this.#initializers.set(key ?? name, { name, type, shape, data });
    return name;
  }

  #newName(): string {
    for (;;) {
      const name = `v${this.#count++}`;
      if (!this.#taken.has(name)) return name;
    }
  }
}
