/** What the configuration says of evaluating a generator: section `evaluate`. */
import { z } from 'zod';

const count = z.int().min(1);

export const evaluateOptionsSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(1)
    .describe('Noise, draws of the baselines and resampling follow from it.'),
  repeats: count.default(5).describe('Times that every test shower is generated, with other noise.'),
  showers: count.nullable().default(null).describe('Test showers at most; null: all.'),
  sampling: z
    .enum(['none', 'poisson'])
    .default('none')
    .describe(
      '`none`: sums of the photons that the decoder expects; `poisson`: photons drawn around them, pixel by pixel.',
    ),
});

export type EvaluateOptions = z.output<typeof evaluateOptionsSchema>;
