/** The executors agree on random graphs and training steps; arithmetic of quantisers is the same to the last bit everywhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { chooseExecutor } from '../../src/tensor/executors/choose.js';
import { onnxRuntimeNode, onnxRuntimeWeb } from '../../src/tensor/executors/onnxruntime.js';
import { tensorFlowPlain, tensorFlowWasm } from '../../src/tensor/executors/tensorflow.js';
import { gradients } from '../../src/tensor/gradients.js';
import type { Graph, Input, Node } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { testSeed } from '../support/seed.js';
import { feedsInDType, uniform } from './cases.js';
import { randomGraph } from './random-graph.js';
import { referenceValues } from './reference.js';

let executors: readonly Executor[] = [];

beforeAll(async () => {
  executors = [(await onnxRuntimeNode())!, await onnxRuntimeWeb(), (await tensorFlowWasm())!, await tensorFlowPlain()];
});

afterAll(() => {
  executors = [];
});

async function runOnce(
  executor: Executor,
  graph: Graph,
  feeds: ReadonlyMap<string, Values>,
): Promise<ReadonlyMap<string, Values>> {
  const executable = await executor.compile(graph);
  const found = await executable.run(feeds);
  await executable.dispose();
  return found;
}

it('random graphs within the tolerance of float32', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { made, graph } = randomGraph(testSeed(500) + seed, false);
    const wanted = referenceValues(graph.outputs.values(), made.feeds);
    for (const executor of executors) {
      const found = await runOnce(executor, graph, feedsInDType(made));
      for (const [name, node] of graph.outputs)
        wanted.get(node)!.forEach((value, index) => {
          const difference = Math.abs(found.get(name)![index]! - value);
          if (!(difference <= 1e-4))
            throw new Error(`graph ${seed}, ${executor.name}: ${name}[${index}] is off by ${difference}`);
        });
    }
  }
});

/** Round half to even, floor, saturate, and wrap by a floor, to fractions of 2^-fraction in `bits` bits. */
function quantisers(x: Node, bits: number, fraction: number): ReadonlyMap<string, Node> {
  const [scale, half] = [2 ** fraction, 2 ** (bits - 1)];
  const scaled = op.multiply(x, scale);
  const clip = (steps: Node): Node => op.maximum(op.minimum(steps, half - 1), -half);
  const wrap = (steps: Node): Node =>
    op.subtract(steps, op.multiply(op.floor(op.divide(op.add(steps, half), 2 * half)), 2 * half));
  const nearest = op.floor(op.add(scaled, 0.5));
  return new Map([
    ['even, saturate', op.multiply(clip(op.round(scaled)), 1 / scale)],
    ['down, saturate', op.multiply(clip(op.floor(scaled)), 1 / scale)],
    ['up, wrap', op.divide(wrap(nearest), scale)],
    ['even, wrap', op.multiply(wrap(op.round(scaled)), 1 / scale)],
    ['to zero', op.multiply(op.sign(x), op.multiply(op.floor(op.abs(scaled)), 1 / scale))],
    ['third', op.multiply(op.round(op.multiply(x, 1 / 3)), 3)],
    ['not a power of two', op.multiply(clip(op.round(op.divide(x, 0.3))), 0.3)],
  ]);
}

describe('quantisers', () => {
  it.each([
    [4, 1],
    [8, 3],
    [12, 6],
    [18, 10],
    [8, -2],
    [20, 0],
  ])('of %d bits, %d of them fraction, are the same to the last bit', async (bits, fraction) => {
    const random = Random.seeded(bits * 100 + fraction);
    const step = 2 ** -fraction;
    // Ties, grid points and their neighbours, far outside the range, and anything between.
    const values = [
      0,
      -0,
      ...Array.from({ length: 3000 }, (_, index) => {
        const k = random.integer(-(2 ** bits), 2 ** bits) / 2;
        if (index % 3 === 0) return k * step;
        if (index % 3 === 1) return k * step * (1 + (random.integer(0, 1) === 0 ? 2 ** -23 : -(2 ** -24)));
        return uniform(random, { low: -(2 ** bits) * step, high: 2 ** bits * step });
      }),
    ].map(Math.fround);
    const x = op.input('x', [values.length]);
    const graph: Graph = { inputs: [x], outputs: quantisers(x, bits, fraction) };
    const wanted = referenceValues(graph.outputs.values(), new Map([['x', values]]));
    for (const executor of executors) {
      const found = await runOnce(executor, graph, new Map([['x', Float32Array.from(values)]]));
      for (const [name, node] of graph.outputs) {
        const differing = wanted.get(node)!.findIndex((value, index) => found.get(name)![index]! !== value);
        const at = `${executor.name}, ${name}: ${values[differing]} gives ${found.get(name)![differing]}, not ${wanted.get(node)![differing]}`;
        expect(differing, at).toBe(-1);
      }
    }
  });

  it('a quantised dense layer is exact: integers below 2^24 in any order of summation', async () => {
    const random = Random.seeded(5);
    const [x, kernel, bias] = [op.input('x', [40, 57]), op.input('kernel', [57, 28]), op.input('bias', [28])];
    const quantised = (node: Node, scale: number): Node => op.multiply(op.round(op.multiply(node, scale)), 1 / scale);
    const sum = op.add(op.matmul(quantised(x, 16), quantised(kernel, 64)), quantised(bias, 1024));
    const y = op.multiply(op.floor(op.multiply(op.maximum(sum, 0), 32)), 1 / 32);
    const graph: Graph = { inputs: [x, kernel, bias], outputs: new Map([['y', y]]) };
    const feeds = new Map(
      graph.inputs.map(({ name, shape }) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => uniform(random, { low: -3, high: 3 })),
      ]),
    );
    const wanted = Float32Array.from(referenceValues([y], feeds).get(y)!);
    for (const executor of executors)
      expect((await runOnce(executor, graph, feeds)).get('y'), executor.name).toEqual(wanted);
  });
});

