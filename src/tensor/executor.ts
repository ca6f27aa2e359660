/** What runs a tensor graph. */
import type { Graph } from './graph.js';

/** Row-major numbers of one tensor, in the array type of its dtype. */
export type Values = Float32Array | Float64Array;

/**
 * A graph made ready to run. What its callers may rely on, measured with onnxruntime-node 1.30 on Node 20:
 * - `run` computes on the calling thread and blocks it: the native call is synchronous, and only waits for one turn of the event loop before it
 *   starts. Data for the next step must therefore be made in another thread (worker_threads); the executors work inside one too.
 * - Feeds are read where they lie, without a copy, and are not changed or kept: the same array may be filled anew for the next step.
 *   They may be views into a larger buffer (`subarray`). The native runtime refuses views of a SharedArrayBuffer, so those are copied: 0.1 ms a
 *   megabyte, beside a step small enough to ignore.
 * - The arrays that come back are new ones; they can be fed to the next step as they are, which is how weights and optimiser state go round.
 *   For the few ten thousand weights of a trigger network this costs microseconds.
 *   Each array that goes in or comes out costs about 5 microseconds, and each operation on a small one 3: a step with all parameters in one flat
 *   vector (sliced and reshaped in the graph, their gradients concatenated) is 0.4 ms faster than with a pair of arrays for every layer.
 * - A graph for 1024 to 2048 events at a time is the fastest per event: its activations stay in the cache. At 16384 the same network takes 1.2 to
 *   3 times as long per event, more on a busy machine. Larger batches are best run in parts whose gradients are added in a fixed order.
 * - Calls may not overlap: wait for one `run` before the next.
 */
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
