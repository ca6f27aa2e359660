/** The executors on which training is tested. */
import type { Executor, Values } from '../../src/tensor/executor.js';
import { onnxRuntime } from '../../src/tensor/executors/onnxruntime.js';
import { tensorFlow } from '../../src/tensor/executors/tensorflow.js';
import type { Graph } from '../../src/tensor/graph.js';

export async function testExecutors(): Promise<readonly Executor[]> {
  return [await onnxRuntime(), await tensorFlow()];
}

/** Runs a graph once with those of the feeds that it has inputs for. */
export async function runGraph(
  executor: Executor,
  graph: Graph,
  feeds: ReadonlyMap<string, Values>,
): Promise<ReadonlyMap<string, Values>> {
  const executable = await executor.compile(graph);
  const results = await executable.run(new Map(graph.inputs.map(({ name }) => [name, feeds.get(name)!])));
  await executable.dispose();
  return results;
}
