/** The artefact of a training run: everything about one model, from its configuration to its thresholds. */
import type { Description } from '../network/description.js';

/** Rows of numbers of any shape, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A model as training has it: float weights, for training on and for inspection. */
export interface StoredModel {
  /** What the layers are, JSON text. */
  readonly layers: string;
  /** By name, `layer/part`: `encoder1/kernel`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** `x = (hardware value - bias) / scale` for each input. */
export interface Normalisation {
  /** Shape [objects, 3], as (pt, eta, phi). */
  readonly scale: readonly (readonly number[])[];
  readonly bias: readonly (readonly number[])[];
}

export interface StoredThreshold {
  /** Target rate in kHz. */
  readonly key: number;
  /** Of all events, or of those that no other Level-1 seed takes. */
  readonly kind: 'raw' | 'pure';
  /** An event passes when its score is above. */
  readonly value: number;
  /** What the firmware compares with: it passes when the score's raw integer is at least this. */
  readonly integer: bigint;
}

/** What one threshold keeps of each signal: fractions of its events. */
export interface ScoreTable {
  readonly signals: readonly string[];
  readonly axo: readonly number[];
  readonly pure?: Shares;
  readonly level1?: Shares;
  readonly ht?: Shares;
  readonly improvement?: Shares;
}

/** Undefined for signals whose events do not tell; where none do, the whole column is absent. */
export type Shares = readonly (number | undefined)[];

export interface Histogram {
  /** Edges, rising; one more than counts. */
  readonly bins: readonly number[];
  readonly counts: readonly number[];
}

export interface Artefact {
  /** The whole configuration of the run, JSON text. */
  readonly configuration: string;
  /** Name -> seed. */
  readonly seeds: Readonly<Record<string, number>>;
  /** Program -> version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Name of each object of an event, in the order of the inputs: MET, EGAMMA1, ... */
  readonly layout: readonly string[];
  readonly normalisation: Normalisation;
  /** The deployed network: input scaling, layers, types, score. Every weight lies exactly on its grid. */
  readonly trimmedEncoder: Description;
  /** Complete artefacts only. */
  readonly encoder?: StoredModel;
  readonly decoder?: StoredModel;
  /** Quantity -> its value after each epoch. */
  readonly history: ReadonlyMap<string, readonly number[]>;
  readonly thresholds?: readonly StoredThreshold[];
  /** Threshold -> table. */
  readonly scoreTables?: ReadonlyMap<string, ScoreTable>;
  readonly histograms?: { readonly background: Histogram; readonly signals: ReadonlyMap<string, Histogram> };
}
