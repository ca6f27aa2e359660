/**
 * A fit in a process of its own: goes on from the newest checkpoint of its directory, prints a line an epoch, writes its result. Where it is told when,
 * a thread of it kills the process, whatever the fit is doing: so many milliseconds after so many epochs, however busy the machine is.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { newestCheckpoint } from '../../src/train/checkpoint.js';
import { fit } from '../../src/train/fit.js';
import { resultText, resumeObjective, resumeOptions } from './resume-problem.js';

const [directory, data, result, epochs, milliseconds] = process.argv.slice(2) as [string, string, string, ...string[]];

const killer = `const { parentPort } = require('node:worker_threads');
parentPort.once('message', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${Number(milliseconds)});
  process.kill(process.pid, 'SIGKILL');
});`;
const executioner = epochs === undefined ? undefined : new Worker(killer, { eval: true });
let finished = 0;
const resume = newestCheckpoint(directory) !== undefined;
const found = await fit(
  resumeObjective,
  { training: { path: data, dataset: 'rows' }, validation: { path: data, dataset: 'rows' } },
  resumeOptions(directory, resume),
  {
    startProgress: () => ({ advance() {}, done() {} }),
    evaluate: async (parameters, epoch) => {
      // Time to be killed in.
      await setTimeout(15);
      return { metric: parameters.get('mean/kernel')![epoch % 12]!, never: Number.NaN };
    },
    afterEpoch: ({ epoch }) => {
      process.stdout.write(`${epoch}\n`);
      if (++finished === Number(epochs)) executioner?.postMessage('');
    },
  },
);
writeFileSync(result, resultText(found));
