/** The artefact of a generator: networks that make images from noise and conditions, with all that their use needs. */
import type { LayerNetwork, LayerWeights } from '../network/layers/layers.js';

export interface TrainedNetwork {
  readonly network: LayerNetwork;
  readonly weights: LayerWeights;
}

/** `(value - mean) / scale` is what the networks are fed: one of each for every condition. */
export interface ConditionScaler {
  readonly means: readonly number[];
  readonly scales: readonly number[];
}

export interface GeneratorCondition {
  readonly name: string;
  readonly unit: string;
}

export interface GeneratorArtefact {
  readonly name: string;
  /** Whose images they are, where that is known: 44 x 44 of the neutron, 56 x 30 of the proton calorimeter. */
  readonly calorimeter?: 'ZN' | 'ZP';
  /** Noise and conditions to the image. */
  readonly decoder: TrainedNetwork;
  /** Image and conditions to the latent vector: mean, logarithm of the variance. */
  readonly encoder?: TrainedNetwork;
  /** Absent: not known; the conditions have to be scaled before all the same. */
  readonly scaler?: ConditionScaler;
  /** In the order in which they are fed. */
  readonly conditions: readonly GeneratorCondition[];
  /** The configuration of the training run, JSON text. */
  readonly configuration?: string;
  /** Where the weights come from: `axoc 1.0.0`, `keras 2.14.0, decoder.h5`. */
  readonly source: string;
}
