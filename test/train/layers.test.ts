/** Layer networks as graphs: values against plain loops, gradients against differences, and what only training does. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import {
  activations,
  type Layer,
  type LayerNetwork,
  type LayerWeights,
  mergeKinds,
} from '../../src/network/layers/layers.js';
import { layerShapes } from '../../src/network/layers/shapes.js';
import { weightRoles } from '../../src/network/layers/weights.js';
import { onnxRuntime } from '../../src/tensor/executors/onnxruntime.js';
import { gradients } from '../../src/tensor/gradients.js';
import { type DType, elementCountOf, type Input, type Node } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { activate } from '../../src/train/layers/activate.js';
import { expandLayers } from '../../src/train/layers/expand.js';
import { noiseInputsOf, parametersOf, weightsFrom } from '../../src/train/layers/parameters.js';
import { evaluateLayers } from '../support/layer-oracle.js';
import { randomLayers, randomWeights } from '../support/random-layers.js';
import { testSeed } from '../support/seed.js';
import { referenceValues } from '../tensor/reference.js';

interface Built {
  readonly outputs: ReadonlyMap<string, Node>;
  readonly updates: ReadonlyMap<string, Node>;
  /** Everything that is fed: inputs of the network, noise, weights. */
  readonly inputs: readonly Input[];
}

function build(network: LayerNetwork, batch: number, isTraining: boolean, dtype: DType): Built {
  const noise = isTraining ? noiseInputsOf(network) : [];
  const fed = [...network.inputs, ...noise].map(({ name, shape }) => op.input(name, [batch, ...shape], dtype));
  const weights = [...weightRoles(network, 'test')].map(([name, { shape }]) => op.input(name, shape, dtype));
  const byName = (inputs: readonly Input[]) => new Map(inputs.map((input) => [input.name, input]));
  const { outputs, updates } = expandLayers(network, byName(weights), byName(fed), { isTraining });
  return { outputs, updates, inputs: [...fed, ...weights] };
}

type Feeds = Map<string, number[]>;

function randomFeeds({ inputs }: Built, weights: LayerWeights, random: Random): Feeds {
  return new Map(
    inputs.map(({ name, shape }) => {
      const known = weights.get(name);
      const length = elementCountOf(shape);
      return [name, known === undefined ? Array.from({ length }, () => random.normal()) : Array.from(known.values)];
    }),
  );
}

/** One event's part of a batch. */
function eventOf(network: LayerNetwork, feeds: Feeds, event: number): Map<string, readonly number[]> {
  return new Map(
    network.inputs.map(({ name, shape }) => {
      const length = elementCountOf(shape);
      return [name, feeds.get(name)!.slice(event * length, (event + 1) * length)];
    }),
  );
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[], tolerance: number, what: string): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, index) => {
    const difference = Math.abs(found[index]! - value);
    if (!(difference <= tolerance * Math.max(1, Math.abs(value))))
      throw new Error(`${what}[${index}] is ${found[index]}, not ${value}`);
  });
}

