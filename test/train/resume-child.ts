/** A fit in a process of its own, to be killed: goes on from the newest checkpoint of its directory, prints a line an epoch, writes its result. */
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { newestCheckpoint } from '../../src/train/checkpoint.js';
import { fit } from '../../src/train/fit.js';
import { resultText, resumeObjective, resumeOptions } from './resume-problem.js';

const [directory, data, result] = process.argv.slice(2) as [string, string, string];
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
    afterEpoch: ({ epoch }) => process.stdout.write(`${epoch}\n`),
  },
);
writeFileSync(result, resultText(found));
