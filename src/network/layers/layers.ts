/**
 * A floating-point network of layers as generators have them, without its weights: a graph of records, each reading earlier layers or inputs.
 * Layers, padding and weight layouts mean what they mean in Keras (channels last); shapes are those of one event.
 */
import type { Padding, Strides, ValueShape } from '../shape.js';

/** What the network is fed. */
export interface LayerInput {
  /** Unique among inputs and layers. */
  readonly name: string;
  readonly shape: ValueShape;
  /** One for each value, where they are known: `GeV`, `cm`, `e`. */
  readonly units?: readonly string[];
}

/**
 * Under the names of Keras 3, with the numbers that a name alone means there. Element by element, but for `softmax` and `log_softmax`, which are over
 * the last axis. Keras 2 means something else by `hard_sigmoid`: that has a name of its own.
 */
export const activations = [
  'linear',
  'relu',
  'relu6',
  'leaky_relu',
  'elu',
  'selu',
  'exponential',
  'sigmoid',
  'tanh',
  'softplus',
  'softsign',
  'swish',
  'softmax',
  'gelu',
  'mish',
  'hard_sigmoid',
  'hard_sigmoid_keras2',
  'hard_silu',
  'hard_tanh',
  'log_softmax',
  'log_sigmoid',
  'tanh_shrink',
  'soft_shrink',
  'hard_shrink',
  'squareplus',
  'sparse_plus',
  'sparse_sigmoid',
] as const;
export type Activation = (typeof activations)[number];

interface Placed {
  /** Unique among inputs and layers. */
  readonly name: string;
  /** Names of earlier layers or of inputs; one, except for `concatenate` and the kinds of `Merge`. */
  readonly inputs: readonly string[];
}

/** `activation(x kernel + bias)` on the last axis. Weights: kernel [inputs, units], bias [units]. */
export interface Dense extends Placed {
  readonly kind: 'dense';
  readonly units: number;
  readonly hasBias: boolean;
  readonly activation: Activation;
}

/** `valid`: no zeros around; `same`: so many that the result is as large as the image divided by the stride, rounded up; an odd one after. */
export type PaddingMode = 'valid' | 'same';

interface Convolution extends Placed {
  readonly filters: number;
  /** Height, width. */
  readonly kernelSize: readonly [number, number];
  readonly strides: Strides;
  /** Rows and columns from one element of the kernel to the next; absent: 1, 1. */
  readonly dilation?: readonly [number, number];
  readonly padding: PaddingMode;
  readonly hasBias: boolean;
  readonly activation: Activation;
}

/** Cross-correlation. Weights: kernel [height, width, channels, filters], bias [filters]. */
export interface Conv2d extends Convolution {
  readonly kind: 'conv2d';
}

/**
 * What the gradient of a convolution does: `same` gives image * stride, `valid` image * stride + max(kernel - stride, 0).
 * Weights: kernel [height, width, filters, channels], bias [filters].
 */
export interface Conv2dTranspose extends Convolution {
  readonly kind: 'conv2d_transpose';
  /** Rows and columns beyond the smallest result; absent: `same` and `valid` as said above. */
  readonly outputPadding?: readonly [number, number];
}

/** Every pixel `factors` times down and across; `bilinear` draws lines between the middles of pixels, level beyond the outermost. */
export interface UpSampling2d extends Placed {
  readonly kind: 'up_sampling2d';
  readonly factors: readonly [number, number];
  /** Absent: pixels are repeated. */
  readonly interpolation?: 'bilinear';
}

/** Zeros around every image. */
export interface ZeroPadding2d extends Placed {
  readonly kind: 'zero_padding2d';
  readonly padding: Padding;
}

/** So many rows and columns less: top, bottom, left, right. */
export interface Cropping2d extends Placed {
  readonly kind: 'cropping2d';
  readonly cropping: Padding;
}

/**
 * `(x - mean) / sqrt(variance + epsilon) * gamma + beta` for each channel (last axis). Weights [channels]: gamma, beta (where it has them),
 * moving_mean, moving_variance.
 */
export interface BatchNormalisation extends Placed {
  readonly kind: 'batch_normalisation';
  /** Share of the old moving statistics that stays at each training step. */
  readonly momentum: number;
  readonly epsilon: number;
  readonly hasScale: boolean;
  readonly hasCentre: boolean;
}

/** `x` where it is positive, `slope * x` elsewhere. */
export interface LeakyRelu extends Placed {
  readonly kind: 'leaky_relu';
  readonly slope: number;
}

