/** Configuration of training: objective, optimiser, executor, and what happens between epochs. */
import { z } from 'zod';
import { executorNames } from '../../tensor/executors/choose.js';
import { count, fraction, group, mapKey, notNegative, path, positive, positiveCount } from './kinds.js';

const enabled = z.boolean().default(false).describe('Whether it is done.');
const watch = {
  monitor: path
    .default('validation_loss')
    .describe('What is watched: loss, validation_loss or another number of the history.'),
  mode: z.enum(['min', 'max']).default('min').describe('Whether a smaller or a larger one is better.'),
  min_delta: notNegative.default(0).describe('Smaller improvements do not count.'),
};

export const trainConfig = group('How the model is trained.', {
  train_mode: z
    .enum(['VAE', 'AE'])
    .default('VAE')
    .describe('VAE: a latent distribution and a float decoder; AE: a plain autoencoder, quantised throughout.'),
  VAE_config: group('Loss = alpha * (1 - beta) * reconstruction + beta * KLD.', {
    alpha: notNegative.default(1).describe('Weight of the reconstruction.'),
    beta: fraction.default(0.604108559135001).describe('Share of the KL divergence, 0 to 1.'),
  }),
  common: group('What both modes need.', {
    batch_size: positiveCount.default(16384).describe('Events in a step.'),
    n_epochs: positiveCount.default(5).describe('Passes over the training events; production: 480.'),
    optimiser: z
      .enum(['lion', 'adam', 'adamw', 'sgd', 'rmsprop'])
      .default('lion')
      .describe('The rule of the weight update.'),
    optimiser_options: z
      .record(mapKey, z.union([z.number(), z.boolean()], { error: 'a number, true or false expected' }))
      .default({})
      .describe(
        'Constants of the rule where they differ from its usual ones: beta1, beta2, epsilon, momentum, rho, nesterov.',
      ),
    weight_decay: notNegative.default(0).describe('Decoupled decay of the weights, per unit of learning rate.'),
    reconstruction_loss: path
      .default('cyl_PtPz_mae')
      .describe('cyl_PtPz_mae, cyl_PtPz_mse, cyl_PtPzPhi_mae, mae, mse, or the path of a module that exports a loss.'),
    unscale_energy: z
      .boolean()
      .default(true)
      .describe('Losses on momenta count in GeV; false: each object by its own scale.'),
    validation_events: count
      .default(131_072)
      .describe('Test events whose loss is taken after each epoch, from the beginning; 0: none.'),
    workers: positiveCount
      .max(256)
      .default(1)
      .describe('Threads among which a batch is divided; results depend on the number, not on the timing.'),
    shuffle_memory: positiveCount
      .default(768)
      .describe('MiB of training events held in memory; a larger set is shuffled in random groups of blocks.'),
    executor: z.enum(executorNames).default('onnxruntime').describe('What runs the training step.'),
  }),
});

export const callbackConfig = group('What happens between epochs and steps.', {
  lr_schedule: group('The learning rate, set at the beginning of each epoch.', {
    name: z
      .enum(['CosineDecayRestarts_Warmup', 'constant'])
      .default('CosineDecayRestarts_Warmup')
      .describe('Cosine cycles with a linear warm-up, or always initial_learning_rate.'),
    initial_learning_rate: positive.default(1e-4).describe('Peak of the first cycle.'),
    first_decay_steps: positiveCount.default(32).describe('Epochs of the first cycle.'),
    t_mul: z.number().min(1).default(2).describe('Length of a cycle over that of the one before.'),
    m_mul: positive.default(0.65).describe('Peak of a cycle over that of the one before.'),
    alpha: fraction.default(1e-6).describe('Lowest rate of a cycle over its peak.'),
    warmup_epochs: count.default(10).describe('Epochs over which the rate grows from zero; 0: none.'),
  }),
  plateau: group('Lower the learning rate when training stands still.', {
    enabled,
    ...watch,
    factor: z.number().gt(0).lt(1).default(0.5).describe('New rate over old.'),
    patience: positiveCount.default(10).describe('Epochs without improvement before it acts.'),
    cooldown: count.default(0).describe('Epochs after a reduction in which nothing is counted.'),
    min_lr: notNegative.default(0).describe('The rate is never lowered below this.'),
  }),
  early_stopping: group('End training when it stands still.', {
    enabled,
    ...watch,
    patience: positiveCount.default(30).describe('Epochs without improvement before it ends.'),
    start_from: positiveCount.default(1).describe('The first epoch, from 1, that counts.'),
    restore_best: z.boolean().default(true).describe('Keep the weights of the best epoch, not of the last.'),
  }),
  checkpoint: group('Everything needed to go on after an interruption; written after every epoch.', {
    every_steps: count.default(0).describe('Also after so many steps; 0: not.'),
    every_seconds: count.default(0).describe('Also after so many seconds; 0: not.'),
  }),
  efficiency: group('Efficiency on each signal at a fixed background rate.', {
    every_epochs: count.default(1).describe('Epochs between measurements; 0: none.'),
    rate: positive.default(1).describe('Background rate in kHz.'),
  }),
  csv_log: group('A line of numbers for each epoch.', {
    path: path.nullable().default(null).describe('CSV file; null: none.'),
  }),
});
