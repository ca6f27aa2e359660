/** A thread that computes losses and gradient of its share of each batch. */
import { serve } from '../../base/thread.js';
import { chooseExecutor } from '../../tensor/executors/choose.js';
import { openShard, type ShardPlan, type ShardRequest } from './shard.js';

await serve<ShardPlan, ShardRequest, void>(async (plan) => {
  const shard = await openShard(plan, await chooseExecutor(plan.executor));
  return (request) => shard.compute(request);
});
