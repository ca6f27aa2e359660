/** Options of every command that takes a configuration. */
import { type Command, Option } from 'commander';
import { type ConfigSyntax, printConfig } from '../l1/config/print.js';
import { resolveConfig } from '../l1/config/resolve.js';
import type { Config } from '../l1/config/schema.js';
import { collect } from './options.js';

export interface ConfigFlags {
  readonly config?: string;
  readonly set: readonly string[];
  /** True without a syntax: YAML. */
  readonly printConfig?: ConfigSyntax | true;
}

export function withConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'overrides of the default configuration: YAML or JSON (docs/configuration.md)')
    .addOption(
      new Option('--set <key=value>', 'override one key, train.common.n_epochs=100; repeatable, later ones win')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option('--print-config [syntax]', 'print the whole configuration and do nothing else').choices([
        'yaml',
        'json',
      ]),
    );
}

/** @throws AxocError (user) with every mistake in the configuration */
export function configOf(flags: ConfigFlags): Config {
  return resolveConfig({ set: flags.set, ...(flags.config === undefined ? {} : { config: flags.config }) });
}

/** The text that --print-config asks for; undefined when it was not given. */
export function printedConfig(config: Config, flags: ConfigFlags): string | undefined {
  if (flags.printConfig === undefined) return undefined;
  return printConfig(config, flags.printConfig === true ? 'yaml' : flags.printConfig);
}