describe('what a network computes', () => {
  it('is what plain loops compute: random networks of every kind of layer', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const random = Random.seeded(testSeed(300) + seed);
      const network = randomLayers(random, 6);
      const weights = randomWeights(network, random);
      const built = build(network, 2, false, 'float64');
      const feeds = randomFeeds(built, weights, random);
      const [name, node] = [...built.outputs][0]!;
      const found = referenceValues([node], feeds).get(node)!;
      const size = found.length / 2;
      for (const event of [0, 1]) {
        const wanted = evaluateLayers(network, weights, eventOf(network, feeds, event)).get(name)!;
        expect([2, ...wanted.shape]).toEqual(node.shape);
        expect(layerShapes(network, 'test').get(name)).toEqual(wanted.shape);
        expectClose(found.slice(event * size, (event + 1) * size), wanted.values, 1e-9, `seed ${seed}: ${name}`);
      }
      for (const { kind } of network.layers) seen.add(kind);
    }
    expect(seen.size).toBe(29);
  });

  it('is the same in ONNX Runtime, within float32', async () => {
    const executor = await onnxRuntime();
    for (let seed = 0; seed < 12; seed++) {
      const random = Random.seeded(testSeed(600) + seed);
      const network = randomLayers(random, 5);
      const weights = randomWeights(network, random);
      const { outputs, inputs } = build(network, 1, false, 'float32');
      const feeds = randomFeeds({ outputs, inputs, updates: new Map() }, weights, random);
      const executable = await executor.compile({ inputs, outputs: new Map([['y', [...outputs.values()][0]!]]) });
      const arrays = [...feeds].map(([name, values]) => [name, Float32Array.from(values)] as const);
      const found = (await executable.run(new Map(arrays))).get('y')!;
      await executable.dispose();
      const rounded = new Map(arrays.map(([name, values]) => [name, Array.from(values)]));
      const wanted = evaluateLayers(network, weights, eventOf(network, rounded, 0)).get(network.outputs[0]!)!;
      expectClose(found, wanted.values, 1e-4, `seed ${seed}`);
    }
  });

  it.each(activations)('%s is finite far out, and so is its gradient', (activation) => {
    const x = op.input('x', [1, 6]);
    const y = activate(x, activation);
    const [gradient] = gradients(op.sum(op.multiply(y, op.constant([1, 2, 3, 4, 5, 6], [6]))), [x]);
    const far = activation === 'exponential' ? [80, -1000, 0, 1, -1, 2] : [1000, -1000, 0, 88.8, -88.8, -1e30];
    const values = referenceValues([y, gradient!], new Map([['x', far]]));
    for (const node of [y, gradient!]) expect(values.get(node)!.every(Number.isFinite)).toBe(true);
  });
});

describe('gradients in training', () => {
  const image = { name: 'image', shape: [3, 4, 2] } as const;
  const placed = { name: 'layer', inputs: ['image'] } as const;
  const convolution = { ...placed, filters: 2, kernelSize: [2, 3], strides: [2, 1], hasBias: true } as const;
  const layers: readonly Layer[] = [
    { kind: 'dense', ...placed, units: 3, hasBias: true, activation: 'linear' },
    { kind: 'conv2d', ...convolution, padding: 'same', activation: 'tanh' },
    { kind: 'conv2d', ...convolution, padding: 'valid', activation: 'linear' },
    { kind: 'conv2d_transpose', ...convolution, padding: 'same', activation: 'linear' },
    { kind: 'conv2d_transpose', ...convolution, padding: 'valid', activation: 'sigmoid' },
    { kind: 'zero_padding2d', ...placed, padding: [1, 0, 2, 3] },
    { kind: 'cropping2d', ...placed, cropping: [1, 0, 0, 2] },
    { kind: 'up_sampling2d', ...placed, factors: [2, 3] },
    { kind: 'batch_normalisation', ...placed, momentum: 0.9, epsilon: 0.01, hasScale: true, hasCentre: true },
    { kind: 'batch_normalisation', ...placed, momentum: 0.9, epsilon: 0.01, hasScale: false, hasCentre: false },
    { kind: 'leaky_relu', ...placed, slope: 0.1 },
    { kind: 'elu', ...placed, alpha: 0.5 },
    { kind: 'prelu', ...placed, sharedAxes: [0, 1] },
    { kind: 'prelu', ...placed, sharedAxes: [1] },
    { kind: 'relu', ...placed, slope: 0, threshold: 0 },
    { kind: 'relu', ...placed, slope: 0.25, threshold: 0.125, maxValue: 0.5 },
    { kind: 'reshape', ...placed, shape: [2, 12] },
    { kind: 'flatten', ...placed },
    { kind: 'concatenate', name: 'layer', inputs: ['image', 'image'], axis: 1 },
    ...mergeKinds.map((kind): Layer => ({ kind, name: 'layer', inputs: ['image', 'image'] })),
    { kind: 'permute', ...placed, order: [2, 0, 1] },
    { kind: 'rescaling', ...placed, scale: [0.5, 2], offset: [1] },
    { kind: 'normalisation', ...placed },
    { kind: 'layer_normalisation', ...placed, epsilon: 0.01, hasScale: true, hasCentre: true },
    { kind: 'pooling2d', ...placed, reduction: 'average', size: [1, 3] },
    { kind: 'pooling2d', ...placed, reduction: 'max', size: [2, 2] },
    { kind: 'global_pooling2d', ...placed, reduction: 'max', keepsAxes: false },
    { kind: 'dropout', ...placed, rate: 0.25 },
    ...activations.map((activation): Layer => ({ kind: 'activation', ...placed, activation })),
  ];

  it.each(layers.map((layer) => [`${layer.kind} ${'activation' in layer ? layer.activation : ''}`, layer] as const))(
    '%s',
    (_, layer) => {
      const network: LayerNetwork = { name: 'one', inputs: [image], layers: [layer], outputs: ['layer'] };
      const random = Random.seeded(testSeed(900));
      const built = build(network, 3, true, 'float64');
      const feeds = randomFeeds(built, randomWeights(network, random), random);
      const [y] = built.outputs.values();
      const slopes = Array.from({ length: elementCountOf(y!.shape) }, (_, index) => ((index * 7) % 11) / 4 - 1.1);
      const loss = op.sum(op.multiply(y!, op.constant(slopes, y!.shape, 'float64')));
      // Moving statistics do not enter, and noise is only compared with a number.
      const moved = built.inputs.filter(({ name }) => !/moving|noise/.test(name));
      const found = gradients(loss, moved);
      const values = referenceValues(found, feeds);
      moved.forEach(({ name }, which) => {
        const start = feeds.get(name)!;
        for (let index = 0; index < start.length; index += Math.ceil(start.length / 12)) {
          const h = 1e-5;
          const at = (x: number): number =>
            referenceValues([loss], new Map([...feeds, [name, start.with(index, x)]])).get(loss)![0]!;
          const slope = (at(start[index]! + h) - at(start[index]! - h)) / (2 * h);
          expectClose([values.get(found[which]!)![index]!], [slope], 1e-6, `${name}[${index}]`);
        }
      });
    },
  );
});

