/** Losses on transverse and longitudinal momentum, with and without the azimuth. */
import type { Node } from '../../tensor/graph.js';
import { abs, add, cos, multiply, square, subtract } from '../../tensor/ops.js';
import { L1ADBaseLoss, longitudinalMomentum, type TriggerObjects } from './base-loss.js';

/** `|pt - pt'| + |pz - pz'|`; pz' is made of the reconstructed pt and eta, so that both learn. */
export class CylPtPzMae extends L1ADBaseLoss {
  readonly name: string = 'cyl_PtPz_mae';

  compute(truth: TriggerObjects, reconstruction: TriggerObjects): Node {
    const { pt, pz } = differences(truth, reconstruction);
    return add(abs(pt), abs(pz));
  }
}

/** `(pt - pt')^2 + (pz - pz')^2`. */
export class CylPtPzMse extends L1ADBaseLoss {
  readonly name: string = 'cyl_PtPz_mse';

  compute(truth: TriggerObjects, reconstruction: TriggerObjects): Node {
    const { pt, pz } = differences(truth, reconstruction);
    return add(square(pt), square(pz));
  }
}

/**
 * `|pt - pt'| + |pz - pz'| + pt * (1 - cos(phi - phi'))`: the last term is periodic in phi, at most 2 pt, and nothing where there is no object.
 */
export class CylPtPzPhiMae extends CylPtPzMae {
  override readonly name = 'cyl_PtPzPhi_mae';

  override compute(truth: TriggerObjects, reconstruction: TriggerObjects): Node {
    const apart = subtract(1, cos(subtract(truth.phi, reconstruction.phi)));
    return add(super.compute(truth, reconstruction), multiply(truth.pt, apart));
  }
}

function differences(truth: TriggerObjects, reconstruction: TriggerObjects): { readonly pt: Node; readonly pz: Node } {
  return {
    pt: subtract(truth.pt, reconstruction.pt),
    pz: subtract(longitudinalMomentum(truth), longitudinalMomentum(reconstruction)),
  };
}
