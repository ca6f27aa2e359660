/** The class that Level-1 losses extend: normalised numbers back to the momenta and angles of trigger objects. */
import { internalError, userError } from '../../base/diagnostic.js';
import type { Node } from '../../tensor/graph.js';
import { add, constant, divide, exp, matmul, maximum, minimum, multiply, subtract } from '../../tensor/ops.js';
import type { ReconstructionLoss } from '../../train/losses/loss.js';
import { type ObjectKind, objectKinds, objectScales } from '../data/objects.js';

/** Which objects of each kind the network sees, as in `constituents`: kinds in the order of the inputs. */
export type ObjectMask = Readonly<Partial<Record<ObjectKind, readonly boolean[]>>>;

/** Shape [batch, objects] each. */
export interface TriggerObjects {
  /** GeV; or, without `unscaleEnergy`, in units of the object's normalisation scale. 0 where there is no object. */
  readonly pt: Node;
  /** Pseudorapidity; 0 for missing energy, which has none. */
  readonly eta: Node;
  /** Radians. */
  readonly phi: Node;
}

/** Largest pseudorapidity that a field of the trigger can hold, 5.5. */
export const largestEta = Math.max(...Object.values(objectScales).map(({ eta, etaLimit }) => eta * etaLimit));

/**
 * Extend it and say in `compute` how far two sets of objects are apart.
 * @example
 * export default class PtLoss extends L1ADBaseLoss {
 *   name = 'pt';
 *   compute(truth, reconstruction) { return abs(subtract(truth.pt, reconstruction.pt)); }
 * }
 */
export abstract class L1ADBaseLoss implements ReconstructionLoss {
  abstract readonly name: string;
  readonly #factors: readonly number[];
  readonly #offsets: readonly number[];
  readonly #objects: number;

  /**
   * @param normScales row-major [objects, 3]: `normalised = (hardware - bias) / scale`
   * @param normBiases of the same shape, in hardware units
   * @param unscaleEnergy whether pt is in GeV; otherwise each object's pt is divided by its scale, which brings all objects to the same size
   * @throws AxocError (user) when the normalisation does not belong to the objects of the mask
   */
  constructor(
    readonly normScales: ArrayLike<number>,
    readonly normBiases: ArrayLike<number>,
    readonly mask: ObjectMask,
    readonly unscaleEnergy = true,
  ) {
    const kinds = objectKinds.flatMap((kind) => (mask[kind] ?? []).filter(Boolean).map(() => kind));
    this.#objects = kinds.length;
    for (const [what, list] of Object.entries({ scales: normScales, biases: normBiases }))
      if (list.length !== 3 * kinds.length)
        throw userError(
          'wrong-shape',
          `${what} of a loss`,
          `${list.length} numbers for ${kinds.length} objects`,
          'give three (pt, eta, phi) for each object that the mask lets through',
        );
    const units = kinds.flatMap((kind) => unitsOf(kind));
    const isFree = (index: number): boolean => index % 3 === 0 && !unscaleEnergy;
    this.#factors = units.map((unit, index) => (isFree(index) ? 1 : normScales[index]! * unit));
    this.#offsets = units.map((unit, index) =>
      isFree(index) ? normBiases[index]! / normScales[index]! : normBiases[index]! * unit,
    );
  }

  /**
   * @returns shape [], [batch] or [batch, objects]; the mean over all of it is minimised
   */
  abstract compute(truth: TriggerObjects, reconstruction: TriggerObjects): Node;

  of(truth: Node, reconstruction: Node): Node {
    return this.compute(this.physical(truth), this.physical(reconstruction));
  }

  /** @param normalised [batch, 3 * objects] */
  physical(normalised: Node): TriggerObjects {
    const features = normalised.shape[1]!;
    const objects = this.#objects;
    if (features !== 3 * objects)
      throw internalError(`loss ${this.name}`, `${features} features for ${objects} objects`);
    // A product with a matrix that has one number in each column: slices of every third number take several times as long.
    const column = (feature: number): Node => {
      const matrix = new Float64Array(features * objects);
      for (let object = 0; object < objects; object++)
        matrix[(3 * object + feature) * objects + object] = this.#factors[3 * object + feature]!;
      const offsets = this.#offsets.filter((_, index) => index % 3 === feature);
      return add(matmul(normalised, constant(matrix, [features, objects])), constant(offsets, [objects]));
    };
    return { pt: column(0), eta: column(1), phi: column(2) };
  }
}

/**
 * `pt * sinh(eta)`. Beyond the largest eta of the trigger sinh goes on along its tangent: it does not overflow, and its slope still leads a
 * reconstructed eta back. It is made of one exponential, which executors compute ten times faster than sinh.
 */
export function longitudinalMomentum({ pt, eta }: TriggerObjects): Node {
  const inside = minimum(maximum(eta, -largestEta), largestEta);
  const beyond = multiply(subtract(eta, inside), Math.cosh(largestEta));
  const grown = exp(inside);
  const twice = subtract(grown, divide(1, grown));
  return multiply(pt, add(multiply(twice, 0.5), beyond));
}

/** What one unit of the hardware's pt, eta and phi is. */
function unitsOf(kind: ObjectKind): readonly [number, number, number] {
  const { pt, eta, etaLimit, turn } = objectScales[kind];
  return [pt, etaLimit === 0 ? 0 : eta, (2 * Math.PI) / turn];
}
