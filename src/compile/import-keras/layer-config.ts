/** What the configuration of one Keras layer may say: a schema for each class that is imported, and the layers that it stands for. */
import { z } from 'zod';
import type { Activation, Merge, Reduction } from '../../network/layers/layers.js';
import { isSameShape, type Padding, printValueShape, type ValueShape } from '../../network/shape.js';
import { activationNamed } from './activation-name.js';
import {
  type BareLayer,
  type Converted,
  type Converter,
  reader,
  type Surroundings,
  Unsupported,
} from './layer-reader.js';

const whole = z.int().min(1);
/** One number for both axes, or two. */
const pair = z
  .union([whole, z.tuple([whole, whole])])
  .transform((size): readonly [number, number] => (typeof size === 'number' ? [size, size] : size));
const count = z.int().min(0);
const countPair = z
  .union([count, z.tuple([count, count])])
  .transform((size): readonly [number, number] => (typeof size === 'number' ? [size, size] : size));
/** One number for all sides, (rows, columns), or ((top, bottom), (left, right)). */
const sides = z
  .union([count, z.tuple([count, count]), z.tuple([z.tuple([count, count]), z.tuple([count, count])])])
  .transform((given): Padding => {
    const [rows, columns] = typeof given === 'number' ? [given, given] : given;
    const both = (side: number | [number, number]): [number, number] =>
      typeof side === 'number' ? [side, side] : side;
    return [...both(rows), ...both(columns)];
  });
/** One, or one for each element of the last axis. */
const numbers = z
  .union([z.number(), z.array(z.number())])
  .transform((given): readonly number[] => (typeof given === 'number' ? [given] : given));
const channelsLast = z.literal('channels_last').nullish();
const flag = z.boolean().default(true);

const convolution = {
  filters: whole,
  kernel_size: pair,
  strides: pair.default([1, 1]),
  padding: z.enum(['valid', 'same']).default('valid'),
  data_format: channelsLast,
  dilation_rate: pair.nullish(),
  use_bias: flag,
  activation: z.unknown().optional(),
};

const oneAxis = z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]).default(-1);
const conv2dSchema = z.looseObject({ ...convolution, groups: z.literal(1).nullish() });
const conv2dTransposeSchema = z.looseObject({ ...convolution, output_padding: countPair.nullish() });

