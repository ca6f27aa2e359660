/** Showers from a trained decoder: normal noise and conditions in, images in photons out. */
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { exp } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';
import { layerShapes } from '../../network/layers/shapes.js';
import { valueCount } from '../../network/shape.js';
import { chooseExecutor } from '../../tensor/executors/choose.js';
import { constant, input } from '../../tensor/ops.js';
import { rewriteFast } from '../../tensor/rewrites/fast/fast.js';
import { expandLayers } from '../../train/layers/expand.js';
import { drawPhotons } from './photons.js';

/** Showers at a time. */
const batch = 128;

/** `none`: the photons that the decoder expects; `poisson`: photons drawn from the Poisson distribution with that mean. */
export type PhotonSampling = 'none' | 'poisson';

export interface ShowerGenerator {
  /** Pixels of an image. */
  readonly pixels: number;
  /**
   * Images of the scaled conditions of `count` showers, at most `batch` at a time, in order; an array is only good until the next one.
   * @param conditions row-major [count, conditions]
   * @param noise drawn from in the order of the showers, whatever the batch
   * @param photons where they are drawn; absent: expected photons
   */
  images(conditions: Float32Array, count: number, noise: Random, photons?: Random): AsyncIterable<GeneratedImages>;
  dispose(): Promise<void>;
}

export interface GeneratedImages {
  /** The first shower, of how many. */
  readonly from: number;
  readonly count: number;
  /** Row-major [count, pixels], photons. */
  readonly photons: Float32Array;
}

/** The decoder, which reads noise, then conditions, as it is exported: with the rewrites that make it fast. */
export async function showerGenerator({ decoder }: Pick<GeneratorArtefact, 'decoder'>): Promise<ShowerGenerator> {
  const { network, weights } = decoder;
  const [noiseInput, particleInput] = network.inputs;
  const [latent, width] = [valueCount(noiseInput!.shape), valueCount(particleInput!.shape)];
  const inputs = network.inputs.map(({ name, shape }) => input(name, [batch, ...shape]));
  const values = new Map([...weights].map(([name, tensor]) => [name, constant(tensor.values, tensor.shape)]));
  const fed = new Map(inputs.map((node) => [node.name, node]));
  const { outputs } = expandLayers(network, values, fed, { isTraining: false });
  const executable = await (await chooseExecutor('onnxruntime')).compile(rewriteFast({ inputs, outputs }));
  const output = network.outputs[0]!;
  const pixels = valueCount(layerShapes(network, network.name).get(output)!);
  return {
    pixels,
    dispose: () => executable.dispose(),
    async *images(conditions, count, noise, photons) {
      const [z, particles] = [new Float32Array(batch * latent), new Float32Array(batch * width)];
      for (let from = 0; from < count; from += batch) {
        const present = Math.min(batch, count - from);
        noise.fillNormal(z.subarray(0, present * latent));
        particles.set(conditions.subarray(from * width, (from + present) * width));
        const feeds = new Map([
          [noiseInput!.name, z],
          [particleInput!.name, particles],
        ]);
        const logarithms = (await executable.run(feeds)).get(output)!;
        const expected = Float32Array.from(logarithms.subarray(0, present * pixels), photonsOf);
        yield {
          from,
          count: present,
          photons: photons === undefined ? expected : expected.map((mean) => drawPhotons(mean, photons)),
        };
      }
    },
  };
}

/** Below 0 where the decoder's last layer lets negative numbers through: that is left to the sums, as in the exported generator. */
function photonsOf(logarithm: number): number {
  return logarithm === 0 ? 0 : exp(logarithm) - 1;
}
