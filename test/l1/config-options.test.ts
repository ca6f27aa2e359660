/** The options of a command that takes a configuration. */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { type ConfigFlags, configOf, printedConfig, withConfigOptions } from '../../src/cli/config-options.js';
import { printConfig } from '../../src/l1/config/print.js';
import { master } from '../../src/l1/config/resolve.js';
import { messageOf } from '../base/thrown.js';

const quick = fileURLToPath(new URL('../../fixtures/config/quickstart.yaml', import.meta.url));

function flagsOf(...args: string[]): ConfigFlags {
  const command = withConfigOptions(new Command('train'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<ConfigFlags>();
}

it('without options is MASTER', () => {
  expect(configOf(flagsOf())).toEqual(master);
  expect(printedConfig(master, flagsOf())).toBeUndefined();
});

it('--set comes after --config, wherever it stands', () => {
  const { model, train } = configOf(
    flagsOf('--set', 'model.latent_dim=3', '--config', quick, '--set', 'train.train_mode=AE'),
  );
  expect([model.latent_dim, model.encoder_config.nodes, train.train_mode]).toEqual([3, [32, 16], 'AE']);
});

it('--print-config prints YAML, or JSON', () => {
  expect(printedConfig(master, flagsOf('--print-config'))).toBe(printConfig(master, 'yaml'));
  expect(printedConfig(master, flagsOf('--print-config', 'json'))).toBe(printConfig(master, 'json'));
  expect(() => flagsOf('--print-config', 'xml')).toThrow('Allowed choices are yaml, json');
});

it('mistakes are told with the option', () => {
  expect(messageOf(() => configOf(flagsOf('--set', 'model.latent=3')))).toBe(
    'error[unknown-key]: --set model.latent: unknown key\n  help: did you mean "model.latent_dim"?',
  );
});
