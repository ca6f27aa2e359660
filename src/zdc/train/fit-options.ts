/** What the configuration says of training a generator, as options of the fit. */
import { join } from 'node:path';
import { type FitOptions, optimiserDefaults, type ScheduleOptions } from '../../train/fit-options.js';
import type { TrainOptions } from './options.js';

/** @param work directory of the checkpoints */
export function generatorFitOptions(options: TrainOptions, work: string, resume: boolean): FitOptions {
  return {
    seed: options.seed,
    epochs: options.epochs,
    batch: options.batch_size,
    workers: options.workers,
    executor: options.executor,
    optimiser: optimiserDefaults[options.optimiser],
    schedule: scheduleOf(options),
    validationRows: options.validation_showers,
    shuffleMemory: options.shuffle_memory * 2 ** 20,
    checkpoint: { directory: work, everySteps: 0, everySeconds: options.checkpoint_seconds, resume },
    csvLog: join(work, 'history.csv'),
  };
}

function scheduleOf({ schedule, learning_rate, epochs }: TrainOptions): ScheduleOptions {
  switch (schedule) {
    case 'constant':
      return { name: 'constant', rate: learning_rate };
    case 'cosine':
      return {
        name: 'CosineDecayRestarts_Warmup',
        initialRate: learning_rate,
        firstDecaySteps: epochs,
        tMul: 1,
        mMul: 1,
        alpha: 0,
        warmupEpochs: 0,
      };
  }
}
