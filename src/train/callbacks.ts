/** What follows a quantity from epoch to epoch: reducing the learning rate on a plateau, stopping early. States are plain data, kept in checkpoints. */
import { userError } from '../base/diagnostic.js';
import { suggest } from '../base/nearest.js';
import type { EarlyStoppingOptions, PlateauOptions, Watch } from './fit-options.js';
import type { EpochRecord } from './history.js';

export interface PlateauState {
  readonly best: number | null;
  /** Epochs since the best one, or since the last reduction. */
  readonly wait: number;
  /** Epochs in which nothing is counted yet. */
  readonly cooldown: number;
  /** What the schedule's rate is multiplied by. */
  readonly scale: number;
}

export const plateauStart: PlateauState = { best: null, wait: 0, cooldown: 0, scale: 1 };

/** As Keras' ReduceLROnPlateau does it, on top of a schedule. */
export function afterEpochOnPlateau(options: PlateauOptions, state: PlateauState, record: EpochRecord): PlateauState {
  const value = watched('plateau', options, record);
  const cooldown = Math.max(0, state.cooldown - 1);
  const wait = state.cooldown > 0 ? 0 : state.wait;
  if (isBetter(options, value, state.best)) return { ...state, best: value, wait: 0, cooldown };
  if (cooldown > 0) return { ...state, wait, cooldown };
  if (wait + 1 < options.patience) return { ...state, wait: wait + 1, cooldown };
  return { ...state, wait: 0, cooldown: options.cooldown, scale: state.scale * options.factor };
}

/** The rate after reductions: never below the least one, unless the schedule itself is. */
export function reducedRate(options: PlateauOptions, { scale }: PlateauState, scheduled: number): number {
  return Math.max(scheduled * scale, Math.min(scheduled, options.minRate));
}

export interface EarlyStoppingState {
  readonly best: number | null;
  /** From 1; 0 before any. */
  readonly bestEpoch: number;
  readonly wait: number;
  readonly stop: boolean;
}

export const earlyStoppingStart: EarlyStoppingState = { best: null, bestEpoch: 0, wait: 0, stop: false };

/** As Keras' EarlyStopping does it. */
export function afterEpochOfWatching(
  options: EarlyStoppingOptions,
  state: EarlyStoppingState,
  record: EpochRecord,
): EarlyStoppingState {
  const value = watched('early stopping', options, record);
  const epoch = record.epoch!;
  if (epoch < options.startFrom) return state;
  if (isBetter(options, value, state.best)) return { best: value, bestEpoch: epoch, wait: 0, stop: false };
  return { ...state, wait: state.wait + 1, stop: state.wait + 1 >= options.patience };
}

function watched(who: string, { quantity }: Watch, record: EpochRecord): number {
  const value = record[quantity];
  if (value !== undefined) return value;
  throw userError(
    'unknown-quantity',
    who,
    `it is to follow "${quantity}", which no epoch records`,
    suggest(quantity, Object.keys(record)),
  );
}

/** NaN is never better. */
function isBetter({ mode, minDelta }: Watch, value: number, best: number | null): boolean {
  if (Number.isNaN(value)) return false;
  if (best === null) return true;
  return mode === 'min' ? value < best - minDelta : value > best + minDelta;
}
