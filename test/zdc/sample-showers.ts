/** Small sets of showers, and a configuration that is trained on them in a second. */
import { Random } from '../../src/base/random.js';
import { writeHdf5File } from '../../src/data/hdf5/write.js';
import { type CalorimeterName, calorimeters, conditions } from '../../src/zdc/calorimeter.js';
import { showerAttributes, showerDatasets, showersFormat } from '../../src/zdc/prepare/prepared.js';
import { type TrainOptions, trainOptionsSchema } from '../../src/zdc/train/options.js';

export interface SampleOptions {
  readonly calorimeter: CalorimeterName;
  readonly particles: number;
  /** Of each particle. */
  readonly showers: number;
  readonly seed: number;
  readonly synthetic?: string;
}

export const sample: SampleOptions = { calorimeter: 'ZP', particles: 24, showers: 10, seed: 1 };

/** Protons: the more energy the more photons, and the farther down they stand. */
export async function writeSampleShowers(path: string, options: SampleOptions = sample): Promise<void> {
  const random = Random.seeded(options.seed);
  const [height, width] = calorimeters[options.calorimeter].shape;
  await writeHdf5File(path, (file) => {
    file.attribute('', showerAttributes.format, showersFormat);
    file.attribute('', showerAttributes.calorimeter, options.calorimeter);
    file.attribute('', showerAttributes.minimumPhotons, 1);
    if (options.synthetic !== undefined) file.attribute('', showerAttributes.synthetic, options.synthetic);
    const particles = file.appender(showerDatasets.particles, 'float64', [conditions.length]);
    const responses = file.appender(showerDatasets.responses, 'float32', [height, width]);
    for (let particle = 0; particle < options.particles; particle++) {
      const energy = 10 + 1000 * random.uniform();
      const row = [energy, 1e-6 * random.normal(), 0, 0.01 * random.normal(), 0.3, 0, energy, 938.27, 1];
      for (let shower = 0; shower < options.showers; shower++) {
        const image = new Float32Array(height * width);
        const photons = 1 + Math.round((energy / 20) * random.uniform());
        for (let photon = 0; photon < photons; photon++) {
          const x = Math.round((height * energy) / 1200 + random.normal());
          const y = Math.round(width / 2 + random.normal());
          const pixel = Math.max(0, Math.min(height - 1, x)) * width + y;
          image[pixel] = image[pixel]! + 1;
        }
        particles.append(row);
        responses.append(image);
      }
    }
  });
}

/** A small network with convolutions, batch normalisation and dropout; three epochs. */
export const smallOptions: TrainOptions = trainOptionsSchema.parse({
  seed: 7,
  latent: 3,
  encoder: [
    { layer: 'Conv2D', filters: 2, kernel_size: 4, strides: 4, padding: 'same' },
    { layer: 'LeakyReLU', negative_slope: 0.1 },
    { layer: 'Flatten' },
    { layer: 'Concatenate', with: 'conditions' },
    { layer: 'Dense', units: 8, activation: 'relu' },
    { layer: 'Dropout', rate: 0.1 },
  ],
  decoder: [
    { layer: 'Dense', units: 56 },
    { layer: 'Reshape', target_shape: [7, 4, 2] },
    { layer: 'UpSampling2D', size: 8 },
    { layer: 'Conv2D', filters: 2, kernel_size: 2, padding: 'same' },
    { layer: 'BatchNormalization' },
    { layer: 'ReLU' },
    { layer: 'Conv2D', filters: 1, kernel_size: [1, 3], activation: 'relu' },
  ],
  batch_size: 16,
  epochs: 3,
  learning_rate: 1e-3,
  validation_showers: 32,
});
