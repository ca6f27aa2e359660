/**
 * The weight of the divergence: constant, or going from one number to another. Falling, it lets the decoder learn what the conditions tell before
 * latent variables tell it; rising, it is the usual warm-up.
 */
import type { Node } from '../../tensor/graph.js';
import { constant, maximum, minimum, multiply } from '../../tensor/ops.js';
import type { Parameter } from '../../train/objective.js';
import type { TrainOptions } from './options.js';

/** What is multiplied at each step; a statistic like those of batch normalisation, so that checkpoints hold it. */
const name = 'loss/kl_weight';

export interface KlWeight {
  /** None where the weight is constant. */
  readonly parameters: readonly Parameter[];
  /** Shape []: the weight in this step, of the nodes of all parameters. */
  now(values: ReadonlyMap<string, Node>): Node;
  /** The weight of the next step, by name. */
  updates(values: ReadonlyMap<string, Node>): ReadonlyMap<string, Node>;
}

/** From `kl_start` to `kl_weight` by the same factor at each step of `kl_epochs` epochs; constant where these do not say otherwise. */
export function klWeightOf({ loss }: Pick<TrainOptions, 'loss'>, stepsPerEpoch: number): KlWeight {
  const { kl_weight: end, kl_start: start, kl_epochs: epochs } = loss;
  if (start === null || epochs === 0 || start === end)
    return { parameters: [], now: () => constant(end), updates: () => new Map() };
  const factor = (end / start) ** (1 / (epochs * stepsPerEpoch));
  const limited = end < start ? maximum : minimum;
  return {
    parameters: [{ name, shape: [], trainable: false, initial: () => Float32Array.of(start) }],
    now: (values) => values.get(name)!,
    updates: (values) => new Map([[name, limited(multiply(values.get(name)!, factor), end)]]),
  };
}