const converters = {
  Dense: reader(
    z.looseObject({ units: whole, use_bias: flag, activation: z.unknown().optional() }),
    ({ units, use_bias, activation }, { keras }) =>
      activated(activation, keras, (inline) => ({ kind: 'dense', units, hasBias: use_bias, activation: inline })),
  ),
  Conv2D: reader(conv2dSchema, (config, { keras }) =>
    activated(config.activation, keras, (inline) => ({ kind: 'conv2d', ...convolved(config, inline) })),
  ),
  Conv2DTranspose: reader(conv2dTransposeSchema, (config, { keras }) =>
    activated(config.activation, keras, (inline) => ({
      kind: 'conv2d_transpose',
      ...convolved(config, inline),
      ...(config.output_padding ? { outputPadding: config.output_padding } : {}),
    })),
  ),
  UpSampling2D: reader(
    z.looseObject({
      size: pair.default([2, 2]),
      data_format: channelsLast,
      interpolation: z.enum(['nearest', 'bilinear']).nullish(),
    }),
    ({ size, interpolation }) => [
      { kind: 'up_sampling2d', factors: size, ...(interpolation === 'bilinear' ? { interpolation } : {}) },
    ],
  ),
  ZeroPadding2D: reader(z.looseObject({ padding: sides, data_format: channelsLast }), ({ padding }) => [
    { kind: 'zero_padding2d', padding },
  ]),
  Cropping2D: reader(z.looseObject({ cropping: sides, data_format: channelsLast }), ({ cropping }) => [
    { kind: 'cropping2d', cropping },
  ]),
  BatchNormalization: reader(
    z.looseObject({
      axis: oneAxis,
      momentum: z.number().default(0.99),
      epsilon: z.number().default(1e-3),
      scale: flag,
      center: flag,
      renorm: z.literal(false).nullish(),
    }),
    ({ axis, momentum, epsilon, scale, center }, { read: [shape] }) => {
      checkLastAxis(axis, shape);
      return [{ kind: 'batch_normalisation', momentum, epsilon, hasScale: scale, hasCentre: center }];
    },
  ),
  LeakyReLU: reader(
    // Keras 2 calls it alpha.
    z.looseObject({ negative_slope: z.number().optional(), alpha: z.number().optional() }),
    ({ negative_slope, alpha }) => [{ kind: 'leaky_relu', slope: negative_slope ?? alpha ?? 0.3 }],
  ),
  ReLU: reader(
    z.looseObject({
      max_value: z.number().min(0).nullish(),
      negative_slope: z.number().min(0).nullish(),
      threshold: z.number().min(0).nullish(),
    }),
    ({ max_value, negative_slope, threshold }) => [
      {
        kind: 'relu',
        slope: negative_slope ?? 0,
        threshold: threshold ?? 0,
        ...(typeof max_value === 'number' ? { maxValue: max_value } : {}),
      },
    ],
  ),
  ELU: reader(z.looseObject({ alpha: z.number().default(1) }), ({ alpha }) => [{ kind: 'elu', alpha }]),
  PReLU: reader(z.looseObject({ shared_axes: z.array(whole).nullish() }), ({ shared_axes }) => [
    { kind: 'prelu', sharedAxes: (shared_axes ?? []).map((axis) => axis - 1) },
  ]),
  Softmax: reader(z.looseObject({ axis: oneAxis }), ({ axis }, { read: [shape] }) => {
    checkLastAxis(axis, shape);
    return [{ kind: 'activation', activation: 'softmax' }];
  }),
  Reshape: reader(
    z.looseObject({ target_shape: z.array(z.int().min(-1)).min(1) }),
    ({ target_shape }, { read: [shape] }) =>
      shape === undefined ? [] : [{ kind: 'reshape', shape: withoutUnknown(target_shape, shape) }],
  ),
  Flatten: reader(z.looseObject({ data_format: channelsLast }), () => [{ kind: 'flatten' }]),
  Concatenate: reader(z.looseObject({ axis: z.int().default(-1) }), ({ axis }, { read: [shape] }) => {
    if (shape === undefined) return [];
    const eventAxis = axis < 0 ? axis + shape.length : axis - 1;
    if (eventAxis < 0) throw new Unsupported(`joins along axis ${axis}, which is that of the batch`);
    return [{ kind: 'concatenate', axis: eventAxis }];
  }),
  Add: merge('add'),
  Subtract: merge('subtract'),
  Multiply: merge('multiply'),
  Average: merge('average'),
  Maximum: merge('maximum'),
  Minimum: merge('minimum'),
  Permute: reader(z.looseObject({ dims: z.array(whole) }), ({ dims }) => [
    { kind: 'permute', order: dims.map((axis) => axis - 1) },
  ]),
  RepeatVector: reader(z.looseObject({ n: whole }), ({ n }) => [{ kind: 'repeat_vector', count: n }]),
  Rescaling: reader(z.looseObject({ scale: numbers, offset: numbers.default([0]) }), ({ scale, offset }) => [
    { kind: 'rescaling', scale, offset },
  ]),
  Normalization: reader(
    // Mean and variance that are given and not taken from data are no weights.
    z.looseObject({
      axis: oneAxis,
      invert: z.literal(false).nullish(),
      mean: z.null().optional(),
      variance: z.null().optional(),
    }),
    ({ axis }, { read: [shape] }) => {
      checkLastAxis(axis, shape);
      return [{ kind: 'normalisation' }];
    },
  ),
  LayerNormalization: reader(
    z.looseObject({
      axis: oneAxis,
      epsilon: z.number().default(1e-3),
      scale: flag,
      center: flag,
      rms_scaling: z.literal(false).nullish(),
    }),
    ({ axis, epsilon, scale, center }, { read: [shape] }) => {
      checkLastAxis(axis, shape);
      return [{ kind: 'layer_normalisation', epsilon, hasScale: scale, hasCentre: center }];
    },
  ),
  AveragePooling2D: pooling('average'),
  MaxPooling2D: pooling('max'),
  GlobalAveragePooling2D: globalPooling('average'),
  GlobalMaxPooling2D: globalPooling('max'),
  Activation: reader(z.looseObject({ activation: z.unknown().optional() }), ({ activation }, { keras }) => [
    activationLayer(activation, keras),
  ]),
  Dropout: reader(z.looseObject({ rate: z.number().min(0).lt(1) }), ({ rate }) => [{ kind: 'dropout', rate }]),
  Identity: reader(z.looseObject({}), () => [{ kind: 'activation', activation: 'linear' }]),
} as const satisfies Readonly<Record<string, Converter>>;

type ClassName = keyof typeof converters;

