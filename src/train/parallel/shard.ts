/** A share of each batch: what whoever computes it is told, the memory it shares with the loop, and how it computes. */
import type { Executor } from '../../tensor/executor.js';
import type { ExecutorName } from '../../tensor/executors/choose.js';
import { port } from '../step/graphs.js';
import { type FlatGraph, restored } from './flat-graph.js';

export interface ShardPlan {
  readonly executor: ExecutorName;
  /** Losses, gradient, new statistics of a batch of the shard's size. */
  readonly graph: FlatGraph;
  /** For each slot the shard's rows of each input, by name. */
  readonly slots: readonly (readonly (readonly [string, Float32Array])[])[];
  /** Written by the loop before each step. */
  readonly weights: Float32Array;
  readonly statistics: Float32Array;
  /** Written by the shard, read by the loop once it has answered. */
  readonly results: readonly (readonly [string, Float32Array])[];
}

export interface ShardRequest {
  readonly slot: number;
}

/** Computes one share, for one request after the other. */
export interface Shard {
  compute(request: ShardRequest): Promise<void>;
  dispose(): Promise<void>;
}

export async function openShard(plan: ShardPlan, executor: Executor): Promise<Shard> {
  const executable = await executor.compile(restored(plan.graph));
  const own = new Map<string, Float32Array>();
  const copied = ([name, shared]: readonly [string, Float32Array]): readonly [string, Float32Array] => {
    const copy = own.get(name) ?? new Float32Array(shared.length);
    own.set(name, copy);
    copy.set(shared);
    return [name, copy];
  };
  const values: (readonly [string, Float32Array])[] = [[port.weights, plan.weights]];
  if (plan.statistics.length > 0) values.push([port.statistics, plan.statistics]);
  return {
    async compute({ slot }) {
      const found = await executable.run(new Map([...plan.slots[slot]!, ...values].map(copied)));
      for (const [name, into] of plan.results) into.set(found.get(name)!);
    },
    dispose: () => executable.dispose(),
  };
}
