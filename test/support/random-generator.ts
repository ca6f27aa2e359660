/** The described generators of both calorimeters with random weights, as artefacts. */
import type { GeneratorArtefact } from '../../src/artefact/generator.js';
import { Random } from '../../src/base/random.js';
import type { LayerNetwork } from '../../src/network/layers/layers.js';
import { parametersOf, weightsFrom } from '../../src/train/layers/parameters.js';
import { type CalorimeterName, calorimeters, conditions } from '../../src/zdc/calorimeter.js';
import { networksOf } from '../../src/zdc/train/networks.js';
import { trainOptionsSchema } from '../../src/zdc/train/options.js';

export const scaler = { means: [1000, 0, 0, 0, 0, 0, 30, 300, 0.1], scales: [1200, 1, 1, 1, 0.5, 0.5, 1600, 420, 0.4] };

/** The described autoencoder of a calorimeter with an eighth of its filters (or all), and random weights that keep its images moderate. */
export function randomGenerator(name: CalorimeterName, share = 1 / 8): GeneratorArtefact {
  const whole = networksOf(trainOptionsSchema.parse({}), calorimeters[name]);
  const networks = { encoder: slim(whole.encoder, share), decoder: slim(whole.decoder, share) };
  const random = Random.seeded(3);
  const trained = (network: typeof networks.decoder) => {
    const drawn = parametersOf(network).map((parameter) => {
      const values = parameter.initial(random);
      const isVector = !parameter.name.endsWith('kernel');
      return [parameter.name, isVector ? values.map((value) => value + random.nextWord() / 2 ** 33) : values] as const;
    });
    return { network, weights: weightsFrom(network, new Map(drawn)) };
  };
  return {
    name: `${name} generator`,
    calorimeter: name,
    decoder: trained(networks.decoder),
    encoder: trained(networks.encoder),
    scaler,
    conditions,
    configuration: '{"epochs":1}',
    source: 'test',
  };
}

function slim(network: LayerNetwork, share: number): LayerNetwork {
  const isWide = (count: number): boolean => count >= 32;
  const layers = network.layers.map((layer) => {
    if (layer.kind === 'conv2d' && isWide(layer.filters)) return { ...layer, filters: layer.filters * share };
    if (layer.kind === 'dense' && isWide(layer.units)) return { ...layer, units: layer.units * share };
    if (layer.kind === 'reshape') return { ...layer, shape: layer.shape.with(-1, layer.shape.at(-1)! * share) };
    return layer;
  });
  return { ...network, layers };
}
