/** Learning rates by epoch. */
import { cosineOfTurns } from '../base/elementary.js';
import type { ScheduleOptions } from './fit-options.js';

/** @param epoch from 0 */
export function rateAt(schedule: ScheduleOptions, epoch: number): number {
  switch (schedule.name) {
    case 'constant':
      return schedule.rate;
    case 'CosineDecayRestarts_Warmup': {
      const { initialRate, firstDecaySteps, tMul, mMul, alpha, warmupEpochs } = schedule;
      let [start, length, peak] = [0, firstDecaySteps, 1];
      while (epoch >= start + length) {
        start += length;
        length *= tMul;
        peak *= mMul;
      }
      const cosine = (peak * (1 + cosineOfTurns((epoch - start) / length / 2))) / 2;
      const warmth = warmupEpochs > 0 ? Math.min((epoch + 1) / warmupEpochs, 1) : 1;
      return initialRate * ((1 - alpha) * cosine + alpha) * warmth;
    }
  }
}
