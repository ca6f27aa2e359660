/** Options that no fit can be done with; all of them are reported together. */
import { Problems } from '../base/diagnostic.js';
import type { FitOptions } from './fit-options.js';

export function checkFitOptions(options: FitOptions): void {
  const problems = new Problems();
  const { schedule, optimiser, checkpoint } = options;
  const check = (isRight: boolean, name: string, value: unknown, wanted: string): void => {
    if (!isRight) problems.add('bad-option', name, `${value} is not ${wanted}`);
  };
  const whole = (name: string, value: number, least: number): void =>
    check(Number.isInteger(value) && value >= least, name, value, `a whole number of at least ${least}`);
  const notNegative = (name: string, value: number): void =>
    check(Number.isFinite(value) && value >= 0, name, value, 'a number of at least 0');
  const share = (name: string, value: number): void =>
    check(value >= 0 && value < 1, name, value, 'a number from 0 to below 1');

  whole('epochs', options.epochs, 0);
  whole('batch', options.batch, 1);
  whole('workers', options.workers, 1);
  check(options.workers <= options.batch, 'workers', options.workers, `at most the batch size, ${options.batch}`);
  whole('validationRows', options.validationRows, 0);
  notNegative('shuffleMemory', options.shuffleMemory);
  for (const name of ['beta1', 'beta2', 'rho', 'momentum'] as const)
    if (name in optimiser) share(`optimiser.${name}`, (optimiser as unknown as Record<string, number>)[name]!);
  for (const name of ['epsilon', 'weightDecay'] as const)
    if (name in optimiser) notNegative(`optimiser.${name}`, (optimiser as unknown as Record<string, number>)[name]!);
  if (schedule.name === 'constant') notNegative('schedule.rate', schedule.rate);
  else {
    notNegative('schedule.initialRate', schedule.initialRate);
    notNegative('schedule.mMul', schedule.mMul);
    notNegative('schedule.alpha', schedule.alpha);
    notNegative('schedule.warmupEpochs', schedule.warmupEpochs);
    check(schedule.firstDecaySteps >= 1, 'schedule.firstDecaySteps', schedule.firstDecaySteps, 'at least 1');
    check(schedule.tMul >= 1, 'schedule.tMul', schedule.tMul, 'at least 1: cycles must not get shorter');
  }
  for (const [name, watch] of [
    ['plateau', options.plateau],
    ['earlyStopping', options.earlyStopping],
  ] as const) {
    if (watch === undefined) continue;
    whole(`${name}.patience`, watch.patience, 0);
    notNegative(`${name}.minDelta`, watch.minDelta);
  }
  if (options.plateau !== undefined) share('plateau.factor', options.plateau.factor);
  if (checkpoint !== undefined) {
    whole('checkpoint.everySteps', checkpoint.everySteps, 0);
    notNegative('checkpoint.everySeconds', checkpoint.everySeconds);
  }
  problems.throwIfAny();
}
