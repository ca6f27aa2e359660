/** Gradients of every operation against central differences and against TensorFlow.js; ties, sharing, depth. */
import * as tensorflow from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { tensorFlowPlain } from '../../src/tensor/executors/tensorflow.js';
import { evaluate } from '../../src/tensor/executors/tensorflow-operations.js';
import { gradients } from '../../src/tensor/gradients.js';
import { elementCountOf, type Node, operandsOf } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { topologicalOrder } from '../../src/tensor/order.js';
import { testSeed } from '../support/seed.js';
import { builders, type Case, makeCase } from './cases.js';
import { referenceValues } from './reference.js';

/** A loss that every element of the result enters with a weight of its own. */
function weightsFor(node: Node): readonly number[] {
  return Array.from({ length: elementCountOf(node.shape) }, (_, index) => ((index * 7) % 11) / 4 - 1.1);
}

function lossOf(node: Node): Node {
  return op.sum(op.multiply(node, op.constant(weightsFor(node), node.shape, node.dtype)));
}

function scalarOf(node: Node, feeds: Case['feeds']): number {
  return referenceValues([node], feeds).get(node)![0]!;
}

function gradientValues(made: Case): readonly (readonly number[])[] {
  const found = gradients(lossOf(made.node), made.inputs);
  const values = referenceValues(found, made.feeds);
  return found.map((node, index) => {
    expect(node.shape).toEqual(made.inputs[index]!.shape);
    expect(node.dtype).toBe(made.inputs[index]!.dtype);
    return values.get(node)!;
  });
}

/** Straight-through: the slope of its value is not what its gradient says. */
const differentiable = Object.keys(builders).filter((kind) => kind !== 'surrogate');

it.each(differentiable)('%s against central differences', (kind) => {
  let isEverNonZero = false;
  for (let seed = 1; seed <= 10; seed++) {
    const made = makeCase(kind, testSeed(100) + seed, 'float64');
    const loss = lossOf(made.node);
    const found = gradientValues(made);
    made.inputs.forEach(({ name }, which) => {
      const start = made.feeds.get(name)!;
      start.forEach((x, index) => {
        const h = 1e-5;
        const at = (value: number): number =>
          scalarOf(loss, new Map([...made.feeds, [name, start.with(index, value)]]));
        const slope = (at(x + h) - at(x - h)) / (2 * h);
        const gradient = found[which]![index]!;
        isEverNonZero ||= gradient !== 0;
        if (!(Math.abs(slope - gradient) <= 1e-7 * Math.max(1, Math.abs(slope))))
          throw new Error(`${made.name}, ${name}[${index}] = ${x}: ${gradient} is not ${slope}`);
      });
    });
  }
  const steps = ['sign', 'floor', 'round', 'less', 'less_equal', 'equal'];
  expect(isEverNonZero).toBe(!steps.includes(kind));
});

/** TensorFlow.js has no gradient for these; `convert` goes through float64. */
const withoutOwnGradient = new Set(['less', 'less_equal', 'equal', 'conv2d_kernel_gradient', 'convert']);

it.each(differentiable.filter((kind) => !withoutOwnGradient.has(kind)))('%s against TensorFlow.js', async (kind) => {
  await tensorFlowPlain();
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  const tf = (tensorflow as unknown as { default: typeof tensorflow }).default;
  // It has none for comparisons, but goes through the condition of `where`: they pass nothing on.
  for (const kernelName of ['NotEqual', 'Less'])
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_, [a, b]) => ({ a: () => tf.zerosLike(a!), b: () => tf.zerosLike(b!) }),
    });
  for (let seed = 1; seed <= 6; seed++) {
    const made = makeCase(kind, testSeed(200) + seed, 'float32');
    const order = topologicalOrder([made.node]).filter(({ kind }) => kind !== 'input');
    const theirs = tf.grads((...inputs: tensorflow.Tensor[]) => {
      const values = new Map<Node, tensorflow.Tensor>(made.inputs.map((input, index) => [input, inputs[index]!]));
      for (const node of order) {
        if (node.kind === 'constant') values.set(node, tf.tensor([...node.values], [...node.shape]));
        else {
          const own = operandsOf(node).map((operand) => values.get(operand)!);
          // Their gradients of these two are only right without broadcasting.
          const isExtreme = node.kind === 'maximum' || node.kind === 'minimum';
          const operands = isExtreme ? own.map((tensor) => tf.broadcastTo(tensor, [...node.shape])) : own;
          values.set(node, evaluate(tf, node, operands));
        }
      }
      const result = values.get(made.node)!;
      const zeros = inputs.map((input) => tf.sum(tf.mul(input, 0)));
      return tf.addN([tf.sum(tf.mul(result, tf.tensor([...weightsFor(made.node)], result.shape))), ...zeros]);
    })(made.inputs.map(({ name, shape }) => tf.tensor([...made.feeds.get(name)!], [...shape])));
    gradientValues(made).forEach((ours, which) => {
      const wanted = theirs[which]!.dataSync();
      ours.forEach((value, index) => {
        expect(Math.abs(value - wanted[index]!)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(value)));
      });
    });
  }
});

