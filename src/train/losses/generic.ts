/** Reconstruction losses that know nothing of physics: distances between normalised numbers. */
import { abs, square, subtract } from '../../tensor/ops.js';
import type { ReconstructionLoss } from './loss.js';

/** Mean squared error. */
export const mse: ReconstructionLoss = {
  name: 'mse',
  of: (truth, reconstruction) => square(subtract(truth, reconstruction)),
};

/** Mean absolute error. */
export const mae: ReconstructionLoss = {
  name: 'mae',
  of: (truth, reconstruction) => abs(subtract(truth, reconstruction)),
};
