/** One training step as the fit loop sees it, and the stepper that does it in the calling thread. */
import type { Executable, Executor } from '../../tensor/executor.js';
import type { Batch } from '../feed/feeder.js';
import type { Objective } from '../objective.js';
import type { Optimiser } from '../optimisers.js';
import { lossNodes, port, stepGraph } from './graphs.js';
import type { Layout, Values } from './layout.js';

/** Everything a step changes. */
export interface StepState extends Values {
  /** The optimiser's memory, in the order of its slots. */
  readonly slots: readonly Float32Array[];
}

export interface StepResult {
  readonly state: StepState;
  /** The total and its parts, means over the batch, before the update. */
  readonly losses: Float32Array;
}

export interface Stepper {
  /** @param scalars what the optimiser wants to know of this step */
  step(batch: Batch, state: StepState, scalars: readonly number[]): Promise<StepResult>;
  dispose(): Promise<void>;
}

export async function singleStepper(
  objective: Objective,
  layout: Layout,
  optimiser: Optimiser,
  batchSize: number,
  executor: Executor,
): Promise<Stepper> {
  const nodes = lossNodes(objective, layout, batchSize, true);
  const executable = await executor.compile(stepGraph(nodes, layout, optimiser));
  const feeds = new BatchFeeds(objective);
  return {
    async step(batch, state, scalars) {
      const results = await executable.run(
        new Map([...feeds.of(batch.tensors), ...valueFeeds(state), ...optimiserFeeds(optimiser, state.slots, scalars)]),
      );
      return stepResult(results, optimiser, state);
    },
    dispose: () => executable.dispose(),
  };
}

/** Copies shared memory into arrays of its own, always the same: executors that refuse shared memory would copy it into new ones. */
export class BatchFeeds {
  readonly #own: Float32Array[] = [];

  constructor(private readonly objective: Objective) {}

  of(tensors: readonly Float32Array[]): readonly (readonly [string, Float32Array])[] {
    return this.objective.inputs.map(({ name }, index) => {
      const shared = tensors[index]!;
      this.#own[index] ??= new Float32Array(shared.length);
      this.#own[index].set(shared);
      return [port.batch(name), this.#own[index]];
    });
  }
}

export function valueFeeds({ weights, statistics }: Values): readonly (readonly [string, Float32Array])[] {
  return [[port.weights, weights], ...(statistics.length > 0 ? [[port.statistics, statistics] as const] : [])];
}

export function optimiserFeeds(
  optimiser: Optimiser,
  slots: readonly Float32Array[],
  scalars: readonly number[],
): readonly (readonly [string, Float32Array])[] {
  return [
    ...optimiser.slots.map((name, index) => [port.slot(name), slots[index]!] as const),
    ...optimiser.scalars.map((name, index) => [port.scalar(name), Float32Array.of(scalars[index]!)] as const),
  ];
}

type Results = Awaited<ReturnType<Executable['run']>>;

/** @param before whose statistics stay where there are none in the graph */
export function stepResult(results: Results, optimiser: Optimiser, before: Values): StepResult {
  return {
    losses: floats(results, port.losses),
    state: {
      weights: floats(results, port.newWeights),
      statistics: results.has(port.newStatistics) ? floats(results, port.newStatistics) : before.statistics,
      slots: optimiser.slots.map((name) => floats(results, port.newSlot(name))),
    },
  };
}

export function floats(results: Results, name: string): Float32Array {
  return results.get(name) as Float32Array;
}