/** Classes that do the same, or nothing once training is over. */
const otherNames: Readonly<Record<string, ClassName>> = {
  Convolution2D: 'Conv2D',
  Convolution2DTranspose: 'Conv2DTranspose',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  SyncBatchNormalization: 'BatchNormalization',
  ActivityRegularization: 'Identity',
  AlphaDropout: 'Identity',
  GaussianDropout: 'Identity',
  GaussianNoise: 'Identity',
  SpatialDropout2D: 'Identity',
};

const supportedClasses: readonly string[] = Object.keys(converters);

/** @throws Unsupported */
export function convertLayer(className: string, config: unknown, surroundings: Surroundings): Converted {
  const known = otherNames[className] ?? className;
  if (!Object.hasOwn(converters, known))
    throw new Unsupported(`is a ${className} layer, which is not imported; these are: ${supportedClasses.join(', ')}`);
  return converters[known as ClassName](config, surroundings);
}

/** Keras 3 writes `x * y` as a layer of this class too, and its mean of one tensor as an `Average` with an axis. */
function merge(kind: Merge['kind']): Converter {
  return reader(z.looseObject({ axis: z.never().optional() }), () => [{ kind }]);
}

function pooling(reduction: Reduction): Converter {
  const schema = z.looseObject({
    pool_size: pair.default([2, 2]),
    strides: pair.nullish(),
    padding: z.enum(['valid', 'same']).default('valid'),
    data_format: channelsLast,
  });
  return reader(schema, ({ pool_size: size, strides, padding }, { read: [shape] }) => {
    if (strides && !isSameShape(strides, size))
      throw new Unsupported(`has strides of ${strides.join(' x ')}, where only those of its pool size are imported`);
    if (padding === 'same' && shape !== undefined && size.some((length, axis) => shape[axis]! % length !== 0))
      throw new Unsupported(
        `pads images of ${printValueShape(shape)} to blocks of ${size.join(' x ')}, which is not imported`,
      );
    return [{ kind: 'pooling2d', reduction, size }];
  });
}

function globalPooling(reduction: Reduction): Converter {
  const schema = z.looseObject({ keepdims: z.boolean().default(false), data_format: channelsLast });
  return reader(schema, ({ keepdims }) => [{ kind: 'global_pooling2d', reduction, keepsAxes: keepdims }]);
}

/** What both kinds of convolution say. */
function convolved(config: z.output<typeof conv2dSchema | typeof conv2dTransposeSchema>, activation: Activation) {
  const { filters, kernel_size, strides, padding, use_bias, dilation_rate } = config;
  return {
    filters,
    kernelSize: kernel_size,
    strides,
    ...(dilation_rate?.some((rate) => rate !== 1) ? { dilation: dilation_rate } : {}),
    padding,
    hasBias: use_bias,
    activation,
  };
}

/** An activation that is a layer with numbers of its own follows as a layer. */
function activated(
  activation: unknown,
  keras: Surroundings['keras'],
  make: (inline: Activation) => BareLayer,
): Converted {
  const after = activationLayer(activation, keras);
  return after.kind === 'activation' ? [make(after.activation)] : [make('linear'), after];
}

/** Keras wrote functions by their name, later as `{class_name: 'function', config: name}`, layers as themselves. */
function activationLayer(activation: unknown, keras: Surroundings['keras']): BareLayer {
  if (activation === null || activation === undefined) return { kind: 'activation', activation: 'linear' };
  if (typeof activation === 'string') return { kind: 'activation', activation: activationNamed(activation, keras) };
  const { class_name: className, config } = activation as { readonly class_name?: unknown; readonly config?: unknown };
  if (className === 'function') return activationLayer(config, keras);
  if (typeof className === 'string' && ['LeakyReLU', 'ReLU', 'ELU'].includes(className))
    return convertLayer(className, config, { read: [], keras })[0]!;
  throw new Unsupported(`has the activation ${JSON.stringify(activation)}, which is not imported`);
}

/** @param axis counts the batch */
function checkLastAxis(axis: number, shape: ValueShape | undefined): void {
  if (axis !== -1 && shape !== undefined && axis !== shape.length)
    throw new Unsupported(`works along axis ${axis}, where only the last one is imported (channels last)`);
}

/** The length that is left open (-1), worked out. */
function withoutUnknown(target: readonly number[], shape: ValueShape): ValueShape {
  const known = target.filter((length) => length !== -1).reduce((product, length) => product * length, 1);
  const values = shape.reduce((product, length) => product * length, 1);
  if (target.includes(-1) && values % known !== 0)
    throw new Unsupported(`makes [${target.join(', ')}] of ${values} values, which are no multiple of ${known}`);
  return target.map((length) => (length === -1 ? values / known : length));
}
