/** What runs a tensor graph. */
import type { Graph } from './graph.js';

/** Row-major numbers of one tensor, in the array type of its dtype. */
export type Values = Float32Array | Float64Array;

export interface Executable {
  /**
   * @param feeds a tensor for every input of the graph, by name
   * @returns every output by name; the arrays are the caller's
   */
  run(feeds: ReadonlyMap<string, Values>): Promise<ReadonlyMap<string, Values>>;
  dispose(): Promise<void>;
}

export interface Executor {
  /** What it really is, for messages and reports: `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /** Largest width of integers it computes with exactly: 24 bits in float32, 53 where float64 is there. */
  readonly exactBits: 24 | 53;
  compile(graph: Graph): Promise<Executable>;
}
