/** The schema for editors and the table of keys in the documentation are what the source says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConfigKey, KeySchema } from '../../src/base/config-keys.js';
import { configKeys, suggestKey } from '../../src/l1/config/keys.js';
import { printConfig } from '../../src/l1/config/print.js';
import { master } from '../../src/l1/config/resolve.js';
import { configJsonSchema } from '../../src/l1/config/schema.js';
import { expectGolden } from '../support/golden.js';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const page = `${docs}configuration.md`;
const schemaFile = `${docs}axoc-config.schema.json`;
const heading = '## Keys\n';

/** `[integer, integer]`, `VAE or AE`, `text or null`, in words. */
function kindOf({ enum: words, anyOf, prefixItems, items, type, additionalProperties }: KeySchema): string {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(' or ');
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ');
  if (prefixItems !== undefined) return `[${prefixItems.map(kindOf).join(', ')}]`;
  if (items) return items.type === undefined ? 'list' : `list of ${kindOf(items)}`;
  if (additionalProperties) return `map to ${kindOf(additionalProperties)}`;
  return type === 'string' ? 'text' : type === 'boolean' ? 'true or false' : type!;
}

/** One heading and table for each group that has keys of its own. */
function table(): string {
  const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));
  const groups = configKeys.filter(({ isGroup }) => isGroup);
  return groups
    .map(({ path, schema }) => {
      const keys = configKeys.filter((key) => !key.isGroup && parentOf(key.path) === path);
      const rows = keys.map(rowOf).join('\n');
      const depth = path.includes('.') ? '####' : '###';
      const text = `${depth} \`${path}\`\n\n${schema.description}\n`;
      return keys.length === 0 ? text : `${text}\n| key | value | default | meaning |\n|---|---|---|---|\n${rows}\n`;
    })
    .join('\n');
}

function rowOf({ path, schema }: ConfigKey): string {
  const value = JSON.stringify(schema.default).replace(/\[(true|false)(,(true|false))*\]/g, runs);
  const cells = [`\`${path.slice(path.lastIndexOf('.') + 1)}\``, kindOf(schema), `\`${value}\``, schema.description!];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** `[true x4, false x8]`: long lists of one word are not read by anyone. */
function runs(list: string): string {
  const counted = [...list.matchAll(/(true|false)(,\1)*/g)].map(([run, word]) => {
    const length = run.split(',').length;
    return length === 1 ? word : `${word} x${length}`;
  });
  return `[${counted.join(', ')}]`;
}

it('docs/axoc-config.schema.json is the schema of the source', () => {
  const schema = configJsonSchema();
  // Compared as a value: the layout of the file is the formatter's.
  if (process.env.AXOC_UPDATE_GOLDENS) writeFileSync(schemaFile, JSON.stringify(schema));
  expect(JSON.parse(readFileSync(schemaFile, 'utf8')), 'npm run goldens and npm run format write it anew').toEqual(
    schema,
  );
});

it('docs/configuration.md lists every key', () => {
  const text = readFileSync(page, 'utf8');
  const prose = text.slice(0, text.indexOf(heading) + heading.length);
  expectGolden(page, `${prose}\n${table()}`);
});

it('the example in docs/configuration.md is the one that is tested', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))![1]!;
  const fixture = fileURLToPath(new URL('../../fixtures/config/quickstart.yaml', import.meta.url));
  expect(example).toBe(readFileSync(fixture, 'utf8'));
});

describe('keys', () => {
  it('say in a sentence what they mean, and have the default of MASTER', () => {
    for (const { path, schema, isGroup } of configKeys) {
      expect(schema.description, path).toMatch(/^[\w[*].*\.$/);
      const value = path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], master);
      if (!isGroup) expect(schema.default, path).toEqual(value);
    }
  });

  it('are all keys of MASTER', () => {
    const printed = parse(printConfig(master, 'yaml')) as object;
    const pathsOf = (value: unknown, path: string): string[] => {
      const known = configKeys.find((key) => key.path === path);
      if (path !== '' && known?.isGroup !== true) return [path];
      return [
        ...(path === '' ? [] : [path]),
        ...Object.entries(value as object).flatMap(([key, inner]) =>
          pathsOf(inner, path === '' ? key : `${path}.${key}`),
        ),
      ];
    };
    expect(pathsOf(printed, '').sort()).toEqual(configKeys.map(({ path }) => path).sort());
  });

  it.each([
    ['train.common.learning_rate', 'did you mean "callback.lr_schedule.initial_learning_rate"?'],
    ['train.learning_rate', 'did you mean "callback.lr_schedule.initial_learning_rate"?'],
    ['batch_size', 'did you mean "train.common.batch_size"?'],
    ['data_config.file_path', 'did you mean "data_config.Read_configs.SIGNAL.file_path"?'],
    ['train.alpha', 'did you mean "train.VAE_config.alpha"?'],
    ['callback.alpha', 'did you mean "callback.lr_schedule.alpha"?'],
    ['data_config.read_configs', 'did you mean "data_config.Read_configs"?'],
    ['model.latent', 'did you mean "model.latent_dim"?'],
    ['determinism.qqqqqqqqq', 'known here: global_seed'],
    [
      'determinism.global_seed.low',
      'determinism.global_seed: Seed of initial weights, shuffling and sampling. (default: 123)',
    ],
  ])('%s: %s', (unknown, remedy) => {
    expect(suggestKey(unknown)).toBe(remedy);
  });
});
