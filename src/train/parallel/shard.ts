/** What a thread is told of its share of each batch, and the memory it shares with the loop. */
import type { ExecutorName } from '../../tensor/executors/choose.js';
import type { FlatGraph } from './flat-graph.js';

export interface ShardPlan {
  readonly executor: ExecutorName;
  /** Losses, gradient, new statistics of a batch of the shard's size. */
  readonly graph: FlatGraph;
  /** For each slot the shard's rows of each input, by name. */
  readonly slots: readonly (readonly (readonly [string, Float32Array])[])[];
  /** Written by the loop before each step. */
  readonly weights: Float32Array;
  readonly statistics: Float32Array;
  /** Written by the thread, read by the loop after it has answered. */
  readonly results: readonly (readonly [string, Float32Array])[];
}

export interface ShardRequest {
  readonly slot: number;
}
