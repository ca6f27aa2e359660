/** The losses that have a name. */

import { userError } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import { mae, mse } from '../../train/losses/generic.js';
import type { ReconstructionLoss } from '../../train/losses/loss.js';
import type { L1ADBaseLoss, ObjectMask } from './base-loss.js';
import { CylPtPzMae, CylPtPzMse, CylPtPzPhiMae } from './cylindrical.js';

/** What a Level-1 loss knows of the events: see the constructor of `L1ADBaseLoss`. */
export interface LossSetup {
  readonly normScales: ArrayLike<number>;
  readonly normBiases: ArrayLike<number>;
  readonly mask: ObjectMask;
  /** Default true. */
  readonly unscaleEnergy?: boolean;
}

/** The constructor of a class that extends `L1ADBaseLoss`. */
export type L1ADLossClass = new (...args: ConstructorParameters<typeof L1ADBaseLoss>) => L1ADBaseLoss;

type LossMaker = (setup: LossSetup) => ReconstructionLoss;

const makers: Readonly<Record<string, LossMaker>> = {
  cyl_PtPz_mae: (setup) => construct(CylPtPzMae, setup),
  cyl_PtPz_mse: (setup) => construct(CylPtPzMse, setup),
  cyl_PtPzPhi_mae: (setup) => construct(CylPtPzPhiMae, setup),
  mae: () => mae,
  mse: () => mse,
};

export const lossNames: readonly string[] = Object.keys(makers);

export function construct(
  Class: L1ADLossClass,
  { normScales, normBiases, mask, unscaleEnergy = true }: LossSetup,
): L1ADBaseLoss {
  return new Class(normScales, normBiases, mask, unscaleEnergy);
}

/**
 * @param place key that names it, for the error
 * @throws AxocError (user) for an unknown name
 */
export function checkLossName(name: string, place: string): void {
  if (Object.hasOwn(makers, name)) return;
  throw userError(
    'unknown-loss',
    place,
    `no loss is called "${name}"`,
    `${suggest(name, lossNames)} or, for a loss of your own, the path of its module: ./my-loss.js`,
  );
}

/** @throws AxocError (user) for an unknown name */
export function namedLoss(name: string, setup: LossSetup, place: string): ReconstructionLoss {
  checkLossName(name, place);
  return makers[name]!(setup);
}
