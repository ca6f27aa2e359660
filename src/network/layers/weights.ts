/** The weights that the layers of a network have: names, shapes, roles; and whether given ones are these. */
import { Problems } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import { isSameShape, printValueShape, type ValueShape } from '../shape.js';
import type { Layer, LayerNetwork, LayerWeights } from './layers.js';
import { layerShapes } from './shapes.js';

export type WeightPart =
  | 'kernel'
  | 'bias'
  | 'alpha'
  | 'gamma'
  | 'beta'
  | 'mean'
  | 'variance'
  | 'moving_mean'
  | 'moving_variance';

export interface WeightRole {
  readonly layer: Layer;
  readonly part: WeightPart;
  readonly shape: readonly number[];
}

/** `layer/part`: what a weight is called everywhere. */
export function weightName(layer: string, part: WeightPart): string {
  return `${layer}/${part}`;
}

/**
 * Every weight of the network by name, in the order of the layers.
 * @throws AxocError (user) when the layers do not go together
 */
export function weightRoles(network: LayerNetwork, place: string): ReadonlyMap<string, WeightRole> {
  const shapes = layerShapes(network, place);
  return new Map(
    network.layers.flatMap((layer) =>
      rolesOf(layer, shapes.get(layer.inputs[0]!)!).map((role) => [weightName(layer.name, role.part), role] as const),
    ),
  );
}

/** How many numbers the weights of the network have, and how many of them training moves by their gradient. */
export function weightCounts(
  network: LayerNetwork,
  place: string,
): { readonly all: number; readonly trainable: number } {
  const counts = { all: 0, trainable: 0 };
  for (const { shape, part } of weightRoles(network, place).values()) {
    const count = shape.reduce((product, length) => product * length, 1);
    counts.all += count;
    if (isTrainable(part)) counts.trainable += count;
  }
  return counts;
}

/** Statistics are not: they follow the batches, or were taken before training. */
export function isTrainable(part: WeightPart): boolean {
  return !['mean', 'variance', 'moving_mean', 'moving_variance'].includes(part);
}

/** @throws AxocError (user) naming every weight that is missing, of another shape, not finite, or of no layer */
export function checkWeights(network: LayerNetwork, weights: LayerWeights, place: string): void {
  const problems = new Problems();
  const roles = weightRoles(network, place);
  const report = (name: string, message: string, hint?: string): void =>
    problems.add('wrong-weights', `${place}: ${name}`, message, hint ?? 'write the network with its weights again');
  for (const [name, { shape }] of roles) {
    const found = weights.get(name);
    if (found === undefined) report(name, `missing: weights of shape ${printValueShape(shape)}`);
    else if (!isSameShape(found.shape, shape))
      report(name, `of shape ${printValueShape(found.shape)}, where the layer has ${printValueShape(shape)}`);
    else if (!found.values.every(Number.isFinite))
      report(name, 'it has numbers that are not finite', 'train the network again');
  }
  for (const name of weights.keys())
    if (!roles.has(name)) report(name, 'no layer has these weights', suggest(name, [...roles.keys()]));
  problems.throwIfAny();
}

/** @param read shape of one event that the layer reads */
function rolesOf(layer: Layer, read: ValueShape): readonly WeightRole[] {
  const role = (part: WeightPart, shape: readonly number[]): WeightRole => ({ layer, part, shape });
  const channels = read.at(-1)!;
  switch (layer.kind) {
    case 'dense':
      return [role('kernel', [channels, layer.units]), ...(layer.hasBias ? [role('bias', [layer.units])] : [])];
    case 'conv2d':
    case 'conv2d_transpose': {
      const { kind, kernelSize, filters, hasBias } = layer;
      const ends = kind === 'conv2d' ? [channels, filters] : [filters, channels];
      return [role('kernel', [...kernelSize, ...ends]), ...(hasBias ? [role('bias', [filters])] : [])];
    }
    case 'batch_normalisation':
      return [
        ...(layer.hasScale ? [role('gamma', [channels])] : []),
        ...(layer.hasCentre ? [role('beta', [channels])] : []),
        role('moving_mean', [channels]),
        role('moving_variance', [channels]),
      ];
    case 'prelu':
      return [
        role(
          'alpha',
          read.map((length, axis) => (layer.sharedAxes.includes(axis) ? 1 : length)),
        ),
      ];
    case 'normalisation':
      return [role('mean', [channels]), role('variance', [channels])];
    case 'layer_normalisation':
      return [
        ...(layer.hasScale ? [role('gamma', [channels])] : []),
        ...(layer.hasCentre ? [role('beta', [channels])] : []),
      ];
    default:
      return [];
  }
}
