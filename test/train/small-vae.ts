/** A small objective with everything an objective can have; free of the test runner, so that child processes can use it. */
import type { Node } from '../../src/tensor/graph.js';
import { add, exp, matmul, maximum, mean, multiply, square, subtract, sum } from '../../src/tensor/ops.js';
import type { Objective, Parameter } from '../../src/train/objective.js';

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
