/** MASTER overridden by file, object and options, in this order: the configuration of a run. */
import { Problems } from '../../base/diagnostic.js';
import { checkConfig } from './check-config.js';
import { checkSource } from './check-source.js';
import { merge, type Tree } from './merge.js';
import { type Config, configSchema, type Slave } from './schema.js';
import { openSources } from './source.js';

export interface Overrides {
  /** Path of a YAML or JSON file. */
  readonly config?: string;
  readonly slave?: Slave;
  /** `a.b.c=value`, later ones win. */
  readonly set?: readonly string[];
}

/** The defaults. */
export const master: Config = frozen(configSchema.parse({}));

/**
 * @returns frozen; where encoder_config.layers are given, its nodes are empty
 * @throws AxocError (user) with every unknown key, value of a wrong kind and contradiction
 */
export function resolveConfig({ config, slave, set }: Overrides = {}): Config {
  const sources = openSources(config, slave, set);
  const problems = new Problems();
  for (const source of sources) checkSource(source, problems);
  problems.throwIfAny();
  const overrides = sources.reduce<Tree>((merged, { value }) => merge(merged, value as Tree), {});
  const resolved = configSchema.parse(merge(master, overrides));
  if (resolved.model.encoder_config.layers.length > 0) resolved.model.encoder_config.nodes = [];
  checkConfig(resolved, overrides);
  return frozen(resolved);
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
