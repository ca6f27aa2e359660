/**
 * A step shared by threads: each computes the gradient of its rows of the batch, the loop adds them up in the order of the rows and
 * updates once. Results depend on the number of threads, by the rounding of sums, and on nothing else. Statistics of a batch
 * (batch normalisation) are those of each share, and their moving averages are averaged.
 */
import { startThread, type Thread } from '../../base/thread.js';
import type { Executor } from '../../tensor/executor.js';
import { type Batch, sharedFloats } from '../feed/feeder.js';
import type { FitOptions } from '../fit-options.js';
import type { Objective } from '../objective.js';
import type { Optimiser } from '../optimisers.js';
import { gradientGraph, lossNodes, partNames, port, updateGraph } from '../step/graphs.js';
import { type Layout, lengthOf } from '../step/layout.js';
import { optimiserFeeds, type Stepper, stepResult } from '../step/stepper.js';
import { flattened } from './flat-graph.js';
import type { ShardPlan, ShardRequest } from './shard.js';

interface Shard {
  readonly thread: Thread<ShardRequest, undefined>;
  /** Its part of the batch. */
  readonly share: number;
  readonly results: ReadonlyMap<string, Float32Array>;
}

/**
 * @param executor for the update
 * @param options `executor` is what the threads choose theirs by
 * @param slots memory of the feeder's batches
 */
export async function parallelStepper(
  objective: Objective,
  layout: Layout,
  optimiser: Optimiser,
  executor: Executor,
  { batch: batchSize, workers, executor: executorName }: Pick<FitOptions, 'batch' | 'workers' | 'executor'>,
  slots: readonly (readonly Float32Array[])[],
): Promise<Stepper> {
  const weights = sharedFloats(lengthOf(layout.weights));
  const statistics = sharedFloats(lengthOf(layout.statistics));
  const update = await executor.compile(updateGraph(layout, optimiser));
  const starting = Array.from({ length: workers }, (_, worker) => {
    const from = Math.floor((worker * batchSize) / workers);
    const to = Math.floor(((worker + 1) * batchSize) / workers);
    const cut = (whole: Float32Array): Float32Array => {
      const width = whole.length / batchSize;
      return whole.subarray(from * width, to * width);
    };
    const nodes = lossNodes(objective, layout, to - from, true);
    const results: (readonly [string, Float32Array])[] = [
      [port.losses, sharedFloats(1 + partNames(nodes).length)],
      [port.gradient, sharedFloats(weights.length)],
      ...(statistics.length > 0 ? [[port.newStatistics, sharedFloats(statistics.length)] as const] : []),
    ];
    const plan: ShardPlan = {
      executor: executorName,
      graph: flattened(gradientGraph(nodes, layout)),
      slots: slots.map((tensors) =>
        objective.inputs.map(({ name }, index) => [port.batch(name), cut(tensors[index]!)] as const),
      ),
      weights,
      statistics,
      results,
    };
    return startShard(worker, plan, (to - from) / batchSize);
  });
  const shards = await allOrNone(starting);
  return {
    async step(batch, state, scalars) {
      weights.set(state.weights);
      statistics.set(state.statistics);
      await askAll(shards, batch);
      const gradient = weightedSum(shards, port.gradient);
      const moved = await update.run(
        new Map([
          [port.weights, state.weights],
          [port.gradient, gradient],
          ...optimiserFeeds(optimiser, state.slots, scalars),
        ]),
      );
      const results = new Map(moved).set(port.losses, weightedSum(shards, port.losses));
      if (statistics.length > 0) results.set(port.newStatistics, weightedSum(shards, port.newStatistics));
      return stepResult(results, optimiser, state);
    },
    async dispose() {
      await Promise.all(shards.map(({ thread }) => thread.end()));
      await update.dispose();
    },
  };
}

async function startShard(worker: number, plan: ShardPlan, share: number): Promise<Shard> {
  const module = { path: './shard-thread', from: import.meta.url };
  const thread = await startThread<ShardPlan, ShardRequest, undefined>(`worker ${worker + 1}`, module, plan);
  return { thread, share, results: new Map(plan.results) };
}

async function allOrNone(starting: readonly Promise<Shard>[]): Promise<readonly Shard[]> {
  const ends = await Promise.allSettled(starting);
  const shards = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed === undefined) return shards;
  await Promise.all(shards.map(({ thread }) => thread.end()));
  throw failed.reason;
}

async function askAll(shards: readonly Shard[], { slot }: Batch): Promise<void> {
  const answers = shards.map(({ thread }) => thread.ask({ slot }));
  const failed = (await Promise.allSettled(answers)).find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Sums in double precision, always in the order of the shards. */
function weightedSum(shards: readonly Shard[], name: string): Float32Array {
  const parts = shards.map(({ share, results }) => ({ share, values: results.get(name)! }));
  const sum = new Float32Array(parts[0]!.values.length);
  for (let place = 0; place < sum.length; place++) {
    let total = 0;
    for (const { share, values } of parts) total += share * values[place]!;
    sum[place] = total;
  }
  return sum;
}