/** `x` where it is positive, `alpha * (exp(x) - 1)` elsewhere. */
export interface Elu extends Placed {
  readonly kind: 'elu';
  readonly alpha: number;
}

/** `x` where it is positive, `alpha * x` elsewhere. Weights: alpha, of the shape of an event, but 1 long along the shared axes. */
export interface Prelu extends Placed {
  readonly kind: 'prelu';
  /** Of one event: 0 is the first axis after the batch. */
  readonly sharedAxes: readonly number[];
}

/** `min(x, maxValue)` where `x >= threshold`, `slope * (x - threshold)` elsewhere. */
export interface Relu extends Placed {
  readonly kind: 'relu';
  readonly slope: number;
  readonly threshold: number;
  /** Absent: no limit. */
  readonly maxValue?: number;
}

export interface Reshape extends Placed {
  readonly kind: 'reshape';
  /** Without the batch; every length given. */
  readonly shape: ValueShape;
}

export interface Flatten extends Placed {
  readonly kind: 'flatten';
}

export interface Concatenate extends Placed {
  readonly kind: 'concatenate';
  /** Of one event: 0 is the first axis after the batch. */
  readonly axis: number;
}

export const mergeKinds = ['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum'] as const;

/** Element by element; where one has length 1 along an axis, its element meets all those of the others. `subtract` reads two. */
export interface Merge extends Placed {
  readonly kind: (typeof mergeKinds)[number];
}

/** Axis `i` of the result is axis `order[i]` of what is read; 0 is the first axis after the batch. */
export interface Permute extends Placed {
  readonly kind: 'permute';
  readonly order: readonly number[];
}

/** The values of a vector as rows of a table, `count` times the same. */
export interface RepeatVector extends Placed {
  readonly kind: 'repeat_vector';
  readonly count: number;
}

/** `x * scale + offset`: one number each, or one for each element of the last axis. */
export interface Rescaling extends Placed {
  readonly kind: 'rescaling';
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** `(x - mean) / max(sqrt(variance), 1e-7)`, by the values seen before training. Weights [channels] (last axis): mean, variance. */
export interface Normalisation extends Placed {
  readonly kind: 'normalisation';
}

/**
 * `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, by mean and variance of the values along the last axis. Weights [channels]: gamma, beta
 * (where it has them).
 */
export interface LayerNormalisation extends Placed {
  readonly kind: 'layer_normalisation';
  readonly epsilon: number;
  readonly hasScale: boolean;
  readonly hasCentre: boolean;
}

export type Reduction = 'average' | 'max';

/** One pixel for each block of `size` pixels; what is left over at the right and below is cut off. */
export interface Pooling2d extends Placed {
  readonly kind: 'pooling2d';
  readonly reduction: Reduction;
  /** Height, width. */
  readonly size: readonly [number, number];
}

/** One pixel for the whole image: [channels], or [1, 1, channels]. */
export interface GlobalPooling2d extends Placed {
  readonly kind: 'global_pooling2d';
  readonly reduction: Reduction;
  readonly keepsAxes: boolean;
}

export interface ActivationLayer extends Placed {
  readonly kind: 'activation';
  readonly activation: Activation;
}

/** In training a share `rate` of the values is 0 and the others are divided by 1 - rate; else it changes nothing. */
export interface Dropout extends Placed {
  readonly kind: 'dropout';
  readonly rate: number;
}

export type Layer =
  | Dense
  | Conv2d
  | Conv2dTranspose
  | UpSampling2d
  | ZeroPadding2d
  | Cropping2d
  | BatchNormalisation
  | LeakyRelu
  | Elu
  | Prelu
  | Relu
  | Reshape
  | Flatten
  | Concatenate
  | Merge
  | Permute
  | RepeatVector
  | Rescaling
  | Normalisation
  | LayerNormalisation
  | Pooling2d
  | GlobalPooling2d
  | ActivationLayer
  | Dropout;

export interface LayerNetwork {
  readonly name: string;
  /** In the order in which they are fed. */
  readonly inputs: readonly LayerInput[];
  /** Each after those that it reads. */
  readonly layers: readonly Layer[];
  /** Names of layers (or inputs), in the order in which they are given. */
  readonly outputs: readonly string[];
}

export interface WeightTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** By `layer/part`: `dense/kernel`, `bn/gamma`, `bn/beta`, `bn/moving_mean`, `bn/moving_variance`. */
export type LayerWeights = ReadonlyMap<string, WeightTensor>;
