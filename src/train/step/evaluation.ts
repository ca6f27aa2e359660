/** The loss on rows that are not trained on. */
import type { Executor } from '../../tensor/executor.js';
import type { Batch } from '../feed/feeder.js';
import type { Objective } from '../objective.js';
import { evaluationGraph, lossNodes, port } from './graphs.js';
import type { Layout, Values } from './layout.js';
import { BatchFeeds, floats, valueFeeds } from './stepper.js';

export interface Evaluation {
  /** Total and parts of a batch of the size it was made for. */
  losses(batch: Batch, values: Values): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export async function evaluationOf(
  objective: Objective,
  layout: Layout,
  batchSize: number,
  executor: Executor,
): Promise<Evaluation> {
  const executable = await executor.compile(evaluationGraph(lossNodes(objective, layout, batchSize, false)));
  const feeds = new BatchFeeds(objective);
  return {
    async losses(batch, values) {
      return floats(await executable.run(new Map([...feeds.of(batch.tensors), ...valueFeeds(values)])), port.losses);
    },
    dispose: () => executable.dispose(),
  };
}
