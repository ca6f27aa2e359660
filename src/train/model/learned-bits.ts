/** Learned bit widths: fraction bits as trained numbers, and what the multiplications they make cost. */
import type { Quantiser } from '../../network/architecture.js';
import type { Node } from '../../tensor/graph.js';
import { maximum, minimum, multiply, round, square, subtract, surrogate } from '../../tensor/ops.js';

export interface LearnedFraction {
  /** A whole number from the fewest to the most bits; its gradient goes to the parameter. */
  readonly bits: Node;
  /**
   * 0 inside the range. Outside it, where the loss has no gradient, this one leads the parameter back: it is added to the loss.
   */
  readonly restoring: Node;
}

/**
 * @param parameter shape []: fraction bits divided by `rate`
 * @param rate how many bits one unit of the parameter is
 */
export function learnedFraction(
  parameter: Node,
  { fewest, most }: NonNullable<Quantiser['learned']>,
  rate: number,
): LearnedFraction {
  const wanted = multiply(parameter, rate);
  const inside = minimum(maximum(wanted, fewest), most);
  return { bits: surrogate(round(inside), inside), restoring: square(subtract(wanted, inside)) };
}
