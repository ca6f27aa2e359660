/** Small objectives, data files and options that the tests of fitting share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Random } from '../../src/base/random.js';
import { writeHdf5File } from '../../src/data/hdf5-write.js';
import type { RowDescriptor } from '../../src/data/rows.js';
import type { Node } from '../../src/tensor/graph.js';
import { add, exp, matmul, maximum, mean, multiply, square, subtract, sum } from '../../src/tensor/ops.js';
import type { FitHooks } from '../../src/train/fit.js';
import type { FitOptions } from '../../src/train/fit-options.js';
import type { Objective, Parameter } from '../../src/train/objective.js';

/** A directory that is gone after the tests of the file. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'axoc-train-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function writeRows(path: string, rows: Float32Array, width: number): Promise<RowDescriptor> {
  await writeHdf5File(path, (file) => {
    file.dataset('rows', rows, [rows.length / width, width]);
  });
  return { path, dataset: 'rows' };
}

/** `count` rows of (x1, x2, x3, y) with y = 2 x1 - x2 + 0.5 x3 + 3. */
export function linearRows(count: number, seed: number): Float32Array {
  const random = Random.seeded(seed);
  const rows = new Float32Array(4 * count);
  for (let row = 0; row < count; row++) {
    const x = [random.normal(), random.normal(), random.normal()];
    rows.set([...x, 2 * x[0]! - x[1]! + 0.5 * x[2]! + 3], 4 * row);
  }
  return rows;
}

export const linearSolution = { kernel: [2, -1, 0.5], bias: [3] };

/** The mean squared error of a straight plane: its minimum is known. */
export const linearObjective: Objective = {
  parameters: [parameter('plane/kernel', [3, 1]), parameter('plane/bias', [1])],
  inputs: [
    { name: 'x', shape: [3], source: 'data' },
    { name: 'y', shape: [1], source: 'data' },
  ],
  lossOf(_batch, values, inputs) {
    const prediction = add(matmul(inputs.get('x')!, values.get('plane/kernel')!), values.get('plane/bias')!);
    return { total: mean(square(subtract(prediction, inputs.get('y')!))), parts: new Map(), updates: new Map() };
  },
};

/** A variational autoencoder of 4 numbers with noise, two parts of its loss, and a statistic: the moving mean of its data. */
export const smallVae: Objective = {
  parameters: [
    parameter('encoder/kernel', [4, 6]),
    parameter('mean/kernel', [6, 2]),
    parameter('log_variance/kernel', [6, 2]),
    { name: 'moving_mean', shape: [4], trainable: false, initial: () => new Float32Array(4) },
    parameter('decoder/kernel', [2, 4]),
    parameter('decoder/bias', [4]),
  ],
  inputs: [
    { name: 'x', shape: [4], source: 'data' },
    { name: 'epsilon', shape: [2], source: 'normal' },
  ],
  lossOf(_batch, values, inputs, isTraining) {
    const value = (name: string): Node => values.get(name)!;
    const x = inputs.get('x')!;
    const batchMean = mean(x, [0]);
    const moving = add(multiply(value('moving_mean'), 0.9), multiply(batchMean, 0.1));
    const centred = subtract(x, isTraining ? batchMean : value('moving_mean'));
    const hidden = maximum(matmul(centred, value('encoder/kernel')), 0);
    const latent = matmul(hidden, value('mean/kernel'));
    const logVariance = matmul(hidden, value('log_variance/kernel'));
    const z = add(latent, multiply(exp(multiply(logVariance, 0.5)), inputs.get('epsilon')!));
    const output = add(matmul(z, value('decoder/kernel')), value('decoder/bias'));
    const reconstruction = mean(square(subtract(output, x)));
    const divergence = subtract(add(square(latent), exp(logVariance)), add(logVariance, 1));
    const kld = multiply(mean(sum(divergence, [1])), 0.5);
    return {
      total: add(reconstruction, multiply(kld, 0.1)),
      parts: new Map([
        ['reconstruction', reconstruction],
        ['kld', kld],
      ]),
      updates: new Map([['moving_mean', moving]]),
    };
  },
};

export function parameter(name: string, shape: readonly number[]): Parameter {
  return {
    name,
    shape,
    trainable: true,
    initial: (random) =>
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.6 * (random.uniform() - 0.5)),
  };
}

export const options: FitOptions = {
  seed: 7,
  epochs: 3,
  batch: 32,
  workers: 1,
  executor: 'onnxruntime',
  optimiser: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  schedule: { name: 'constant', rate: 0.01 },
  validationRows: 0,
  shuffleMemory: 2 ** 24,
};

/** Nothing on stderr. */
export const quiet: FitHooks = { startProgress: () => ({ advance() {}, done() {} }) };
