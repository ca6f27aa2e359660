/**
 * axoc as a library.
 * @example
 * import * as axo from 'axoc';
 * const run = await axo.main({ slave: { model: { encoder_config: { nodes: [28, 64, 128] } } } });
 */
import { resolveConfig } from '../l1/config/resolve.js';
import type { Slave } from '../l1/config/schema.js';
import { type InterruptedRun, type TrainedRun, type TrainOptions, train } from '../l1/run/train.js';

export { AxocError, type Diagnostic } from '../base/diagnostic.js';
export { version } from '../base/version.js';
export { master, resolveConfig } from '../l1/config/resolve.js';
export type { Config, Slave } from '../l1/config/schema.js';
export { L1ADBaseLoss, longitudinalMomentum, type TriggerObjects } from '../l1/losses/base-loss.js';
export type { LossFunction, LossTools } from '../l1/losses/load-loss.js';
export type { InterruptedRun, TrainedRun, TrainOptions } from '../l1/run/train.js';
export type { Node as TensorNode } from '../tensor/graph.js';
/** The operations that a loss is made of. */
export * as ops from '../tensor/ops.js';

export interface MainOptions extends Partial<TrainOptions> {
  /** Path of a YAML or JSON file with overrides of the defaults. */
  readonly config?: string;
  /** Overrides, which count after those of the file. */
  readonly slave?: Slave;
}

/**
 * Trains as `axoc train` does: the defaults, overridden by `config`, then by `slave`. Without an event file it trains on synthetic events.
 * @throws AxocError with every problem of the configuration, and as `train` does
 */
export async function main({ config, slave, ...options }: MainOptions = {}): Promise<TrainedRun | InterruptedRun> {
  const overrides = { ...(config === undefined ? {} : { config }), ...(slave === undefined ? {} : { slave }) };
  return train(resolveConfig(overrides), { directory: '.', resume: false, ...options });
}
