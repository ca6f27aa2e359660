/** How a fit is done: a plain record, which a checkpoint keeps and a configuration fills. */
import type { ExecutorName } from '../tensor/executors/choose.js';

/** Decoupled weight decay is `rate * decay * weight` subtracted at each step, from kernels and biases alike. */
export type OptimiserOptions =
  | { readonly name: 'lion'; readonly beta1: number; readonly beta2: number; readonly weightDecay: number }
  | { readonly name: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
  | {
      readonly name: 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    }
  | { readonly name: 'sgd'; readonly momentum: number; readonly nesterov: boolean; readonly weightDecay: number }
  | { readonly name: 'rmsprop'; readonly rho: number; readonly epsilon: number; readonly momentum: number };

export type OptimiserName = OptimiserOptions['name'];

/** Defaults of each optimiser, those of its authors (Lion) and of Keras (the others). */
export const optimiserDefaults: { readonly [Name in OptimiserName]: Extract<OptimiserOptions, { name: Name }> } = {
  lion: { name: 'lion', beta1: 0.9, beta2: 0.99, weightDecay: 0 },
  adam: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  adamw: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004 },
  sgd: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  rmsprop: { name: 'rmsprop', rho: 0.9, epsilon: 1e-7, momentum: 0 },
};

/** The learning rate of every epoch. */
export type ScheduleOptions =
  | { readonly name: 'constant'; readonly rate: number }
  | {
      readonly name: 'CosineDecayRestarts_Warmup';
      /** Peak of the first cycle, which ends after `firstDecaySteps` epochs. */
      readonly initialRate: number;
      readonly firstDecaySteps: number;
      /** Each cycle is `tMul` times as long as the one before, its peak `mMul` times as high. */
      readonly tMul: number;
      readonly mMul: number;
      /** Lowest rate of every cycle, as a fraction of the initial rate. */
      readonly alpha: number;
      /** Over so many epochs the rate rises linearly to the schedule's. */
      readonly warmupEpochs: number;
    };

/** A number of the epoch's record to follow (`loss`, `validation_loss`, or one that `evaluate` gives), and which way is better. */
export interface Watch {
  readonly quantity: string;
  readonly mode: 'min' | 'max';
  /** Smaller improvements do not count. */
  readonly minDelta: number;
  /** Epochs without improvement before it acts. */
  readonly patience: number;
}

/** Multiplies the schedule's rate by `factor` when the watched quantity stands still. */
export interface PlateauOptions extends Watch {
  readonly factor: number;
  /** Epochs after a reduction in which nothing is counted. */
  readonly cooldown: number;
  /** The rate is never reduced below. */
  readonly minRate: number;
}

export interface EarlyStoppingOptions extends Watch {
  /** The first epoch (from 1) that counts. */
  readonly startFrom: number;
  /** The result is the weights of the best epoch instead of those of the last. */
  readonly restoreBest: boolean;
}

export interface CheckpointOptions {
  /** Holds the two last generations; created when absent. */
  readonly directory: string;
  /** Written at the end of every epoch, and besides after so many steps or seconds; 0: not. */
  readonly everySteps: number;
  readonly everySeconds: number;
  /** Go on from the newest checkpoint in `directory`; without one that is an error. */
  readonly resume: boolean;
}

export interface FitOptions {
  /** What the numbers depend on besides, by name (`model`, `data`): plain data that a checkpoint keeps and a resumed fit must repeat. */
  readonly dependsOn?: Readonly<Record<string, unknown>>;
  /** 32 bits: initial weights, order of rows and noise follow from it. */
  readonly seed: number;
  /** In all, those before a resume included. */
  readonly epochs: number;
  /** Events in a step, over all workers. The rows of an epoch that fill no whole batch are left out of it: others in every epoch. */
  readonly batch: number;
  /** Threads that share each batch. The result depends on their number (by rounding), never on their timing. */
  readonly workers: number;
  readonly executor: ExecutorName;
  readonly optimiser: OptimiserOptions;
  readonly schedule: ScheduleOptions;
  /** Test rows for the validation loss of every epoch: the first so many, in whole batches; 0: none. */
  readonly validationRows: number;
  /** Bytes of training rows held in memory: a set that fits is shuffled whole, a larger one in random groups of blocks. */
  readonly shuffleMemory: number;
  readonly plateau?: PlateauOptions;
  readonly earlyStopping?: EarlyStoppingOptions;
  readonly checkpoint?: CheckpointOptions;
  /** One line an epoch, all numbers of its record. */
  readonly csvLog?: string;
}

/** 768 MiB: the production set of 2,000,000 events of 57 numbers fits, with 500 MiB for what else a fit needs. */
export const defaultShuffleMemory = 768 * 2 ** 20;
