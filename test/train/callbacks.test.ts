/** Plateau and early stopping, epoch by epoch by hand. */
import { describe, expect, it } from 'vitest';
import {
  afterEpochOfWatching,
  afterEpochOnPlateau,
  earlyStoppingStart,
  type PlateauState,
  plateauStart,
  reducedRate,
} from '../../src/train/callbacks.js';

const plateau = {
  quantity: 'loss',
  mode: 'min',
  minDelta: 0.01,
  patience: 2,
  factor: 0.5,
  cooldown: 2,
  minRate: 0.02,
} as const;
const stopping = { quantity: 'auc', mode: 'max', minDelta: 0.1, patience: 2, startFrom: 2, restoreBest: true } as const;

describe('plateau', () => {
  const scales = (losses: readonly number[], options = plateau): readonly number[] => {
    let state: PlateauState = plateauStart;
    return losses.map((loss) => {
      state = afterEpochOnPlateau(options, state, { loss });
      return state.scale;
    });
  };

  it('reduces after patience epochs without improvement, then rests', () => {
    //  best 1; 0.995 is too little better: wait 1, wait 2 -> half; cooldown 2 epochs: the second ends it and counts; then one more
    expect(scales([1, 0.995, 0.995, 0.995, 0.995, 0.995, 0.995])).toEqual([1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]);
  });

  it('starts counting anew when it improves', () => {
    expect(scales([1, 1, 0.5, 0.5, 0.5])).toEqual([1, 1, 1, 1, 0.5]);
    expect(scales([1, 0.5, 0.25, 0.1, 0.01])).toEqual([1, 1, 1, 1, 1]);
  });

  it('takes NaN for no improvement', () => {
    expect(scales([Number.NaN, Number.NaN, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5, 0.25]);
  });

  it('never raises a rate and never goes below the least', () => {
    const state = { ...plateauStart, scale: 0.125 };
    expect(reducedRate(plateau, state, 1)).toBe(0.125);
    expect(reducedRate(plateau, state, 0.1)).toBe(0.02);
    expect(reducedRate(plateau, state, 0.01)).toBe(0.01);
  });
});

describe('early stopping', () => {
  it('stops after patience epochs without improvement, counted from the epoch it starts from', () => {
    const values = [9, 1, 1.05, 2, 2.05, 1];
    let state = earlyStoppingStart;
    const seen = values.map((auc, index) => {
      state = afterEpochOfWatching(stopping, state, { epoch: index + 1, auc });
      return [state.bestEpoch, state.wait, state.stop];
    });
    expect(seen).toEqual([
      [0, 0, false],
      [2, 0, false],
      [2, 1, false],
      [4, 0, false],
      [4, 1, false],
      [4, 2, true],
    ]);
  });

  it('names the nearest quantity that there is', () => {
    expect(() => afterEpochOfWatching(stopping, earlyStoppingStart, { epoch: 5, auk: 1, loss: 2 })).toThrow(
      'error[unknown-quantity]: early stopping: it is to follow "auc", which no epoch records\n  help: did you mean "auk"?',
    );
  });
});
