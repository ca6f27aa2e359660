/** What the feeding thread is told: where rows are, what a batch consists of, and which batch to make. */
import type { RowDescriptor } from '../../data/hdf5/rows.js';

/** Rows to train on, and rows to watch the loss on. */
export interface TrainingData {
  readonly training: RowDescriptor;
  readonly validation?: RowDescriptor;
}

/** One tensor of a batch, [batch, width]. */
export interface FedInput {
  readonly name: string;
  /** Values of one event. */
  readonly width: number;
  readonly source: 'data' | 'normal';
}

export interface FeedPlan {
  readonly data: TrainingData;
  readonly seed: number;
  readonly batch: number;
  readonly inputs: readonly FedInput[];
  readonly shuffleMemory: number;
  /** Memory shared between threads: for each slot one array an input. */
  readonly slots: readonly (readonly Float32Array[])[];
}

/**
 * Which batch of training; `index` counts from 0 in its epoch, `step` from 0 over all epochs. Or which rows to watch the loss on, no more
 * than a batch of training has; they are the same, with the same noise, in every epoch.
 */
export type BatchPlace =
  | { readonly kind: 'training'; readonly epoch: number; readonly index: number; readonly step: number }
  | { readonly kind: 'validation'; readonly from: number; readonly count: number };

export type FeedRequest =
  | { readonly kind: 'measure' }
  | { readonly kind: 'fill'; readonly slot: number; readonly place: BatchPlace };

/** Rows and values of a row, of each set. */
export interface DataSize {
  readonly training: { readonly count: number; readonly width: number };
  readonly validation?: { readonly count: number; readonly width: number };
}
