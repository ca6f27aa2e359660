/** What an autoencoder to be trained is: stages in order, every shape and every quantiser resolved. */
import type { Format } from '../fixed/format.js';
import { layersIn, type ScoreExpression } from './score/expression.js';
import type { Padding, Strides, ValueShape } from './shape.js';

/** How a tensor is quantised; tensors without one are floating point. */
export interface Quantiser {
  readonly format: Format;
  /** Present when the fraction bits are trained: from `fewest` to `most`; I and the modes of `format` stay, W = I + F. */
  readonly learned?: { readonly fewest: number; readonly most: number; readonly initial: number };
}

/** `result(x * kernel + bias)`. */
interface Weighted {
  /** Unique. */
  readonly name: string;
  /** Of one event. */
  readonly inputShape: ValueShape;
  readonly outputShape: ValueShape;
  /** Dense: [inputs, outputs]; convolution: [height, width, channels, filters]. */
  readonly kernelShape: ValueShape;
  /** Batch normalisation of the sums, folded into kernel and bias before they are quantised. There is no bias of its own then. */
  readonly hasBatchNorm: boolean;
  readonly kernel?: Quantiser;
  readonly bias?: Quantiser;
  /** Without one the sums go on as they are. */
  readonly result?: Quantiser;
}

/** Reads its input flat. */
export interface DenseStage extends Weighted {
  readonly kind: 'dense';
}

export interface Conv2dStage extends Weighted {
  readonly kind: 'conv2d';
  readonly strides: Strides;
  readonly padding: Padding;
}

/** `result(max(x, 0))`. */
export interface ReluStage {
  readonly kind: 'relu';
  readonly name: string;
  readonly outputShape: ValueShape;
  readonly result?: Quantiser;
}

export type WeightedStage = DenseStage | Conv2dStage;
export type Stage = WeightedStage | ReluStage;

export interface Architecture {
  readonly kind: 'AE' | 'VAE';
  /** Numbers of one event. */
  readonly features: number;
  /** How the first stage sees them: [features] or [height, width, channels]. */
  readonly inputShape: ValueShape;
  readonly input?: Quantiser;
  /** Hidden stages of the encoder. */
  readonly encoder: readonly Stage[];
  /** The latent vector: an AE's, or the mean of a VAE's. */
  readonly latent: DenseStage;
  /** VAE only. */
  readonly logVariance?: DenseStage;
  readonly decoder: readonly Stage[];
  readonly score: ArchitectureScore;
}

export interface ArchitectureScore {
  /** Squares of the latent vector, or of the difference between reconstruction and quantised input, summed; or what the user wrote. */
  readonly kind: 'sum-of-squares' | 'sum-of-squared-difference' | 'expression';
  /** The same for all kinds, of stages and `input`: computed exactly, then cast to `format` where there is one. */
  readonly expression: ScoreExpression;
  /** As a description has it, for what the user wrote. */
  readonly text?: string;
  readonly format?: Format;
}

/** Every stage that runs in the firmware, in order: to the latent vector, or to the reconstruction where the score reads the decoder. */
export function deployedStages({ encoder, latent, decoder, score }: Architecture): readonly Stage[] {
  const read = layersIn(score.expression);
  return decoder.some(({ name }) => read.has(name)) ? [...encoder, latent, ...decoder] : [...encoder, latent];
}

/** Every stage, in order. */
export function allStages({ encoder, latent, logVariance, decoder }: Architecture): readonly Stage[] {
  return [...encoder, latent, ...(logVariance === undefined ? [] : [logVariance]), ...decoder];
}

/** How many products a weighted stage adds up for one of its results. */
export function fanInOf(stage: WeightedStage): number {
  return stage.kernelShape.slice(0, -1).reduce((product, length) => product * length, 1);
}

/** How many multiplications a weighted stage does for one event. */
export function multiplicationsOf(stage: WeightedStage): number {
  return fanInOf(stage) * stage.outputShape.reduce((product, length) => product * length, 1);
}
