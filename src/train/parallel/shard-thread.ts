/** A thread that computes losses and gradient of its share of each batch. */
import { serve } from '../../base/thread.js';
import { chooseExecutor } from '../../tensor/executors/choose.js';
import { port } from '../step/graphs.js';
import { restored } from './flat-graph.js';
import type { ShardPlan, ShardRequest } from './shard.js';

await serve<ShardPlan, ShardRequest, undefined>(async (plan) => {
  const executor = await chooseExecutor(plan.executor);
  const executable = await executor.compile(restored(plan.graph));
  const own = new Map<string, Float32Array>();
  const copied = (name: string, shared: Float32Array): readonly [string, Float32Array] => {
    const copy = own.get(name) ?? new Float32Array(shared.length);
    own.set(name, copy);
    copy.set(shared);
    return [name, copy];
  };
  return async ({ slot }) => {
    const feeds = plan.slots[slot]!.map(([name, shared]) => copied(name, shared));
    feeds.push(copied(port.weights, plan.weights));
    if (plan.statistics.length > 0) feeds.push(copied(port.statistics, plan.statistics));
    const found = await executable.run(new Map(feeds));
    for (const [name, into] of plan.results) into.set(found.get(name)!);
    return undefined;
  };
});