describe('batch normalisation', () => {
  const network: LayerNetwork = {
    name: 'bn',
    inputs: [{ name: 'x', shape: [2, 3, 2] }],
    layers: [
      {
        kind: 'batch_normalisation',
        name: 'bn',
        inputs: ['x'],
        momentum: 0.75,
        epsilon: 0.01,
        hasScale: true,
        hasCentre: true,
      },
    ],
    outputs: ['bn'],
  };
  const random = Random.seeded(4);
  const built = build(network, 5, true, 'float64');
  const weights = randomWeights(network, random);
  const feeds = randomFeeds(built, weights, random);
  const x = feeds.get('x')!;
  const ofChannel = (values: readonly number[], channel: number): number[] =>
    values.filter((_, index) => index % 2 === channel);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]): number => mean(values.map((value) => (value - mean(values)) ** 2));

  it('gives every channel the mean beta and the deviation gamma in training, and moves the statistics by a share', () => {
    const nodes = [built.outputs.get('bn')!, ...built.updates.values()];
    const values = referenceValues(nodes, feeds);
    expect([...built.updates.keys()]).toEqual(['bn/moving_mean', 'bn/moving_variance']);
    for (const channel of [0, 1]) {
      const seen = ofChannel(x, channel);
      const made = ofChannel(values.get(nodes[0]!)!, channel);
      expect(mean(made)).toBeCloseTo(feeds.get('bn/beta')![channel]!, 12);
      const gamma = feeds.get('bn/gamma')![channel]!;
      expect(variance(made)).toBeCloseTo((gamma ** 2 * variance(seen)) / (variance(seen) + 0.01), 12);
      const moved = (part: string, now: number): number => 0.75 * feeds.get(`bn/${part}`)![channel]! + 0.25 * now;
      expect(values.get(nodes[1]!)![channel]).toBeCloseTo(moved('moving_mean', mean(seen)), 12);
      expect(values.get(nodes[2]!)![channel]).toBeCloseTo(moved('moving_variance', variance(seen)), 12);
    }
  });

  it('is in inference what it is in training once the moving statistics are those of the batch', () => {
    const statistics = [0, 1].map((channel) => ofChannel(x, channel));
    const settled = new Map([
      ...feeds,
      ['bn/moving_mean', statistics.map(mean)],
      ['bn/moving_variance', statistics.map(variance)],
    ]);
    const inference = build(network, 5, false, 'float64');
    expect(inference.updates.size).toBe(0);
    const [trained, deployed] = [built, inference].map(({ outputs }) => outputs.get('bn')!);
    const wanted = referenceValues([trained!], feeds).get(trained!)!;
    expectClose(referenceValues([deployed!], settled).get(deployed!)!, wanted, 1e-12, 'inference');
  });
});

