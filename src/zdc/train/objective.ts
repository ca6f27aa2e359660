/** What training a generator minimises: the reconstruction of showers plus the divergence of the latent distribution. */
import { userError } from '../../base/diagnostic.js';
import { layerShapes } from '../../network/layers/shapes.js';
import { isSameShape, printValueShape } from '../../network/shape.js';
import type { Node } from '../../tensor/graph.js';
import { add, exp, log, mean, minimum, multiply, square, subtract, sum } from '../../tensor/ops.js';
import { rewriteForTraining } from '../../tensor/rewrites/fast/fast.js';
import { expandLayers } from '../../train/layers/expand.js';
import { noiseInputsOf, parametersOf } from '../../train/layers/parameters.js';
import { kullbackLeibler } from '../../train/losses/loss.js';
import type { BatchInput, BatchLoss, Objective } from '../../train/objective.js';
import { type Calorimeter, type CalorimeterName, conditions } from '../calorimeter.js';
import { channelScore, drawInputs } from './channel-score.js';
import { klWeightOf } from './kl-weight.js';
import { type GeneratorNetworks, ports } from './networks.js';
import type { ReconstructionLossName, TrainOptions } from './options.js';

/** Before the names of the weights of each half. */
export const scopes = { encoder: 'encoder/', decoder: 'decoder/' } as const;

/**
 * The evidence bound of a conditional variational autoencoder and, where it has a weight, the score of channels. Parts: `reconstruction` (summed over
 * pixels) and `kld` (summed over the latent variables), means over the batch; `channel_score`; `kl_weight` where it changes. One training row is an
 * image of log(photons + 1), then the scaled conditions.
 */
export function generatorObjective(
  { encoder, decoder }: GeneratorNetworks,
  calorimeter: CalorimeterName,
  options: Pick<TrainOptions, 'latent' | 'loss'>,
  stepsPerEpoch: number,
): Objective {
  const { latent, loss } = options;
  const klWeight = klWeightOf(options, stepsPerEpoch);
  const shower: BatchInput = { name: ports.image, shape: encoder.inputs[0]!.shape, source: 'data' };
  const particle: BatchInput = { name: ports.conditions, shape: [conditions.length], source: 'data' };
  const noise: BatchInput = { name: ports.noise, shape: [latent], source: 'normal' };
  const isScored = loss.channel_weight > 0;
  return {
    parameters: [
      ...parametersOf(encoder, scopes.encoder),
      ...parametersOf(decoder, scopes.decoder),
      ...klWeight.parameters,
    ],
    inputs: [
      shower,
      particle,
      noise,
      ...(isScored ? drawInputs(latent) : []),
      ...noiseInputsOf(encoder, scopes.encoder),
      ...noiseInputsOf(decoder, scopes.decoder),
    ],
    lossOf(_, values, inputs, isTraining) {
      const encoded = expandLayers(encoder, values, inputs, { isTraining, scope: scopes.encoder });
      const latentMean = encoded.outputs.get(ports.mean)!;
      const logVariance = encoded.outputs.get(ports.logVariance)!;
      const code = add(latentMean, multiply(exp(multiply(logVariance, 0.5)), inputs.get(ports.noise)!));
      const decode = (from: Node) => {
        const fed = new Map([...inputs, [ports.noise as string, from]]);
        const { outputs, updates } = expandLayers(decoder, values, fed, { isTraining, scope: scopes.decoder });
        return { generated: [...outputs.values()][0]!, updates };
      };
      const decoded = decode(code);
      const image = inputs.get(ports.image)!;
      const reconstruction = perShower(pixelLosses(loss.reconstruction, image, decoded.generated));
      const kld = multiply(kullbackLeibler(latentMean, logVariance), latent);
      const weight = klWeight.now(values);
      const bound = add(reconstruction, multiply(kld, weight));
      // Statistics of batch normalisation are those of reconstructed showers alone.
      const draw = (from: Node): Node => minimum(decode(from).generated, largestLogarithm);
      const score = isScored ? channelScore(calorimeter, image, draw, inputs) : undefined;
      return faster({
        total: score === undefined ? bound : add(bound, multiply(score, loss.channel_weight)),
        parts: new Map([
          ['reconstruction', reconstruction],
          ['kld', kld],
          ...(score === undefined ? [] : [['channel_score', score] as const]),
          ...(klWeight.parameters.length === 0 ? [] : [['kl_weight', weight] as const]),
        ]),
        updates: new Map([...encoded.updates, ...decoded.updates, ...klWeight.updates(values)]),
      });
    },
  };
}

/** The same loss with fewer multiplications: upsampled images are convolved while they are small. Sums are rounded otherwise. */
function faster({ total, parts, updates }: BatchLoss): BatchLoss {
  // Names of parts and of parameters are not alike: these have a slash.
  const nodes = rewriteForTraining(new Map([['', total], ...parts, ...updates]));
  const pick = (names: Iterable<string>) => new Map([...names].map((name) => [name, nodes.get(name)!] as const));
  return { total: nodes.get('')!, parts: pick(parts.keys()), updates: pick(updates.keys()) };
}

/** @throws AxocError (user) when layers do not go together, or the decoder gives anything but the calorimeter's image */
export function checkNetworks({ encoder, decoder }: GeneratorNetworks, { name, shape }: Calorimeter): void {
  layerShapes(encoder, 'configuration: train.encoder');
  const place = 'configuration: train.decoder';
  const given = layerShapes(decoder, place).get(decoder.outputs[0]!)!;
  const image = [...shape, 1];
  if (!isSameShape(given, image))
    throw userError(
      'bad-layer',
      place,
      `it ends with ${printValueShape(given)}, an image of ${name} is ${printValueShape(image)}`,
      'change its layers, or leave them to the default',
    );
}

/** The mean over the batch of the sums over all else. */
function perShower(losses: Node): Node {
  return mean(sum(losses, [1, 2, 3]));
}

/** Beyond it, at 100,000 photons in a pixel, losses of photons no longer tell more from less: far above any shower, far below an overflow. */
const largestLogarithm = 11.5;
/** Expected photons of a pixel are at least this: a photon where none was expected costs ln 1e4, not infinity. */
const leastPhotons = 1e-4;

/**
 * @param truth log(n + 1) for n photons, and @param generated log(m + 1) for m expected ones: [batch, x, y, 1]
 */
function pixelLosses(name: ReconstructionLossName, truth: Node, generated: Node): Node {
  switch (name) {
    case 'squared_error':
      return square(subtract(truth, generated));
    case 'poisson': {
      // -ln P(n | m) without the part that does not depend on m.
      const photons = subtract(exp(truth), 1);
      const expected = add(subtract(exp(minimum(generated, largestLogarithm)), 1), leastPhotons);
      return subtract(expected, multiply(photons, log(expected)));
    }
  }
}
