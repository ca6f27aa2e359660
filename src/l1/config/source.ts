/** Where overrides come from: a file, an object, `--set` options. A source knows the place of each of its keys. */
import { basename } from 'node:path';
import { Problems, userError } from '../../base/diagnostic.js';
import { readText } from '../../base/files.js';
import { type KeyPath, printPath, readYaml } from '../../base/read-yaml.js';

export interface ConfigSource {
  /** What it overrides, unchecked. */
  readonly value: unknown;
  /** The place of a key, for messages. */
  placeOf(path: KeyPath): string;
}

/** A YAML file, or JSON, which is YAML; an empty one overrides nothing. @throws AxocError (user) with every mistake of its syntax */
function fileSource(path: string): ConfigSource {
  const name = basename(path);
  const { value, positionOf } = readYaml(readText(path), name);
  return { value: value ?? {}, placeOf: (key) => `${name}: ${positionOf(key)}: ${printPath(key)}` };
}

/** A program's object. */
function objectSource(value: unknown): ConfigSource {
  return { value, placeOf: (path) => `slave: ${printPath(path)}` };
}

/** One option, `a.b.c=value`; the value is YAML: `3`, `true`, `text`, `[28, 15]`. */
function optionSource(option: string): ConfigSource {
  const separator = option.indexOf('=');
  const path = option.slice(0, Math.max(separator, 0)).split('.');
  if (separator < 0 || path.includes(''))
    throw userError('bad-option', `--set ${option}`, 'KEY=VALUE expected', 'write --set train.common.n_epochs=100');
  const { value } = readYaml(option.slice(separator + 1), `--set ${option}`);
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return { value: nested, placeOf: (key) => `--set ${printPath(key)}` };
}

/** All sources in the order in which they override: file, object, options. @throws AxocError (user) */
export function openSources(config?: string, slave?: unknown, options: readonly string[] = []): ConfigSource[] {
  const problems = new Problems();
  const opened = [
    ...(config === undefined ? [] : [problems.attempt(() => fileSource(config))]),
    ...(slave === undefined ? [] : [objectSource(slave)]),
    ...options.map((option) => problems.attempt(() => optionSource(option))),
  ];
  problems.throwIfAny();
  return opened as ConfigSource[];
}
