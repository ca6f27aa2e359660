/** Several workers: the same bits every time, close to one worker, and no silence when a thread dies. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RowDescriptor } from '../../src/data/hdf5/rows.js';
import type { Graph } from '../../src/tensor/graph.js';
import { constant, input, matmul, multiply, surrogate } from '../../src/tensor/ops.js';
import { type FitResult, fit } from '../../src/train/fit.js';
import { flattened, restored } from '../../src/train/parallel/flat-graph.js';
import { linearRows, options, quiet, temporaryDirectory, writeRows } from './problems.js';
import { smallVae } from './small-vae.js';

const directory = temporaryDirectory();
let training: RowDescriptor;
// No statistics of the batch in the loss: with them each share has its own, and more workers mean another loss.
const objective = {
  ...smallVae,
  lossOf: (...[batch, values, inputs]: Parameters<typeof smallVae.lossOf>) =>
    smallVae.lossOf(batch, values, inputs, false),
};

beforeAll(async () => {
  training = await writeRows(join(directory, 'training.h5'), linearRows(500, 4), 4);
});

describe('workers', () => {
  it('give the same bits again, and nearly those of one worker', async () => {
    const run = (workers: number): Promise<FitResult> =>
      fit(
        objective,
        { training },
        { ...options, workers, epochs: 2, optimiser: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } },
        quiet,
      );
    const one = await run(1);
    const two = await run(2);
    const three = await run(3);
    expect(await run(2)).toEqual(two);
    expect(await run(3)).toEqual(three);
    for (const several of [two, three]) {
      for (const [name, values] of one.parameters)
        for (const [at, value] of values.entries())
          expect(several.parameters.get(name)![at], name).toBeCloseTo(value, 5);
      several.history.forEach((record, epoch) => {
        for (const [name, value] of Object.entries(one.history[epoch]!))
          expect(record[name], name).toBeCloseTo(value, 5);
      });
    }
  });

  it('average statistics over their shares of a batch', async () => {
    const { parameters } = await fit(smallVae, { training }, { ...options, workers: 2, epochs: 1 }, quiet);
    const alone = await fit(smallVae, { training }, { ...options, epochs: 1 }, quiet);
    const [shared, whole] = [parameters, alone.parameters].map((found) => [...found.get('moving_mean')!]);
    for (const [column, value] of shared!.entries()) expect(value).toBeCloseTo(whole![column]!, 5);
  });

  it('report what goes wrong in a thread instead of waiting for it', async () => {
    // TensorFlow.js has no float64: the threads fail when they start.
    const wide = {
      ...objective,
      inputs: [...objective.inputs],
      lossOf: (...args: Parameters<typeof smallVae.lossOf>) => {
        const loss = objective.lossOf(...args);
        return { ...loss, total: { ...multiply(loss.total, 1), dtype: 'float64' } as typeof loss.total };
      },
    };
    await expect(fit(wide, { training }, { ...options, executor: 'tensorflow', workers: 2 }, quiet)).rejects.toThrow(
      /float64/,
    );
  });
});

describe('flattened graphs', () => {
  it('come back as they were, however deep, and can be sent', () => {
    const x = input('x', [2, 2]);
    let node = matmul(x, constant([1, 2, 3, 4], [2, 2]), { transposeLeft: true });
    for (let depth = 0; depth < 20_000; depth++) node = multiply(node, x);
    const graph: Graph = { inputs: [x], outputs: new Map([['y', surrogate(node, x)]]) };
    const back = restored(structuredClone(flattened(graph)));
    expect(flattened(back)).toEqual(flattened(graph));
    const [y] = [...back.outputs.values()];
    expect(y).toMatchObject({ kind: 'surrogate', shape: [2, 2] });
    expect(y).not.toHaveProperty('path');
    expect(back.inputs[0]).toEqual(x);
  });
});
