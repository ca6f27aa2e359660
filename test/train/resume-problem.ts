/** The fit that is killed and resumed, and its result as text, bit for bit. */
import type { FitResult } from '../../src/train/fit.js';
import type { FitOptions } from '../../src/train/fit-options.js';
import { smallVae } from './small-vae.js';

export const resumeObjective = smallVae;

/** Everything that has a memory: slots, statistics, plateau, best weights, groups of rows, checkpoints inside epochs. */
export function resumeOptions(directory: string, resume: boolean): FitOptions {
  return {
    seed: 21,
    epochs: 30,
    batch: 32,
    workers: 1,
    executor: 'onnxruntime',
    optimiser: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 },
    schedule: {
      name: 'CosineDecayRestarts_Warmup',
      initialRate: 0.01,
      firstDecaySteps: 10,
      tMul: 1,
      mMul: 0.9,
      alpha: 0.1,
      warmupEpochs: 3,
    },
    validationRows: 64,
    shuffleMemory: 4000,
    plateau: { quantity: 'metric', mode: 'max', minDelta: 0, patience: 2, factor: 0.5, cooldown: 1, minRate: 1e-5 },
    earlyStopping: {
      quantity: 'validation_loss',
      mode: 'min',
      minDelta: 0,
      patience: 100,
      startFrom: 1,
      restoreBest: true,
    },
    checkpoint: { directory, everySteps: 7, everySeconds: 0, resume },
    csvLog: `${directory}/log.csv`,
  };
}

export function resultText({ parameters, history, end, steps }: FitResult): string {
  const bits = [...parameters].map(([name, values]) => [name, Buffer.from(values.buffer).toString('hex')]);
  return JSON.stringify({
    bits,
    history: history.map((record) => Object.entries(record).map(([name, value]) => [name, String(value)])),
    end,
    steps,
  });
}
