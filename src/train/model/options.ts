/** What a user chooses about a model: plain, serialisable records, with the defaults of the deployed trigger. */
import type { QuantiserText } from '../../network/quantiser.js';

/** `y = x * kernel + bias`, cast to `result` when that is given; otherwise the exact sums go on. */
export interface DenseOptions {
  readonly kind: 'dense';
  readonly units: number;
  /** Default: `encoder1`, `encoder2`, ... or `decoder1`, ... */
  readonly name?: string;
  readonly kernel?: QuantiserText;
  readonly bias?: QuantiserText;
  readonly result?: QuantiserText;
}

export interface Conv2dOptions {
  readonly kind: 'conv2d';
  readonly filters: number;
  /** Height, width. */
  readonly size: readonly [number, number];
  /** Vertical, horizontal; default [1, 1]. */
  readonly strides?: readonly [number, number];
  /** `same` (ceil(length / stride) outputs, zeros around, the odd one after) or `valid`; default `valid`. */
  readonly padding?: 'same' | 'valid';
  readonly name?: string;
  readonly kernel?: QuantiserText;
  readonly bias?: QuantiserText;
  readonly result?: QuantiserText;
}

/** Right after a dense or conv2d layer; in quantised layers it is folded into the kernel before that is quantised. */
export interface BatchNormOptions {
  readonly kind: 'batch_norm';
}

export interface ReluOptions {
  readonly kind: 'relu';
  /** Default: the layer it follows, with `_relu`. */
  readonly name?: string;
  readonly result?: QuantiserText;
}

/** [height, width, channels] to a row, in this order; a dense layer does it by itself. */
export interface FlattenOptions {
  readonly kind: 'flatten';
}

export type LayerOptions = DenseOptions | Conv2dOptions | BatchNormOptions | ReluOptions | FlattenOptions;

export const initialisers = ['lecun_uniform', 'glorot_uniform', 'he_uniform'] as const;
export type Initialiser = (typeof initialisers)[number];

/** Scores that have a name. */
export const scoreKinds = ['sum-of-squares', 'sum-of-squared-difference'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

/** Numbers of fraction bits that are trained with the weights, one for each tensor. */
export interface LearnedBitsOptions {
  /** Kernels of the quantised layers. */
  readonly weights: boolean;
  /** Outputs of their ReLUs. */
  readonly activations: boolean;
  /** Fewest and most bits (the width W, sign included) a tensor can get. */
  readonly minimum: number;
  readonly maximum: number;
  /** Bits at the start; default: those of the tensor's quantiser. */
  readonly initial?: number;
  /** Added to the loss: this times the bit operations, the sum over all multiplications of weight bits times input bits. */
  readonly penalty: number;
  /** How many times faster than a weight a number of bits moves for the same gradient step. */
  readonly rate: number;
}

export interface ModelOptions {
  /** VAE: the encoder up to the latent mean is deployed. AE: encoder and decoder are. */
  readonly kind: 'AE' | 'VAE';
  /** Numbers of one event. */
  readonly features: number;
  /** [height, width, channels] of an event for conv2d layers; row-major, `features` in all. */
  readonly inputShape?: readonly [number, number, number];
  /** Hidden layers; the latent layers follow by themselves. */
  readonly encoder: readonly LayerOptions[];
  /** Length of the latent vector. */
  readonly latent: number;
  /** The last dense layer has `features` units. */
  readonly decoder: readonly LayerOptions[];
  readonly quantisers: {
    /** Of the inputs; a pair is quantized_bits. */
    readonly data: QuantiserText;
    /** A pair is quantized_bits. */
    readonly kernel: QuantiserText;
    /** A pair is quantized_bits. */
    readonly bias: QuantiserText;
    /** Of ReLU outputs; a pair is quantized_relu. */
    readonly activation: QuantiserText;
    /** Of the latent vectors, and of an AE's reconstruction; a pair is quantized_bits. */
    readonly latent: QuantiserText;
  };
  /** Tensor name -> quantiser, whatever is said elsewhere: `input`, `encoder1/kernel`, `encoder1_relu/result`, `score`. */
  readonly overrides?: Readonly<Record<string, QuantiserText>>;
  /** Of the kernels of quantised layers; the float decoder starts uniform in +-0.05. */
  readonly initialiser: Initialiser;
  readonly batchNorm: { readonly momentum: number; readonly epsilon: number };
  /**
   * Of the deployed network: squares of the latent vector, summed, or of the difference between reconstruction and input (AE only), or an
   * expression of `mu`, `input`, `reconstruction` (AE only) and the names of layers. Default: the second for an AE.
   */
  readonly scoreKind?: ScoreKind | { readonly expression: string };
  /** Type of the deployed score; `none`: as wide as the exact result. */
  readonly score: QuantiserText;
  readonly learnedBits?: LearnedBitsOptions;
}

/** The deployed v4 shape: 57-28-15-8, quantised as its firmware. */
export const defaultModelOptions: ModelOptions = {
  kind: 'VAE',
  features: 57,
  encoder: denseLayers([28, 15], false),
  latent: 8,
  decoder: decoderLayers([24, 32, 64, 128, 57], true),
  quantisers: { data: [8, 5], kernel: [6, 2], bias: [10, 6], activation: [10, 6], latent: [10, 6] },
  initialiser: 'lecun_uniform',
  batchNorm: { momentum: 0.99, epsilon: 1e-3 },
  score: 'none',
};

/** Every node list entry a dense layer with a ReLU. */
export function denseLayers(nodes: readonly number[], withBatchNorm: boolean): readonly LayerOptions[] {
  return nodes.flatMap((units): LayerOptions[] => [
    { kind: 'dense', units },
    ...(withBatchNorm ? [{ kind: 'batch_norm' } as const] : []),
    { kind: 'relu' },
  ]);
}

/** As `denseLayers`, the last entry linear. */
export function decoderLayers(nodes: readonly number[], withBatchNorm: boolean): readonly LayerOptions[] {
  const last = nodes.at(-1);
  if (last === undefined) return [];
  return [...denseLayers(nodes.slice(0, -1), withBatchNorm), { kind: 'dense', units: last }];
}
