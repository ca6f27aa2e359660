/** The two halves of the variational autoencoder as networks of layers: what the configuration lists, and what joins the halves. */
import type { LayerInput, LayerNetwork } from '../../network/layers/layers.js';
import { type Calorimeter, conditions } from '../calorimeter.js';
import { defaultDecoder, defaultEncoder } from './default-layers.js';
import { chainOf, conditionsInput, type GivenLayer, layerSchema } from './layer-list.js';
import type { TrainOptions } from './options.js';

/** Names of inputs and outputs. */
export const ports = {
  /** log(photons + 1), [x, y, 1]. */
  image: 'image',
  /** Normal deviates [latent]. */
  noise: 'noise',
  /** The nine conditions of a particle, scaled. */
  conditions: conditionsInput,
  mean: 'mean',
  logVariance: 'log_variance',
} as const;

export interface GeneratorNetworks {
  /** Reads `image` and `conditions`, gives `mean` and `log_variance`. */
  readonly encoder: LayerNetwork;
  /** Reads `noise` and `conditions`, in this order, gives the image. */
  readonly decoder: LayerNetwork;
}

/** What the options list, or the defaults of the calorimeter. */
export function networksOf(options: TrainOptions, calorimeter: Calorimeter): GeneratorNetworks {
  const { latent } = options;
  const encoderList = options.encoder ?? parsed(defaultEncoder);
  const decoderList = options.decoder ?? parsed(defaultDecoder(calorimeter.name));
  const particle: LayerInput = {
    name: ports.conditions,
    shape: [conditions.length],
    units: conditions.map(({ unit }) => unit),
  };
  const hidden = chainOf(encoderList, ports.image);
  const last = hidden.at(-1)!.name;
  const head = { kind: 'dense', inputs: [last], units: latent, hasBias: true, activation: 'linear' } as const;
  const joined = { kind: 'concatenate', name: 'joined', inputs: [ports.noise, ports.conditions], axis: 0 } as const;
  const generating = chainOf(decoderList, joined.name);
  return {
    encoder: {
      name: `${calorimeter.name} encoder`,
      inputs: [{ name: ports.image, shape: [...calorimeter.shape, 1] }, particle],
      layers: [...hidden, { ...head, name: ports.mean }, { ...head, name: ports.logVariance }],
      outputs: [ports.mean, ports.logVariance],
    },
    decoder: {
      name: `${calorimeter.name} generator`,
      inputs: [{ name: ports.noise, shape: [latent] }, particle],
      layers: [joined, ...generating],
      outputs: [generating.at(-1)!.name],
    },
  };
}

function parsed(list: readonly GivenLayer[]) {
  return list.map((layer) => layerSchema.parse(layer));
}