it('a small network: gradients, and gradients of gradients', () => {
  const made = { x: op.input('x', [2, 5, 5, 2], 'float64'), k: op.input('k', [3, 2, 2, 3], 'float64') };
  const window = { strides: [2, 1], padding: [1, 0, 1, 1] } as const;
  const hidden = op.tanh(op.add(op.conv2d(made.x, made.k, window), op.constant([0.1, -0.2, 0.3], [3], 'float64')));
  const dense = op.matmul(
    op.reshape(hidden, [2, elementCountOf(hidden.shape) / 2]),
    op.constant(0.1, [elementCountOf(hidden.shape) / 2, 2], 'float64'),
  );
  const loss = op.mean(op.square(op.exp(dense)));
  const inputs = [made.x, made.k];
  const feeds = new Map(
    inputs.map(({ name, shape }) => [
      name,
      Array.from({ length: elementCountOf(shape) }, (_, i) => Math.sin(3 * i + 1) / 2),
    ]),
  );
  const slopes = gradients(loss, inputs);
  const size = op.add(op.sum(op.square(slopes[0]!)), op.sum(op.square(slopes[1]!)));
  for (const target of [loss, size]) {
    const found = gradients(target, inputs);
    const values = referenceValues(found, feeds);
    inputs.forEach(({ name }, which) => {
      for (const index of [0, 3, 17]) {
        const at = (step: number): number =>
          scalarOf(target, new Map([...feeds, [name, feeds.get(name)!.with(index, feeds.get(name)![index]! + step)]]));
        const slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        expect(values.get(found[which]!)![index]!).toBeCloseTo(slope, 8);
      }
    });
  }
});

it('the documented choices at ties and kinks', () => {
  const x = op.input('x', [3], 'float64');
  const gradientAt = (loss: Node, values: readonly number[]): readonly number[] => {
    const [found] = gradients(loss, [x]);
    return referenceValues([found!], new Map([['x', values]])).get(found!)!;
  };
  const zero = op.constant(0, [], 'float64');
  expect(gradientAt(op.sum(op.maximum(x, zero)), [-1, 0, 1])).toEqual([0, 1, 1]);
  expect(gradientAt(op.sum(op.maximum(zero, x)), [-1, 0, 1])).toEqual([0, 0, 1]);
  expect(gradientAt(op.sum(op.minimum(x, zero)), [-1, 0, 1])).toEqual([1, 1, 0]);
  expect(gradientAt(op.sum(op.minimum(zero, x)), [-1, 0, 1])).toEqual([1, 0, 0]);
  expect(gradientAt(op.max(x), [2, 1, 2])).toEqual([0.5, 0, 0.5]);
  expect(gradientAt(op.sum(op.abs(x)), [-2, 0, 2])).toEqual([-1, 0, 1]);
});

it('a surrogate has the value of one node and the gradient of another', () => {
  const x = op.input('x', [3], 'float64');
  const quantised = op.multiply(op.round(op.multiply(x, 4)), 0.25);
  const through = op.surrogate(quantised, op.minimum(x, 1));
  const loss = op.sum(op.square(through));
  const feeds = new Map([['x', [0.3, -0.7, 1.7]]]);
  const found = gradients(loss, [x])[0]!;
  const values = referenceValues([found, through], feeds);
  expect(values.get(through)).toEqual([0.25, -0.75, 1.75]);
  expect(values.get(found)).toEqual([0.5, -1.5, 0]);
  const stopped = gradients(op.sum(op.multiply(op.stopGradient(x), x)), [x])[0]!;
  expect(referenceValues([stopped], feeds).get(stopped)).toEqual([0.3, -0.7, 1.7]);
});

it('zeros where the loss does not depend on a node; an inner node gets its own', () => {
  const [x, y] = [op.input('x', [2]), op.input('y', [2, 3], 'float64')];
  const inner = op.exp(x);
  const loss = op.sum(op.square(inner));
  const found = gradients(loss, [y, inner, loss]);
  const values = referenceValues(found, new Map([['x', [0, 1]]]));
  expect(found[0]).toMatchObject({ shape: [2, 3], dtype: 'float64' });
  expect(values.get(found[0]!)).toEqual(Array(6).fill(0));
  expect(values.get(found[1]!)).toEqual([2, Math.fround(2 * Math.E)]);
  expect(values.get(found[2]!)).toEqual([1]);
  expect(() => gradients(x, [x])).toThrow('gradients of a loss of shape [2]');
});

it('stays linear where values are shared, and does not recurse', () => {
  const x = op.input('x', []);
  let doubled: Node = x;
  for (let step = 0; step < 60; step++) doubled = op.add(doubled, doubled);
  const [found] = gradients(doubled, [x]);
  expect(topologicalOrder([found!]).length).toBeLessThan(200);
  expect(scalarOf(found!, new Map([['x', [1]]]))).toBe(2 ** 60);

  let deep: Node = x;
  for (let step = 0; step < 50_000; step++) deep = op.add(deep, 1);
  const [one] = gradients(deep, [x]);
  expect(scalarOf(one!, new Map([['x', [1]]]))).toBe(1);
});
