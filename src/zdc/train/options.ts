/** What the configuration says of training a generator: section `train`. */
import { z } from 'zod';
import { executorNames } from '../../tensor/executors/choose.js';
import { layerSchema } from './layer-list.js';

const count = z.int().min(1);
const fraction = z.number().gt(0).lt(1);

export const reconstructionLosses = ['squared_error', 'poisson'] as const;
export type ReconstructionLossName = (typeof reconstructionLosses)[number];

export const trainOptionsSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(42)
    .describe('Initial weights, split, order of showers and noise follow from it.'),
  split: z
    .strictObject({
      test_fraction: fraction.default(0.2).describe('Share of the showers that training never sees.'),
      by: z
        .enum(['showers', 'particles'])
        .default('showers')
        .describe('`showers`: any shower may be left out; `particles`: all showers of a particle are, or none.'),
    })
    .prefault({}),
  latent: count.default(10).describe('Normal numbers that the decoder makes a shower of, beside the conditions.'),
  encoder: z.array(layerSchema).min(1).optional().describe('Image to what mean and log-variance are read from.'),
  decoder: z.array(layerSchema).min(1).optional().describe('Latent variables and conditions to log(photons + 1).'),
  loss: z
    .strictObject({
      reconstruction: z
        .enum(reconstructionLosses)
        .default('squared_error')
        .describe(
          'Summed over pixels: squared error of log(photons + 1), or the negative log-likelihood of Poisson counts.',
        ),
      kl_weight: z
        .number()
        .positive()
        .default(0.7)
        .describe('Of the Kullback-Leibler divergence, summed over the latent variables.'),
      kl_start: z
        .number()
        .positive()
        .nullable()
        .default(null)
        .describe(
          'Its weight at the first step, from there it goes to kl_weight by the same factor at each step. null: kl_weight.',
        ),
      channel_weight: z
        .number()
        .min(0)
        .default(0)
        .describe(
          'Of the ranked score of the photons in the channels, of showers that are drawn from noise; 0: none are.',
        ),
      kl_epochs: z.int().min(0).default(0).describe('Epochs until it has reached kl_weight.'),
    })
    .prefault({}),
  batch_size: count.default(128),
  epochs: count.default(100),
  optimiser: z.enum(['rmsprop', 'adam', 'adamw', 'sgd', 'lion']).default('rmsprop'),
  learning_rate: z.number().positive().default(1e-4),
  schedule: z
    .enum(['constant', 'cosine'])
    .default('constant')
    .describe('`cosine`: falls to 0 over all epochs, along half a cosine.'),
  validation_showers: z.int().min(0).default(4096).describe('Of the test set, on which the loss is watched; 0: none.'),
  executor: z.enum(executorNames).default('onnxruntime'),
  workers: count.default(1).describe('Threads that share each batch.'),
  shuffle_memory: count.default(768).describe('MiB of showers held in memory.'),
  checkpoint_seconds: z
    .int()
    .min(0)
    .default(300)
    .describe('Between checkpoints, besides those after every epoch; 0: none.'),
});

export type TrainOptions = z.output<typeof trainOptionsSchema>;

/** Every default. */
export const defaultTrainOptions: TrainOptions = trainOptionsSchema.parse({});
