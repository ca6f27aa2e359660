/** What an ONNX file holds, as plain records: the part of the format (github.com/onnx/onnx, onnx.proto) that axoc reads and writes. */

/** Tensors in memory; `bool` has one byte 0 or 1 an element. */
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
export type TensorType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool';

/** An `initializer`, or the value of a Constant node: row-major. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor };

export interface OnnxNode {
  readonly operator: string;
  /** '' for the standard operators. */
  readonly domain: string;
  readonly name: string;
  /** Names of values; '' where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input, an output or the type of a value between. */
export interface ValueInfo {
  readonly name: string;
  readonly type: TensorType;
  /** A name stands for a length known only when the model runs, `batch`. */
  readonly shape: readonly (number | string)[];
  readonly description?: string;
}

export interface OnnxGraph {
  readonly name: string;
  /** Each after those whose outputs it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Types of values between; optional for those who run the model. */
  readonly values: readonly ValueInfo[];
}

export interface OnnxModel {
  readonly irVersion: number;
  /** Version of each operator set, by domain ('' the standard one). */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

/** IR version and operator set that every runtime since 2021 reads. */
const defaultIrVersion = 8;
export const defaultOpset = 13;

/** A model in the default versions. */
export function modelOf(
  graph: OnnxGraph,
  { opset = defaultOpset, description = '', metadata = {} as Readonly<Record<string, string>>, version = '' } = {},
): OnnxModel {
  return {
    irVersion: defaultIrVersion,
    opsets: { '': opset },
    producer: { name: 'axoc', version },
    description,
    metadata,
    graph,
  };
}

/** A node of the standard operator set. */
export function nodeOf(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): OnnxNode {
  return { operator, domain: '', name: outputs[0] ?? operator, inputs, outputs, attributes };
}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const string = (value: string): Attribute => ({ kind: 'string', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
