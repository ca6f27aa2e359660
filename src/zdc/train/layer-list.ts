/** Layers as a configuration lists them, with the names and defaults of Keras, and the records they stand for. */
import { z } from 'zod';
import { activations, type Layer } from '../../network/layers/layers.js';

const count = z.int().min(1);
/** One number for both, or [height, width]. */
const pair = z.union([count, z.tuple([count, count])]);
const activation = z.enum(activations).default('linear');
const convolution = {
  filters: count,
  kernel_size: pair,
  strides: pair.default(1),
  padding: z.enum(['valid', 'same']).default('valid'),
  use_bias: z.boolean().default(true),
  activation,
};
const share = z.number().min(0).lt(1);

/** `{layer: Conv2D, filters: 32, kernel_size: 4, strides: 2, padding: same}` */
export const layerSchema = z.discriminatedUnion('layer', [
  z.strictObject({ layer: z.literal('Dense'), units: count, use_bias: z.boolean().default(true), activation }),
  z.strictObject({ layer: z.literal('Conv2D'), ...convolution }),
  z.strictObject({ layer: z.literal('Conv2DTranspose'), ...convolution }),
  z.strictObject({ layer: z.literal('UpSampling2D'), size: pair.default(2) }),
  z.strictObject({
    layer: z.literal('BatchNormalization'),
    momentum: share.default(0.99),
    epsilon: z.number().positive().default(1e-3),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
  }),
  z.strictObject({ layer: z.literal('LeakyReLU'), negative_slope: z.number().default(0.3) }),
  z.strictObject({ layer: z.literal('ReLU') }),
  z.strictObject({ layer: z.literal('Activation'), activation: z.enum(activations) }),
  z.strictObject({ layer: z.literal('Reshape'), target_shape: z.array(count).min(1) }),
  z.strictObject({ layer: z.literal('Flatten') }),
  /** Joins the scaled conditions to flat values. */
  z.strictObject({ layer: z.literal('Concatenate'), with: z.literal('conditions') }),
  z.strictObject({ layer: z.literal('Dropout'), rate: share }),
]);
export type ListedLayer = z.output<typeof layerSchema>;
/** As a user writes it: what has a default may be absent. */
export type GivenLayer = z.input<typeof layerSchema>;

/** What a `Concatenate` joins. */
export const conditionsInput = 'conditions';

/**
 * The records of a chain of layers, each reading the one before.
 * @param first name of what the first of them reads
 */
export function chainOf(list: readonly ListedLayer[], first: string): readonly Layer[] {
  const uses = new Map<string, number>();
  const layers: Layer[] = [];
  for (const listed of list) {
    const stem = stems[listed.layer];
    const used = uses.get(stem) ?? 0;
    uses.set(stem, used + 1);
    const name = used === 0 ? stem : `${stem}_${used}`;
    layers.push(layerOf(listed, name, layers.at(-1)?.name ?? first));
  }
  return layers;
}

/** As Keras numbers them: conv2d, conv2d_1, ... */
const stems: Readonly<Record<ListedLayer['layer'], string>> = {
  Dense: 'dense',
  Conv2D: 'conv2d',
  Conv2DTranspose: 'conv2d_transpose',
  UpSampling2D: 'up_sampling2d',
  BatchNormalization: 'batch_normalization',
  LeakyReLU: 'leaky_re_lu',
  ReLU: 're_lu',
  Activation: 'activation',
  Reshape: 'reshape',
  Flatten: 'flatten',
  Concatenate: 'concatenate',
  Dropout: 'dropout',
};

function layerOf(listed: ListedLayer, name: string, from: string): Layer {
  const placed = { name, inputs: [from] };
  switch (listed.layer) {
    case 'Dense':
      return {
        kind: 'dense',
        ...placed,
        units: listed.units,
        hasBias: listed.use_bias,
        activation: listed.activation,
      };
    case 'Conv2D':
    case 'Conv2DTranspose':
      return {
        kind: listed.layer === 'Conv2D' ? 'conv2d' : 'conv2d_transpose',
        ...placed,
        filters: listed.filters,
        kernelSize: both(listed.kernel_size),
        strides: both(listed.strides),
        padding: listed.padding,
        hasBias: listed.use_bias,
        activation: listed.activation,
      };
    case 'UpSampling2D':
      return { kind: 'up_sampling2d', ...placed, factors: both(listed.size) };
    case 'BatchNormalization':
      return {
        kind: 'batch_normalisation',
        ...placed,
        momentum: listed.momentum,
        epsilon: listed.epsilon,
        hasScale: listed.scale,
        hasCentre: listed.center,
      };
    case 'LeakyReLU':
      return { kind: 'leaky_relu', ...placed, slope: listed.negative_slope };
    case 'ReLU':
      return { kind: 'relu', ...placed, slope: 0, threshold: 0 };
    case 'Activation':
      return { kind: 'activation', ...placed, activation: listed.activation };
    case 'Reshape':
      return { kind: 'reshape', ...placed, shape: listed.target_shape };
    case 'Flatten':
      return { kind: 'flatten', ...placed };
    case 'Concatenate':
      return { kind: 'concatenate', name, inputs: [from, conditionsInput], axis: 0 };
    case 'Dropout':
      return { kind: 'dropout', ...placed, rate: listed.rate };
  }
}

function both(size: number | readonly [number, number]): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}
