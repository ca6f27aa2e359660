/** Losses: how far a reconstruction is from what it should be, and how the parts of an autoencoder's loss add up. */
import { userError } from '../../base/diagnostic.js';
import type { Node } from '../../tensor/graph.js';
import { add, exp, mean, multiply, square, subtract } from '../../tensor/ops.js';

/** Something that tells the distance between events and their reconstructions. */
export interface ReconstructionLoss {
  readonly name: string;
  /**
   * @param truth [batch, features], normalised
   * @param reconstruction of the same shape
   * @returns shape [], [batch] or [batch, n]: the mean over all of it is minimised
   */
  of(truth: Node, reconstruction: Node): Node;
}

/** `alpha * (1 - beta) * reconstruction + beta * kld` for a VAE, `alpha * reconstruction` for an AE. */
export interface LossOptions {
  readonly reconstruction: ReconstructionLoss;
  readonly alpha: number;
  readonly beta: number;
}

/**
 * The mean of a reconstruction loss, shape [].
 * @throws AxocError (user) when it gives anything but a float32 tensor of shape [], [batch] or [batch, n]
 */
export function meanLoss(loss: ReconstructionLoss, truth: Node, reconstruction: Node): Node {
  const value: unknown = loss.of(truth, reconstruction);
  const [batch] = truth.shape;
  const expected = `a tensor of shape [], [${batch}] (one number for each event) or [${batch}, n] expected`;
  const hint =
    'build the result with the operations of axoc (add, multiply, abs, mean, ...) from the tensors the loss is given';
  if (!isNode(value)) throw userError('bad-loss', `loss "${loss.name}"`, `it gives no tensor: ${expected}`, hint);
  const { shape, dtype } = value;
  if (shape.length > 2 || (shape.length > 0 && shape[0] !== batch))
    throw userError(
      'bad-loss',
      `loss "${loss.name}"`,
      `it gives a tensor of shape [${shape.join(', ')}]: ${expected}`,
      hint,
    );
  if (dtype !== 'float32')
    throw userError('bad-loss', `loss "${loss.name}"`, `it gives ${dtype}: float32 expected`, hint);
  return mean(value);
}

function isNode(value: unknown): value is Node {
  const node = value as Partial<Node> | null | undefined;
  return typeof node === 'object' && node !== null && typeof node.kind === 'string' && Array.isArray(node.shape);
}

/**
 * Kullback-Leibler divergence between the latent distribution and the standard normal one: half the negative mean over the latent variables of
 * `1 + logvar - mean^2 - exp(logvar)`, shape []: the mean over the batch.
 * @param latentMean [batch, latent]
 */
export function kullbackLeibler(latentMean: Node, logVariance: Node): Node {
  const terms = subtract(subtract(add(logVariance, 1), square(latentMean)), exp(logVariance));
  return multiply(mean(terms), -0.5);
}
