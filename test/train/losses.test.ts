/** Losses by hand: their values, their shapes, and the check before training. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Executor } from '../../src/tensor/executor.js';
import type { Node } from '../../src/tensor/graph.js';
import { constant, divide, log, reshape, sqrt, square, subtract, sum } from '../../src/tensor/ops.js';
import { checkLoss } from '../../src/train/losses/check-loss.js';
import { mae, mse } from '../../src/train/losses/generic.js';
import { kullbackLeibler, meanLoss, type ReconstructionLoss } from '../../src/train/losses/loss.js';
import { graphOf } from '../../src/train/model/model.js';
import { runGraph, testExecutors } from './executors.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

const evaluated = async (node: Node, executor = executors[0]!): Promise<number> =>
  (await runGraph(executor, graphOf(new Map([['y', node]])), new Map())).get('y')![0]!;

describe('values', () => {
  const truth = constant([1, 2, 3, 4, 5, 6], [2, 3]);
  const reconstruction = constant([1, 0, 3.5, 4, 5, 10], [2, 3]);

  it('of mae and mse', async () => {
    for (const executor of executors) {
      expect(await evaluated(meanLoss(mae, truth, reconstruction), executor)).toBeCloseTo((2 + 0.5 + 4) / 6, 6);
      expect(await evaluated(meanLoss(mse, truth, reconstruction), executor)).toBeCloseTo((4 + 0.25 + 16) / 6, 6);
    }
  });

  it('of the divergence: 0 for a standard normal distribution', async () => {
    const zeros = constant(0, [4, 3]);
    expect(await evaluated(kullbackLeibler(zeros, zeros))).toBeCloseTo(0, 7);
  });

  it('of the divergence, by hand', async () => {
    const mean = constant([1, -2], [1, 2]);
    const logVariance = constant([0, Math.log(4)], [1, 2]);
    const first = 1 + 0 - 1 - 1;
    const second = 1 + Math.log(4) - 4 - 4;
    expect(await evaluated(kullbackLeibler(mean, logVariance))).toBeCloseTo(-0.5 * ((first + second) / 2), 5);
  });
});

describe('the result of a loss', () => {
  const [truth, other] = [constant(1, [4, 6]), constant(3, [4, 6])];
  const loss = (of: ReconstructionLoss['of']): ReconstructionLoss => ({ name: 'mine', of });

  it.each([
    ['a number', (a: Node, b: Node) => sum(subtract(b, a)), 48],
    ['a number for each event', (a: Node, b: Node) => sum(subtract(b, a), [1]), 12],
    ['numbers for each event', (a: Node, b: Node) => subtract(b, a), 2],
  ] as const)('is %s', async (_, of, mean) => {
    expect(await evaluated(meanLoss(loss(of), truth, other))).toBe(mean);
  });

  it.each([
    ['[6]', (a: Node) => sum(a, [0]), 'it gives a tensor of shape [6]: a tensor of shape [], [4]'],
    ['three axes', (a: Node) => reshape(a, [4, 2, 3]), 'it gives a tensor of shape [4, 2, 3]'],
    ['undefined', () => undefined as never, 'it gives no tensor'],
    ['a number of JavaScript', () => 3 as never, 'it gives no tensor'],
  ] as const)('is not %s', (_, of, message) => {
    expect(() => meanLoss(loss(of as never), truth, other)).toThrow(`error[bad-loss]: loss "mine": ${message}`);
  });
});

describe('the check before training', () => {
  const events = Float32Array.from({ length: 12 }, (_, index) => index - 5);
  const check = (of: ReconstructionLoss['of']): Promise<void> =>
    checkLoss({ name: 'mine', of }, events, 3, executors[0]!);

  it('lets a good loss pass', async () => {
    await check((truth, reconstruction) => square(subtract(truth, reconstruction)));
  });

  it('finds a value that is not finite', async () => {
    await expect(check((truth, reconstruction) => divide(truth, reconstruction))).rejects.toThrow(
      /loss "mine": its value is -?(Infinity|NaN) for reconstructions of 0/,
    );
    await expect(check((_, reconstruction) => log(reconstruction))).rejects.toThrow('its value is -Infinity');
  });

  it('finds that the reconstruction does not matter', async () => {
    await expect(check((truth) => square(truth))).rejects.toThrow('it does not depend on the reconstruction');
  });

  it('finds a derivative that is not finite', async () => {
    const distance: ReconstructionLoss['of'] = (truth, reconstruction) =>
      sqrt(sum(square(subtract(truth, reconstruction)), [1]));
    await expect(check(distance)).rejects.toThrow(/its gradient is NaN for perfect reconstructions/);
  });
});
