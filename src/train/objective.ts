/** What fitting minimises. It is all that the fit loop knows of a model, and all that a model knows of the fit loop. */
import type { Random } from '../base/random.js';
import type { Node, Shape } from '../tensor/graph.js';

/** A tensor that training changes: by its gradient, or (statistics of batch normalisation) by a rule of its own. */
export interface Parameter {
  /** Unique, `layer/part`: `dense1/kernel`. */
  readonly name: string;
  readonly shape: Shape;
  /** Whether the optimiser moves it; otherwise `BatchLoss.updates` does. */
  readonly trainable: boolean;
  /** Row-major start values; draws from `random` in a fixed order. */
  initial(random: Random): Float32Array;
}

/** A tensor [batch, ...shape] that is new for every step: rows of the training data, or independent normal deviates. */
export interface BatchInput {
  readonly name: string;
  /** Of one event. */
  readonly shape: Shape;
  readonly source: 'data' | 'normal';
}

/** The loss of one batch, as nodes. */
export interface BatchLoss {
  /** Shape []: the mean over the batch, which is minimised. */
  readonly total: Node;
  /** Shape [] each: what the history records besides, `reconstruction`, `kld`, ... */
  readonly parts: ReadonlyMap<string, Node>;
  /** New values of the parameters that are not trainable, by name. */
  readonly updates: ReadonlyMap<string, Node>;
}

export interface Objective {
  readonly parameters: readonly Parameter[];
  readonly inputs: readonly BatchInput[];
  /**
   * @param batch number of events
   * @param values a node for every parameter, by name
   * @param inputs a node for every batch input, by name
   * @param isTraining false: batch normalisation uses its moving statistics and sampling is still done from the given noise
   */
  lossOf(
    batch: number,
    values: ReadonlyMap<string, Node>,
    inputs: ReadonlyMap<string, Node>,
    isTraining: boolean,
  ): BatchLoss;
}