it('dropout drops the share it says and keeps the mean; without training it does nothing', () => {
  const network: LayerNetwork = {
    name: 'drop',
    inputs: [{ name: 'x', shape: [20_000] }],
    layers: [{ kind: 'dropout', name: 'drop', inputs: ['x'], rate: 0.3 }],
    outputs: ['drop'],
  };
  const built = build(network, 1, true, 'float64');
  const [y] = built.outputs.values();
  const feeds = randomFeeds(built, new Map(), Random.seeded(8));
  feeds.set('x', Array<number>(20_000).fill(1));
  const values = referenceValues([y!], feeds).get(y!)!;
  const dropped = values.filter((value) => value === 0).length / values.length;
  expect(Math.abs(dropped - 0.3)).toBeLessThan(0.015);
  for (const value of values) if (value !== 0) expect(value).toBeCloseTo(1 / 0.7, 12);
  const inference = build(network, 1, false, 'float64');
  expect(inference.outputs.get('drop')).toBe(inference.inputs[0]);
});

it('parameters have the shapes, the roles and the start values of Keras, under a scope', () => {
  const network: LayerNetwork = {
    name: 'small',
    inputs: [{ name: 'x', shape: [4, 4, 3] }],
    layers: [
      {
        kind: 'conv2d',
        name: 'conv',
        inputs: ['x'],
        filters: 16,
        kernelSize: [3, 5],
        strides: [1, 1],
        padding: 'same',
        hasBias: true,
        activation: 'relu',
      },
      {
        kind: 'batch_normalisation',
        name: 'bn',
        inputs: ['conv'],
        momentum: 0.99,
        epsilon: 1e-3,
        hasScale: true,
        hasCentre: true,
      },
      { kind: 'dropout', name: 'drop', inputs: ['bn'], rate: 0.5 },
      { kind: 'flatten', name: 'flat', inputs: ['drop'] },
      { kind: 'dense', name: 'out', inputs: ['flat'], units: 2, hasBias: false, activation: 'linear' },
    ],
    outputs: ['out'],
  };
  const parameters = parametersOf(network, 'encoder/');
  expect(parameters.map(({ name, shape, trainable }) => [name, shape.join(), trainable])).toEqual([
    ['encoder/conv/kernel', '3,5,3,16', true],
    ['encoder/conv/bias', '16', true],
    ['encoder/bn/gamma', '16', true],
    ['encoder/bn/beta', '16', true],
    ['encoder/bn/moving_mean', '16', false],
    ['encoder/bn/moving_variance', '16', false],
    ['encoder/out/kernel', '256,2', true],
  ]);
  expect(noiseInputsOf(network, 'encoder/')).toEqual([
    { name: 'encoder/drop/noise', shape: [4, 4, 16], source: 'normal' },
  ]);
  const random = Random.seeded(1);
  const start = new Map(parameters.map(({ name, initial }) => [name, initial(random)]));
  // Glorot: 15 positions, 3 channels in and 16 out.
  const limit = Math.sqrt(6 / (15 * 19));
  const kernel = start.get('encoder/conv/kernel')!;
  expect(Math.max(...kernel)).toBeLessThanOrEqual(limit);
  expect(Math.max(...kernel)).toBeGreaterThan(0.98 * limit);
  expect(Math.min(...kernel)).toBeLessThan(-0.98 * limit);
  expect([...start.get('encoder/bn/gamma')!, ...start.get('encoder/bn/moving_variance')!]).toEqual(Array(32).fill(1));
  expect([...start.get('encoder/bn/beta')!, ...start.get('encoder/conv/bias')!]).toEqual(Array(32).fill(0));
  const weights = weightsFrom(network, start, 'encoder/');
  expect([...weights.keys()]).toEqual(parameters.map(({ name }) => name.slice('encoder/'.length)));
  expect(weights.get('conv/kernel')).toEqual({ shape: [3, 5, 3, 16], values: kernel });
});
