/** The float profile: a tensor graph as an ONNX model in float32 for any number of events. */
import { internalError } from '../../base/diagnostic.js';
import type { OnnxModel, ValueInfo } from '../../onnx/model.js';
import type { Graph } from '../../tensor/graph.js';
import { toOnnx } from '../../tensor/onnx/to-onnx.js';
import { anyBatch, checkBatch } from './float-batch.js';

export interface FloatOptions {
  readonly opset: number;
  /** The model's name as the user wrote it. */
  readonly name: string;
  /** The version of axoc. */
  readonly version: string;
  /** In one sentence. */
  readonly description: string;
  /** What inputs and outputs are, by name. */
  readonly described: ReadonlyMap<string, string>;
  /** What the file tells of itself, key by key. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Inputs and outputs are those of the graph, in its order, [batch, ...]. The same graph gives the same bytes.
 * @param make the graph for so many events; float32 in and out
 * @throws AxocError (user) for a graph that does not treat every event by itself
 */
export function floatModel(make: (batch: number) => Graph, options: FloatOptions): OnnxModel {
  const { opset, name, version, description, described, facts } = options;
  const graph = make(anyBatch);
  for (const { kind, dtype } of [...graph.inputs, ...graph.outputs.values()])
    if (dtype !== 'float32') throw internalError(`float profile of ${name}`, `an ${kind} of ${dtype}`);
  checkBatch(graph, name);
  const model = toOnnx(graph, { name: 'generated', opset, batch: anyBatch, isFused: true });
  const withText = (value: ValueInfo): ValueInfo => {
    const text = described.get(value.name);
    return text === undefined ? value : { ...value, description: text };
  };
  return {
    ...model,
    producer: { name: 'axoc', version },
    description,
    metadata: { 'axoc.profile': 'float', 'axoc.model': name, ...facts },
    graph: { ...model.graph, inputs: model.graph.inputs.map(withText), outputs: model.graph.outputs.map(withText) },
  };
}
