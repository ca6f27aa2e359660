/** Fitting: reaches what can be known, repeats itself, stops when told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RowDescriptor } from '../../src/data/hdf5/rows.js';
import { add, multiply, sqrt } from '../../src/tensor/ops.js';
import { type FitHooks, fit } from '../../src/train/fit.js';
import type { Objective } from '../../src/train/objective.js';
import {
  linearObjective,
  linearRows,
  linearSolution,
  options,
  quiet,
  temporaryDirectory,
  writeRows,
} from './problems.js';
import { smallVae } from './small-vae.js';

const directory = temporaryDirectory();
let training: RowDescriptor;
let validation: RowDescriptor;

beforeAll(async () => {
  training = await writeRows(join(directory, 'training.h5'), linearRows(1000, 1), 4);
  validation = await writeRows(join(directory, 'validation.h5'), linearRows(200, 2), 4);
});

describe('fit', () => {
  it.each(['onnxruntime', 'tensorflow'] as const)('reaches the known minimum on %s', async (executor) => {
    const found = await fit(
      linearObjective,
      { training },
      { ...options, executor, epochs: 60, optimiser: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } },
      quiet,
    );
    const [kernel, bias] = ['plane/kernel', 'plane/bias'].map((name) => [...found.parameters.get(name)!]);
    for (const [index, value] of linearSolution.kernel.entries()) expect(kernel![index]).toBeCloseTo(value, 4);
    expect(bias![0]).toBeCloseTo(linearSolution.bias[0]!, 4);
    expect(found.history.at(-1)!.loss).toBeLessThan(1e-8);
    expect(found.executor).toContain(executor === 'tensorflow' ? 'tfjs' : 'onnxruntime');
  });

  it('records every epoch: rate, loss, parts, validation, what is evaluated', async () => {
    const seen: unknown[] = [];
    const hooks: FitHooks = {
      ...quiet,
      evaluate: async (parameters, epoch) => ({ 'efficiency of "signal", 1 kHz': epoch / parameters.size }),
      afterEpoch: (record) => seen.push(record),
    };
    const csvLog = join(directory, 'log.csv');
    const { history, steps, end } = await fit(
      smallVae,
      { training, validation },
      { ...options, validationRows: 100, csvLog },
      hooks,
    );
    expect(end).toBe('finished');
    expect(steps).toBe(3 * 31);
    expect(seen).toEqual(history);
    expect(history.map(({ epoch, step, learning_rate }) => [epoch, step, learning_rate])).toEqual([
      [1, 31, 0.01],
      [2, 62, 0.01],
      [3, 93, 0.01],
    ]);
    for (const record of history) {
      expect(record.loss).toBeCloseTo(record.reconstruction! + 0.1 * record.kld!, 5);
      expect(record.validation_loss).toBeCloseTo(record.validation_reconstruction! + 0.1 * record.validation_kld!, 5);
      expect(record['efficiency of "signal", 1 kHz']).toBe(record.epoch! / 6);
    }
    const [head, ...lines] = readFileSync(csvLog, 'utf8').trimEnd().split('\n');
    expect(head).toBe(
      'epoch,step,learning_rate,loss,reconstruction,kld,validation_loss,validation_reconstruction,validation_kld,"efficiency of ""signal"", 1 kHz"',
    );
    expect(lines.map((line) => line.split(',').map(Number))).toEqual(history.map((record) => Object.values(record)));
  });

  it('gives the same bits again, others for another seed', async () => {
    const once = await fit(smallVae, { training }, options, quiet);
    const again = await fit(smallVae, { training }, options, quiet);
    const other = await fit(smallVae, { training }, { ...options, seed: 8 }, quiet);
    expect(again.parameters).toEqual(once.parameters);
    expect(again.history).toEqual(once.history);
    expect(other.history).not.toEqual(once.history);
  });

  it('keeps statistics out of the optimiser', async () => {
    const { parameters } = await fit(smallVae, { training }, { ...options, epochs: 8 }, quiet);
    const means = [...parameters.get('moving_mean')!];
    for (const [column, mean] of [0, 0, 0, 3].entries()) expect(Math.abs(means[column]! - mean)).toBeLessThan(0.3);
  });

  it('trains in groups when the rows do not fit in memory', async () => {
    const { history } = await fit(smallVae, { training }, { ...options, shuffleMemory: 1000 }, quiet);
    expect(history[2]!.loss).toBeLessThan(history[0]!.loss!);
  });
});

describe('fit stops', () => {
  it('after the step being done when it is interrupted', async () => {
    const controller = new AbortController();
    let events = 0;
    const found = await fit(
      smallVae,
      { training },
      { ...options, checkpoint: { directory: join(directory, 'stop'), everySteps: 0, everySeconds: 0, resume: false } },
      {
        signal: controller.signal,
        startProgress: () => ({
          advance(count) {
            events += count;
            if (events === 40 * 32) controller.abort();
          },
          done() {},
        }),
      },
    );
    expect([found.end, found.steps, events]).toEqual(['interrupted', 40, 40 * 32]);
    expect(found.history).toHaveLength(1);
    expect(found.checkpoint).toMatch(/checkpoint-(even|odd)\.axoc$/);
  });

  it('early, with the weights of the best epoch', async () => {
    const scores = [1, 3, 2, 2.5, 2, 9];
    const weights: Float32Array[] = [];
    const found = await fit(
      smallVae,
      { training },
      {
        ...options,
        epochs: 6,
        earlyStopping: { quantity: 'score', mode: 'max', minDelta: 0, patience: 3, startFrom: 1, restoreBest: true },
      },
      {
        ...quiet,
        evaluate: async (parameters, epoch) => {
          weights.push(parameters.get('mean/kernel')!);
          return { score: scores[epoch - 1]! };
        },
      },
    );
    expect(found.end).toBe('stopped early');
    expect(found.history).toHaveLength(5);
    expect(found.parameters.get('mean/kernel')).toEqual(weights[1]);
    expect(weights[4]).not.toEqual(weights[1]);
  });
});

describe('fit refuses', () => {
  it('data that does not fit, with the sizes', async () => {
    await expect(fit(smallVae, { training }, { ...options, batch: 2000 }, quiet)).rejects.toThrow(
      /too-few-rows.*1000 rows do not fill a batch of 2000\n {2}help: set batch_size to at most 1000/,
    );
    const narrow = await writeRows(join(directory, 'narrow.h5'), new Float32Array(300), 3);
    await expect(fit(smallVae, { training: narrow }, options, quiet)).rejects.toThrow(
      /wrong-width.*narrow\.h5: rows: a row has 3 values, the model takes 4/,
    );
    await expect(fit(smallVae, { training: { ...training, dataset: 'row' } }, options, quiet)).rejects.toThrow(
      /hdf5-dataset/,
    );
  });

  it('options out of range, all at once', async () => {
    const wrong = { ...options, batch: 0.5, epochs: -1, schedule: { name: 'constant', rate: Number.NaN } } as const;
    await expect(fit(smallVae, { training }, wrong, quiet)).rejects.toThrow(
      /epochs: -1.*\n?.*batch: 0\.5[\s\S]*schedule\.rate: NaN/,
    );
  });

  it('to watch what nothing records', async () => {
    const earlyStopping = {
      quantity: 'validation_los',
      mode: 'min',
      minDelta: 0,
      patience: 1,
      startFrom: 1,
      restoreBest: false,
    } as const;
    await expect(
      fit(smallVae, { training, validation }, { ...options, earlyStopping, validationRows: 64 }, quiet),
    ).rejects.toThrow(/unknown-quantity.*"validation_los"[\s\S]*did you mean "validation_loss"/);
  });
});

describe('numbers that are not finite', () => {
  it('are traced to the layer of the forward pass where they begin', async () => {
    const exploding: Objective = {
      ...smallVae,
      lossOf(batch, values, inputs, isTraining) {
        const huge = new Map(values).set('log_variance/kernel', multiply(values.get('log_variance/kernel')!, 1e30));
        return smallVae.lossOf(batch, huge, inputs, isTraining);
      },
    };
    const checkpoint = { directory: join(directory, 'nan'), everySteps: 0, everySeconds: 0, resume: false };
    await expect(fit(exploding, { training }, { ...options, checkpoint }, quiet)).rejects.toThrow(
      /not-finite-loss\]: log_variance\/kernel: step 1, epoch 1: forward pass: "exp"[\s\S]*last good checkpoint is .*checkpoint-/,
    );
  });

  it('are traced to the gradient where the loss is finite', async () => {
    const steep: Objective = {
      ...linearObjective,
      lossOf(batch, values, inputs, isTraining) {
        const { total, ...rest } = linearObjective.lossOf(batch, values, inputs, isTraining);
        // The root of 0 is 0, its slope infinite.
        return { ...rest, total: add(total, sqrt(multiply(total, 0))) };
      },
    };
    await expect(fit(steep, { training }, options, quiet)).rejects.toThrow(
      /not-finite-loss\]: plane\/bias: step 1, epoch 1: the loss is finite, its gradient is not/,
    );
  });

  it('are traced to the event of the data', async () => {
    const rows = linearRows(1000, 3);
    rows[4 * 500 + 2] = Number.NaN;
    const damaged = await writeRows(join(directory, 'damaged.h5'), rows, 4);
    await expect(fit(linearObjective, { training: damaged }, options, quiet)).rejects.toThrow(
      /not-finite-loss\]: input x: step \d+, epoch 1: event \d+ of the batch holds NaN/,
    );
  });
});
