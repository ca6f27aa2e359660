/** What training feeds to a layer network: its weights as parameters, with the start values of Keras, and the noise of its dropout. */
import type { Random } from '../../base/random.js';
import type { Dropout, LayerNetwork, LayerWeights } from '../../network/layers/layers.js';
import { layerShapes } from '../../network/layers/shapes.js';
import { isTrainable, type WeightRole, weightRoles } from '../../network/layers/weights.js';
import { elementCountOf } from '../../tensor/graph.js';
import type { BatchInput, Parameter } from '../objective.js';

/**
 * Every weight, in the order of the layers, named `scope` + `layer/part`. Kernels start Glorot-uniform, biases, alpha, beta and means at 0,
 * gamma and variances at 1; statistics are not trainable.
 * @param scope put before every name, for networks that are trained together: `decoder/`
 * @throws AxocError (user) when the layers do not go together
 */
export function parametersOf(network: LayerNetwork, scope = ''): readonly Parameter[] {
  return [...weightRoles(network, network.name)].map(([name, role]) => ({
    name: scope + name,
    shape: role.shape,
    trainable: isTrainable(role.part),
    initial: (random) => startValues(role, random),
  }));
}

/** The normal deviates that dropout needs in training: none for a network without it. */
export function noiseInputsOf(network: LayerNetwork, scope = ''): readonly BatchInput[] {
  const shapes = layerShapes(network, network.name);
  return network.layers
    .filter((layer) => layer.kind === 'dropout' && layer.rate > 0)
    .map((layer) => ({
      name: scope + noiseName(layer as Dropout),
      shape: shapes.get(layer.name)!,
      source: 'normal',
    }));
}

export function noiseName({ name }: Dropout): string {
  return `${name}/noise`;
}

/** The weights of a network among those of everything that was trained. */
export function weightsFrom(
  network: LayerNetwork,
  values: ReadonlyMap<string, ArrayLike<number>>,
  scope = '',
): LayerWeights {
  return new Map(
    [...weightRoles(network, network.name)].map(([name, { shape }]) => [
      name,
      { shape, values: Float32Array.from(values.get(scope + name)!) },
    ]),
  );
}

function startValues({ part, shape }: WeightRole, random: Random): Float32Array {
  const count = elementCountOf(shape);
  switch (part) {
    case 'kernel': {
      const limit = glorotLimit(shape);
      return Float32Array.from({ length: count }, () => (random.nextWord() / 2 ** 31 - 1) * limit);
    }
    case 'gamma':
    case 'variance':
    case 'moving_variance':
      return new Float32Array(count).fill(1);
    case 'bias':
    case 'alpha':
    case 'beta':
    case 'mean':
    case 'moving_mean':
      return new Float32Array(count);
  }
}

/** X. Glorot and Y. Bengio (2010): uniform between plus and minus this. The two last axes are those in and out, in either order. */
function glorotLimit(kernel: readonly number[]): number {
  const [fanIn, fanOut] = kernel.slice(-2) as [number, number];
  const positions = elementCountOf(kernel.slice(0, -2));
  return Math.sqrt(6 / (positions * (fanIn + fanOut)));
}
