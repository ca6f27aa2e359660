/** Configuration of the model: layers, quantisers, score. */
import { z } from 'zod';
import { initialisers, scoreKinds } from '../../train/model/options.js';
import { bitsPair, fraction, group, mapKey, notNegative, positive, positiveCount, quantiser } from './kinds.js';

const pair = z.tuple([positiveCount, positiveCount]);

const dense = z.strictObject({ dense: positiveCount.describe('Outputs.') });
const conv2d = z.strictObject({
  conv2d: z.strictObject({
    filters: positiveCount.describe('Output channels.'),
    kernel: pair.describe('[height, width].'),
    strides: pair.default([1, 1]).describe('[down, across].'),
    padding: z
      .enum(['valid', 'same'])
      .default('valid')
      .describe('same: zeros around, so that stride 1 keeps the size.'),
  }),
});
const batchNorm = z.strictObject({
  batch_norm: z
    .boolean()
    .describe('Batch normalisation of the layer before, folded into its weights for the firmware.'),
});

const nodes = z.array(positiveCount);

const encoderConfig = group(
  'The encoder up to the latent layer: nodes or, in detail, layers; never both. A ReLU follows each.',
  {
    input_shape: z
      .tuple([positiveCount, positiveCount, positiveCount])
      .nullable()
      .default(null)
      .describe('[height, width, channels] of an event for conv2d, last index fastest; null: a plain row.'),
    nodes: nodes.default([28, 15]).describe('Outputs of each dense layer, in order.'),
    layers: z
      .array(
        z.union([dense, conv2d, batchNorm], {
          error: 'one of {dense: n}, {conv2d: {...}}, {batch_norm: true} expected',
        }),
      )
      .default([])
      .describe(
        'Layers in order, each {dense: n}, {conv2d: {filters, kernel, strides, padding}} or {batch_norm: true}; takes the place of nodes.',
      ),
  },
);

const kernelBits = bitsPair.default([6, 2]).describe('[bits, integer bits] of kernels: quantized_bits.');
const biasBits = bitsPair.default([10, 6]).describe('[bits, integer bits] of biases: quantized_bits.');
const activationBits = bitsPair
  .default([10, 6])
  .describe(
    '[bits, integer bits] of activations: quantized_relu in hidden layers, quantized_bits of latent mean and log-variance.',
  );
const dataBits = bitsPair
  .default([8, 5])
  .describe('[bits, integer bits] of the inputs: quantized_bits, rounding half to even.');

const scoreExpected = {
  error: `auto, ${scoreKinds.join(', ')} or an expression such as sum(mu^2) expected`,
};

export const modelConfig = group('What the model is.', {
  encoder_config: encoderConfig,
  initialiser: z
    .enum(initialisers)
    .default('lecun_uniform')
    .describe('Distribution of the initial kernels of quantised layers.'),
  latent_dim: positiveCount.default(8).describe('Latent variables.'),
  decoder_config: group('The decoder, from the latent layer to the inputs.', {
    nodes: nodes
      .min(1)
      .default([24, 32, 64, 128, 57])
      .describe('Outputs of each dense layer; the last has one for each feature.'),
  }),
  features: positiveCount
    .default(57)
    .describe('Inputs: three (pt, eta, phi) for each object that constituents lets through.'),
  ap_fixed_kernel: kernelBits,
  ap_fixed_bias: biasBits,
  ap_fixed_activation: activationBits,
  ap_fixed_data: dataBits,
  quantisers: z
    .record(mapKey, quantiser)
    .default({})
    .describe(
      'TENSOR (input, encoder1/kernel, encoder1/bias, encoder1_relu/result, score) -> quantized_bits(8,5), quantized_relu(10,6), any ap_fixed<W,I,Q,O> or none; replaces the ap_fixed_ pairs there.',
    ),
  batch_norm: group('Batch normalisation after each hidden layer.', {
    encoder: z.boolean().default(false).describe('In the encoder; folded into its weights for the firmware.'),
    decoder: z.boolean().default(true).describe('In the decoder of a VAE.'),
    momentum: fraction.default(0.99).describe('Share of the old mean and variance that a step keeps.'),
    epsilon: positive.default(1e-3).describe('Added to the variance.'),
  }),
  score: z
    .union([z.enum(['auto', ...scoreKinds]), z.string().regex(/[([^*+/]/, scoreExpected)], scoreExpected)
    .default('auto')
    .describe(
      'Anomaly score: squares of the latent means, or of reconstruction minus input, summed; auto: the first for a VAE, the second for an AE; or an expression (sum(abs(mu)), max(mu^2)) of mu, input, reconstruction (AE) and layers, see network-description.md.',
    ),
  learned_bits: group('Bit widths learned with the weights, so that accuracy is traded for logic.', {
    enabled: z.boolean().default(false).describe('Learn them; otherwise they stay as configured.'),
    penalty: notNegative.default(1e-6).describe('Added to the loss for each bit operation.'),
    weights: z.boolean().default(true).describe('Of the kernels.'),
    activations: z.boolean().default(true).describe('Of the outputs of hidden layers.'),
    initial_bits: positiveCount
      .max(32)
      .nullable()
      .default(null)
      .describe('Width in bits at the start; null: that of each quantiser.'),
    min_bits: positiveCount.max(32).default(2).describe('Smallest width in bits.'),
    max_bits: positiveCount.max(32).default(12).describe('Largest width in bits.'),
    rate: positive.default(100).describe('How many times faster than a weight a number of bits moves.'),
  }),
});
