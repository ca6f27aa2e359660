/** Where a fit stands: all that it needs to go on as if it had never stopped. */
import type { EarlyStoppingState, PlateauState } from './callbacks.js';
import type { EpochRecord } from './history.js';
import type { Values } from './step/layout.js';
import type { StepState } from './step/stepper.js';

/** Plain data. */
export interface FitProgress {
  /** The epoch being trained, from 0. */
  readonly epoch: number;
  /** Its steps that are done. */
  readonly index: number;
  /** Steps done in all. */
  readonly step: number;
  /** Sums of the epoch's losses so far: the total and its parts. */
  readonly sums: readonly number[];
  readonly history: readonly EpochRecord[];
  readonly plateau: PlateauState;
  readonly earlyStopping: EarlyStoppingState;
}

export interface FitState {
  readonly progress: FitProgress;
  readonly values: StepState;
  /** Of the best epoch, where early stopping is to restore them. */
  readonly best: Values | undefined;
}
