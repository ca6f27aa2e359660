/**
 * One thread of the compiled simulator: instantiates the module it is given and, each time it is told, simulates all
 * rows so many times. Plain JavaScript, so that the thread loads nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { module, rows, events, gate } = workerData;
const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes)).exports;
const inputWords = module.inputs.wordsPerRow;
const outputWords = module.outputs.wordsPerRow;
const input = new Int32Array(memory.buffer, module.inputAddress, inputWords * module.blockEvents);
const output = new Int32Array(memory.buffer, module.outputAddress, outputWords * module.blockEvents);
const scores = new Int32Array(events * outputWords);

/** All events once; `isFed`: rows are copied into the module and scores out of it, as in earnest. */
function pass(isFed) {
  for (let first = 0; first < events; first += module.blockEvents) {
    const count = Math.min(module.blockEvents, events - first);
    if (isFed) input.set(rows.subarray(first * inputWords, (first + count) * inputWords));
    run(Math.ceil(count / 8));
    if (isFed) scores.set(output.subarray(0, count * outputWords), first * outputWords);
  }
}

/** Returns when all threads have come here. */
function meet(threads) {
  const round = Atomics.load(gate, 1);
  if (Atomics.add(gate, 0, 1) + 1 < threads) {
    while (Atomics.load(gate, 1) === round) Atomics.wait(gate, 1, round);
    return;
  }
  Atomics.store(gate, 0, 0);
  Atomics.add(gate, 1, 1);
  Atomics.notify(gate, 1);
}

parentPort.on('message', ({ passes, isFed, threads }) => {
  meet(threads);
  const start = process.hrtime.bigint();
  for (let number = 0; number < passes; number++) pass(isFed);
  parentPort.postMessage({ start, end: process.hrtime.bigint(), scores: scores.slice() });
});
