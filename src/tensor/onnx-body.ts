/** Nodes and constants of an ONNX graph while it is made: names, shared constants, the few operators everybody needs. */
import {
  type Attribute,
  int,
  nodeOf,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type TensorData,
  type TensorType,
  type ValueInfo,
} from '../onnx/model.js';
import { typeCode } from '../onnx/schema.js';
import type { DType, Shape } from './graph.js';

export class OnnxBody {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #taken: Set<string>;
  /** Names that a value made here gets in the end, because an output has it. */
  readonly #renamed = new Map<string, string>();
  #count = 0;

  /** @param taken names of inputs and outputs, which nothing else may have */
  constructor(taken: readonly string[]) {
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
    return this.emit('Reshape', [name, this.int64(shape)]);
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
    return { name, nodes, initializers: [...this.#initializers.values()], inputs, outputs, values: [] };
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