/** A small convolutional network with bias, relu, upsampling: forward, loss, gradients. */
function convolutionalStep(): { graph: Graph; feeds: Map<string, Float32Array> } {
  const inputs: Input[] = [
    op.input('x', [3, 8, 7, 2]),
    op.input('k1', [3, 3, 2, 4]),
    op.input('b1', [4]),
    op.input('k2', [2, 3, 4, 3]),
    op.input('b2', [1, 1, 3]),
    op.input('field', [4, 1, 3]),
  ];
  const [x, k1, b1, k2, b2, field] = inputs as [Input, Input, Input, Input, Input, Input];
  const hidden = op.maximum(op.add(op.conv2d(x, k1, { strides: [2, 2], padding: [1, 1, 1, 0] }), b1), 0);
  const centred = op.divide(
    op.subtract(hidden, op.mean(hidden, [0, 1, 2])),
    op.sqrt(op.add(op.mean(op.square(hidden), [0, 1, 2], true), 0.1)),
  );
  const [batch, rows, columns, channels] = centred.shape as [number, number, number, number];
  const wide = op.broadcast(op.reshape(centred, [batch, rows, 1, columns, 1, channels]), [
    batch,
    rows,
    2,
    columns,
    2,
    channels,
  ]);
  const upsampled = op.reshape(wide, [batch, 2 * rows, 2 * columns, channels]);
  const second = op.add(op.conv2d(upsampled, k2, { strides: [2, 1], padding: [0, 1, 1, 1] }), b2);
  const masked = op.select(
    op.less(second, 0.2),
    op.multiply(second, 0.1),
    op.add(second, op.slice(field, [0, 0, 0], [second.shape[1]!, 1, 3])),
  );
  const flat = op.reshape(op.tanh(masked), [3, second.shape[1]! * second.shape[2]! * 3]);
  const loss = op.add(op.mean(op.square(flat)), op.sum(op.max(masked, [1, 2])));
  const found = gradients(loss, inputs);
  const outputs = new Map<string, Node>([
    ['loss', loss],
    ['masked', masked],
    ['perRow', op.sum(masked, [2])],
    ['wide', op.pad(second, [0, 1, 0, 0], [0, 0, 2, 0])],
  ]);
  found.forEach((node, index) => {
    outputs.set(`d${inputs[index]!.name}`, node);
  });
  const random = Random.seeded(11);
  const feeds = new Map(
    inputs.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => uniform(random, { low: -1, high: 1 })),
    ]),
  );
  return { graph: { inputs, outputs }, feeds };
}

it('a step of a convolutional network agrees everywhere', async () => {
  const { graph, feeds } = convolutionalStep();
  const wanted = referenceValues(graph.outputs.values(), feeds);
  for (const executor of executors) {
    const found = await runOnce(executor, graph, feeds);
    for (const [name, node] of graph.outputs)
      wanted.get(node)!.forEach((value, index) => {
        const difference = Math.abs(found.get(name)![index]! - value);
        if (!(difference <= 2e-5 * Math.max(1, Math.abs(value))))
          throw new Error(`${executor.name}: ${name}[${index}] is off by ${difference}`);
      });
  }
});

it.each(['onnxruntime', 'tensorflow'] as const)(
  '%s gives the same bits run after run, and what it gives can be fed',
  async (name) => {
    const { graph, feeds } = convolutionalStep();
    const executor = await chooseExecutor(name);
    const executable = await executor.compile(graph);
    const first = await executable.run(feeds);
    const fedBack = new Map(feeds).set('k1', first.get('dk1') as Float32Array);
    const second = await executable.run(fedBack);
    expect(await executable.run(feeds)).toEqual(first);
    expect(await executable.run(fedBack)).toEqual(second);
    expect(second.get('loss')).not.toEqual(first.get('loss'));
    await executable.dispose();
  },
);
