/**
 * A step shared by workers, the calling thread and others: each computes the gradient of its rows of the batch, then the loop adds them up in
 * the order of the rows and updates once. Results depend on the number of workers, by the rounding of sums, and on nothing else. Statistics of a batch
 * (batch normalisation) are those of each share, and their moving averages are averaged.
 */
import { startThread } from '../../base/thread.js';
import type { Executor } from '../../tensor/executor.js';
import { type Batch, sharedFloats } from '../feed/feeder.js';
import type { FitOptions } from '../fit-options.js';
import type { Objective } from '../objective.js';
import type { Optimiser } from '../optimisers.js';
import { gradientGraph, lossNodes, partNames, port, updateGraph } from '../step/graphs.js';
import { type Layout, lengthOf } from '../step/layout.js';
import { optimiserFeeds, type Stepper, stepResult } from '../step/stepper.js';
import { flattened } from './flat-graph.js';
import { openShard, type Shard, type ShardPlan, type ShardRequest } from './shard.js';

interface Worker extends Shard {
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
  { batch: batchSize, workers: count, executor: executorName }: Pick<FitOptions, 'batch' | 'workers' | 'executor'>,
  slots: readonly (readonly Float32Array[])[],
): Promise<Stepper> {
  const weights = sharedFloats(lengthOf(layout.weights));
  const statistics = sharedFloats(lengthOf(layout.statistics));
  const update = await executor.compile(updateGraph(layout, optimiser));
  const plans = Array.from({ length: count }, (_, worker) => {
    const from = Math.floor((worker * batchSize) / count);
    const to = Math.floor(((worker + 1) * batchSize) / count);
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
    return { plan, share: (to - from) / batchSize };
  });
  const workers = await allOrNone(plans.map(({ plan, share }, worker) => startWorker(worker, plan, share, executor)));
  return {
    async step(batch, state, scalars) {
      weights.set(state.weights);
      statistics.set(state.statistics);
      await computeAll(workers, batch);
      const gradient = weightedSum(workers, port.gradient);
      const moved = await update.run(
        new Map([
          [port.weights, state.weights],
          [port.gradient, gradient],
          ...optimiserFeeds(optimiser, state.slots, scalars),
        ]),
      );
      const results = new Map(moved).set(port.losses, weightedSum(workers, port.losses));
      if (statistics.length > 0) results.set(port.newStatistics, weightedSum(workers, port.newStatistics));
      return stepResult(results, optimiser, state);
    },
    async dispose() {
      await Promise.all(workers.map((worker) => worker.dispose()));
      await update.dispose();
    },
  };
}

/** The first worker is the calling thread: it would only wait otherwise. */
async function startWorker(worker: number, plan: ShardPlan, share: number, executor: Executor): Promise<Worker> {
  const results = new Map(plan.results);
  if (worker === 0) return { ...(await openShard(plan, executor)), share, results };
  const module = { path: './shard-thread', from: import.meta.url };
  const thread = await startThread<ShardPlan, ShardRequest, void>(`worker ${worker + 1}`, module, plan);
  return { compute: (request) => thread.ask(request), dispose: () => thread.end(), share, results };
}

async function allOrNone(starting: readonly Promise<Worker>[]): Promise<readonly Worker[]> {
  const ends = await Promise.allSettled(starting);
  const workers = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed === undefined) return workers;
  await Promise.all(workers.map((worker) => worker.dispose()));
  throw failed.reason;
}

/** The other threads are asked first: the first worker computes in this one and blocks it. */
async function computeAll(workers: readonly Worker[], { slot }: Batch): Promise<void> {
  const answers = workers.toReversed().map((worker) => worker.compute({ slot }));
  const failed = (await Promise.allSettled(answers)).find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Sums in double precision, always in the order of the workers. */
function weightedSum(workers: readonly Worker[], name: string): Float32Array {
  const parts = workers.map(({ share, results }) => ({ share, values: results.get(name)! }));
  const sum = new Float32Array(parts[0]!.values.length);
  for (let place = 0; place < sum.length; place++) {
    let total = 0;
    for (const { share, values } of parts) total += share * values[place]!;
    sum[place] = total;
  }
  return sum;
}
