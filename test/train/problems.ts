/** Small objectives, data files and options that the tests of fitting share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { RowDescriptor } from '../../src/data/hdf5/rows.js';
import { writeHdf5File } from '../../src/data/hdf5/write.js';
import { add, matmul, mean, square, subtract } from '../../src/tensor/ops.js';
import type { FitHooks } from '../../src/train/fit.js';
import type { FitOptions } from '../../src/train/fit-options.js';
import type { Objective } from '../../src/train/objective.js';
import { parameter } from './small-vae.js';

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
