/** What the configuration says of training, as options of the fit. */
import {
  type FitOptions,
  type OptimiserOptions,
  optimiserDefaults,
  type ScheduleOptions,
  type Watch,
} from '../../train/fit-options.js';
import type { Config } from '../config/schema.js';

/** @param checkpoints directory of the checkpoints */
export function fitOptionsOf(config: Config, checkpoints: string, resume: boolean): FitOptions {
  const { train, callback, determinism } = config;
  const { common } = train;
  const { plateau, early_stopping, checkpoint, csv_log } = callback;
  return {
    seed: determinism.global_seed,
    epochs: common.n_epochs,
    batch: common.batch_size,
    workers: common.workers,
    executor: common.executor,
    optimiser: optimiserOf(common),
    schedule: scheduleOf(callback.lr_schedule),
    validationRows: common.validation_events,
    shuffleMemory: common.shuffle_memory * 2 ** 20,
    ...(plateau.enabled
      ? { plateau: { ...watch(plateau), factor: plateau.factor, cooldown: plateau.cooldown, minRate: plateau.min_lr } }
      : {}),
    ...(early_stopping.enabled
      ? {
          earlyStopping: {
            ...watch(early_stopping),
            startFrom: early_stopping.start_from,
            restoreBest: early_stopping.restore_best,
          },
        }
      : {}),
    checkpoint: {
      directory: checkpoints,
      everySteps: checkpoint.every_steps,
      everySeconds: checkpoint.every_seconds,
      resume,
    },
    ...(csv_log.path === null ? {} : { csvLog: csv_log.path }),
  };
}

function watch(options: {
  readonly monitor: string;
  readonly mode: Watch['mode'];
  readonly patience: number;
  readonly min_delta: number;
}): Watch {
  return { quantity: options.monitor, mode: options.mode, minDelta: options.min_delta, patience: options.patience };
}

function optimiserOf(common: Config['train']['common']): OptimiserOptions {
  const defaults: OptimiserOptions = optimiserDefaults[common.optimiser];
  const decay = 'weightDecay' in defaults ? { weightDecay: common.weight_decay } : {};
  return { ...defaults, ...common.optimiser_options, ...decay } as OptimiserOptions;
}

function scheduleOf(schedule: Config['callback']['lr_schedule']): ScheduleOptions {
  switch (schedule.name) {
    case 'constant':
      return { name: 'constant', rate: schedule.initial_learning_rate };
    case 'CosineDecayRestarts_Warmup':
      return {
        name: 'CosineDecayRestarts_Warmup',
        initialRate: schedule.initial_learning_rate,
        firstDecaySteps: schedule.first_decay_steps,
        tMul: schedule.t_mul,
        mMul: schedule.m_mul,
        alpha: schedule.alpha,
        warmupEpochs: schedule.warmup_epochs,
      };
  }
}
