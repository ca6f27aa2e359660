// Runs one graph in a thread of its own, as data-parallel training does.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { chooseExecutor } = await import('../../src/tensor/executors/choose.ts');
const { name, graph, feeds } = workerData;
const executable = await (await chooseExecutor(name)).compile(graph);
const outputs = await executable.run(feeds);
await executable.dispose();
parentPort.postMessage(outputs);
