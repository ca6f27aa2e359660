/** Random layer networks: every kind of layer, two inputs, branches; small enough for plain loops. */
import type { Random } from '../../src/base/random.js';
import {
  activations,
  type Layer,
  type LayerNetwork,
  type LayerWeights,
  mergeKinds,
} from '../../src/network/layers/layers.js';
import { layerShapes } from '../../src/network/layers/shapes.js';
import { weightRoles } from '../../src/network/layers/weights.js';

export function randomLayers(random: Random, length: number): LayerNetwork {
  const pick = <T>(items: readonly T[]): T => items[random.integer(0, items.length - 1)]!;
  const small = (): number => random.integer(1, 3);
  const sides = () => [0, 1, 2, 3].map(() => random.integer(0, 1)) as [number, number, number, number];
  const inputs = [
    { name: 'image', shape: [random.integer(2, 4), random.integer(2, 4), small()] },
    { name: 'flat', shape: [random.integer(1, 5)] },
  ];
  const layers: Layer[] = [];
  const built = (): LayerNetwork => ({ name: 'random', inputs, layers, outputs: [layers.at(-1)?.name ?? 'image'] });
  while (layers.length < length) {
    const shapes = layerShapes(built(), 'random');
    const source = pick([...shapes.keys()].slice(-3));
    const shape = shapes.get(source)!;
    const values = shape.reduce((product, count) => product * count, 1);
    const placed = { name: `layer${layers.length}`, inputs: [source] };
    const alike = [...shapes].filter(([, other]) => String(other) === String(shape)).map(([name]) => name);
    const convolution = {
      ...placed,
      filters: small(),
      kernelSize: [random.integer(1, 4), random.integer(1, 4)],
      strides: [small(), small()],
      padding: pick(['same', 'valid'] as const),
      hasBias: random.chance(0.5),
      activation: pick(activations),
    } as const;
    const simple: readonly (() => Layer)[] = [
      () => ({ kind: 'dense', ...placed, units: small(), hasBias: random.chance(0.5), activation: pick(activations) }),
      () => ({
        kind: 'batch_normalisation',
        ...placed,
        momentum: 0.9,
        epsilon: 0.01,
        hasScale: random.chance(0.5),
        hasCentre: random.chance(0.5),
      }),
      () => ({ kind: 'leaky_relu', ...placed, slope: 0.125 }),
      () => ({ kind: 'elu', ...placed, alpha: pick([0.5, 1, 2]) }),
      () => ({ kind: 'prelu', ...placed, sharedAxes: shape.map((_, axis) => axis).filter(() => random.chance(0.5)) }),
      () => ({
        kind: 'relu',
        ...placed,
        slope: pick([0, 0.25]),
        threshold: pick([0, 0.5]),
        ...pick([{}, { maxValue: 1 }]),
      }),
      () => ({ kind: 'flatten', ...placed }),
      () => ({ kind: 'reshape', ...placed, shape: pick([[values], [1, values, 1], [values, 1, 1]]) }),
      () => ({
        kind: 'concatenate',
        name: placed.name,
        inputs: [source, pick(alike), source],
        axis: random.integer(0, shape.length - 1),
      }),
      () => ({ kind: pick(mergeKinds), name: placed.name, inputs: [source, pick(alike)] }),
      () => ({ kind: pick(mergeKinds), name: placed.name, inputs: [pick([...shapes.keys()]), source] }),
      () => ({ kind: 'average', name: placed.name, inputs: [source, pick(alike), source] }),
      () => ({ kind: 'permute', ...placed, order: pick([[0, 1, 2], [2, 0, 1], [1, 0, 2], [0], [1, 0]]) }),
      () => ({ kind: 'repeat_vector', ...placed, count: small() }),
      () => ({ kind: 'rescaling', ...placed, scale: [0.5], offset: shape.slice(-1).map(() => 0.25) }),
      () => ({
        kind: 'rescaling',
        ...placed,
        scale: Array.from({ length: shape.at(-1)! }, () => random.normal()),
        offset: [1],
      }),
      () => ({ kind: 'normalisation', ...placed }),
      () => ({
        kind: 'layer_normalisation',
        ...placed,
        epsilon: 0.01,
        hasScale: random.chance(0.5),
        hasCentre: random.chance(0.5),
      }),
      () => ({ kind: 'activation', ...placed, activation: pick(activations) }),
      () => ({ kind: 'dropout', ...placed, rate: 0.5 }),
    ];
    const ofImages: readonly (() => Layer)[] = [
      () => ({ kind: 'conv2d', ...convolution }),
      () => ({ kind: 'conv2d_transpose', ...convolution }),
      () => ({ kind: 'pooling2d', ...placed, reduction: pick(['average', 'max']), size: [small(), small()] }),
      () => ({
        kind: 'global_pooling2d',
        ...placed,
        reduction: pick(['average', 'max']),
        keepsAxes: random.chance(0.5),
      }),
      () => ({ kind: 'zero_padding2d', ...placed, padding: sides() }),
      () => ({ kind: 'cropping2d', ...placed, cropping: sides() }),
      () => ({ kind: 'up_sampling2d', ...placed, factors: [small(), small()] }),
      () => ({ kind: 'up_sampling2d', ...placed, factors: [small(), small()], interpolation: 'bilinear' }),
      () => ({ kind: 'conv2d', ...convolution, dilation: [small(), small()] }),
      () => ({ kind: 'conv2d_transpose', ...convolution, dilation: [small(), small()] }),
      () => ({
        kind: 'conv2d_transpose',
        ...convolution,
        outputPadding: [random.integer(0, 1), random.integer(0, 1)],
      }),
    ];
    const candidate = pick(shape.length === 3 && random.chance(0.5) ? ofImages : simple)();
    layers.push(candidate);
    if (!isUsable(built())) layers.pop();
  }
  return built();
}

/** Kernels may be larger than what they read, and images grow fast. */
function isUsable(network: LayerNetwork): boolean {
  try {
    return [...layerShapes(network, 'random').values()].every((shape) => shape.reduce((a, b) => a * b, 1) <= 600);
  } catch {
    return false;
  }
}

/** Around 0, variances positive. */
export function randomWeights(network: LayerNetwork, random: Random): LayerWeights {
  return new Map(
    [...weightRoles(network, network.name)].map(([name, { part, shape }]) => {
      const length = shape.reduce((product, count) => product * count, 1);
      const draw = (): number => (part.endsWith('variance') ? 0.25 + random.uniform() : 0.4 * random.normal());
      return [name, { shape, values: Float32Array.from({ length }, draw) }];
    }),
  );
}
