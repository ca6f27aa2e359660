/** How well showers that are drawn foretell the photons in the channels of a real one: what reconstruction alone does not teach a generator. */
import type { Node } from '../../tensor/graph.js';
import { abs, add, concat, maximum, mean, multiply, sqrt, square, subtract, sum } from '../../tensor/ops.js';
import type { BatchInput } from '../../train/objective.js';
import type { CalorimeterName } from '../calorimeter.js';
import { channelCount, channelPhotons } from '../channels.js';
import { ports } from './networks.js';

/** Showers that are drawn for each real one: as few as the score can be estimated with. */
const draws = [0, 1] as const;

const noiseOf = (draw: number): string => `drawn/${draw}/${ports.noise}`;
const photonNoiseOf = (draw: number): string => `drawn/${draw}/photons`;

/** The noise of each shower that is drawn, and of its photons. */
export function drawInputs(latent: number): readonly BatchInput[] {
  return draws.flatMap((draw) => [
    { name: noiseOf(draw), shape: [latent], source: 'normal' as const },
    { name: photonNoiseOf(draw), shape: [channelCount + 1], source: 'normal' as const },
  ]);
}

/**
 * The continuous ranked probability score of the five channels and of their total, in photons, added up: of two showers a and b drawn for the
 * particle of a real one r, (|a - r| + |b - r|) / 2 - |a - b| / 2. Its expectation is least for the distribution that the particle really has
 * (Gneiting and Raftery, 2007), so that means, fluctuations and what latent variables leave to the noise are learnt from showers as they are made
 * in use, where codes come from no encoder.
 * @param truth log(photons + 1)
 * @param generate image of what stands for the decoder's noise
 * @returns shape []: the mean over the batch
 */
export function channelScore(
  calorimeter: CalorimeterName,
  truth: Node,
  generate: (noise: Node) => Node,
  inputs: ReadonlyMap<string, Node>,
): Node {
  const real = withTotal(channelPhotons(calorimeter, truth));
  const [a, b] = draws.map((draw) => {
    const expected = withTotal(channelPhotons(calorimeter, generate(inputs.get(noiseOf(draw))!)));
    return drawnPhotons(expected, inputs.get(photonNoiseOf(draw))!);
  }) as [Node, Node];
  const fromReal = add(abs(subtract(a, real)), abs(subtract(b, real)));
  return mean(sum(multiply(subtract(fromReal, abs(subtract(a, b))), 0.5), [1]));
}

/** [batch, 5] to [batch, 6]. */
function withTotal(channels: Node): Node {
  return concat([channels, sum(channels, [1], true)], 1);
}

/** Poisson-distributed but for details, and with a gradient: their root has deviation 1/2 whatever their number (Anscombe, 1948). */
function drawnPhotons(expected: Node, noise: Node): Node {
  const root = add(sqrt(add(maximum(expected, 0), 1 / 8)), multiply(noise, 0.5));
  return subtract(square(root), 3 / 8);
}
