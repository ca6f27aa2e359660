/** Executors in worker threads: the graph goes there as a message and gives the same bits. */
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { chooseExecutor, type ExecutorName, executorNames } from '../../src/tensor/executors/choose.js';
import { gradients } from '../../src/tensor/gradients.js';
import type { Graph } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';

function inWorker(name: ExecutorName, graph: Graph, feeds: ReadonlyMap<string, Float32Array>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), {
      workerData: { name, graph, feeds },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

it.each(executorNames)('%s in two workers at once', async (name) => {
  const [x, w] = [op.input('x', [64, 9]), op.input('w', [9, 5])];
  const loss = op.mean(op.square(op.round(op.maximum(op.matmul(x, w), 0))));
  const smooth = op.mean(op.square(op.tanh(op.matmul(x, w))));
  const graph: Graph = {
    inputs: [x, w],
    outputs: new Map([
      ['loss', loss],
      ['dw', gradients(smooth, [w])[0]!],
    ]),
  };
  const feeds = new Map([
    ['x', Float32Array.from({ length: 64 * 9 }, (_, index) => Math.sin(index))],
    ['w', Float32Array.from({ length: 45 }, (_, index) => Math.cos(index))],
  ]);
  const executable = await (await chooseExecutor(name)).compile(graph);
  const wanted = await executable.run(feeds);
  await executable.dispose();
  const [first, second] = await Promise.all([inWorker(name, graph, feeds), inWorker(name, graph, feeds)]);
  expect(first).toEqual(wanted);
  expect(second).toEqual(wanted);
});
