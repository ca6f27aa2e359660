/** Layer networks from outside: JSON is one, or the schema says why not. */
import { z } from 'zod';
import { activations, type LayerNetwork, mergeKinds } from './layers.js';

const placed = { name: z.string(), inputs: z.array(z.string()) };
const pair = z.tuple([z.number(), z.number()]);
const sides = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const activation = z.enum(activations);
const reduction = z.enum(['average', 'max']);
const convolution = {
  ...placed,
  filters: z.number(),
  kernelSize: pair,
  strides: pair,
  dilation: pair.exactOptional(),
  padding: z.enum(['valid', 'same']),
  hasBias: z.boolean(),
  activation,
};

const layer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dense'), ...placed, units: z.number(), hasBias: z.boolean(), activation }),
  z.strictObject({ kind: z.literal('conv2d'), ...convolution }),
  z.strictObject({ kind: z.literal('conv2d_transpose'), ...convolution, outputPadding: pair.exactOptional() }),
  z.strictObject({
    kind: z.literal('up_sampling2d'),
    ...placed,
    factors: pair,
    interpolation: z.literal('bilinear').exactOptional(),
  }),
  z.strictObject({ kind: z.literal('zero_padding2d'), ...placed, padding: sides }),
  z.strictObject({ kind: z.literal('cropping2d'), ...placed, cropping: sides }),
  z.strictObject({
    kind: z.literal('batch_normalisation'),
    ...placed,
    momentum: z.number(),
    epsilon: z.number(),
    hasScale: z.boolean(),
    hasCentre: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('leaky_relu'), ...placed, slope: z.number() }),
  z.strictObject({ kind: z.literal('elu'), ...placed, alpha: z.number() }),
  z.strictObject({ kind: z.literal('prelu'), ...placed, sharedAxes: z.array(z.number()) }),
  z.strictObject({
    kind: z.literal('relu'),
    ...placed,
    slope: z.number(),
    threshold: z.number(),
    maxValue: z.number().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('reshape'), ...placed, shape: z.array(z.number()) }),
  z.strictObject({ kind: z.literal('flatten'), ...placed }),
  z.strictObject({ kind: z.literal('concatenate'), ...placed, axis: z.number() }),
  z.strictObject({ kind: z.enum(mergeKinds), ...placed }),
  z.strictObject({ kind: z.literal('permute'), ...placed, order: z.array(z.number()) }),
  z.strictObject({ kind: z.literal('repeat_vector'), ...placed, count: z.number() }),
  z.strictObject({
    kind: z.literal('rescaling'),
    ...placed,
    scale: z.array(z.number()),
    offset: z.array(z.number()),
  }),
  z.strictObject({ kind: z.literal('normalisation'), ...placed }),
  z.strictObject({
    kind: z.literal('layer_normalisation'),
    ...placed,
    epsilon: z.number(),
    hasScale: z.boolean(),
    hasCentre: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('pooling2d'), ...placed, reduction, size: pair }),
  z.strictObject({ kind: z.literal('global_pooling2d'), ...placed, reduction, keepsAxes: z.boolean() }),
  z.strictObject({ kind: z.literal('activation'), ...placed, activation }),
  z.strictObject({ kind: z.literal('dropout'), ...placed, rate: z.number() }),
]);

const input = z.strictObject({
  name: z.string(),
  shape: z.array(z.number()),
  units: z.array(z.string()).exactOptional(),
});

/** The structure alone; whether its layers go together, `layerShapes` says. */
export const layerNetworkSchema: z.ZodType<LayerNetwork> = z.strictObject({
  name: z.string(),
  inputs: z.array(input),
  layers: z.array(layer),
  outputs: z.array(z.string()),
});
