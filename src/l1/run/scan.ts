/** A scan: one run for each combination of values of some keys of the configuration. */
import { isAbsolute, join } from 'node:path';
import { readArtefact } from '../../artefact/read-artefact.js';
import { Problems, userError } from '../../base/diagnostic.js';
import { fileExists, readText, writeFileWhole } from '../../base/files.js';
import { flattened } from '../../base/flatten.js';
import { readYaml } from '../../base/read-yaml.js';
import { version } from '../../base/version.js';
import { parseJson } from '../../data/json/parse-json.js';
import { newestCheckpoint } from '../../train/checkpoint.js';
import { configHash } from '../config/print.js';
import { type Overrides, resolveConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import { placedIn } from './paths.js';

/** A key and the values it takes. */
export interface ScanAxis {
  /** `model.latent_dim` */
  readonly key: string;
  readonly values: readonly unknown[];
}

export interface ScanPoint {
  /** Of its directory: `latent_dim-4`, of several keys `latent_dim-4_ap_fixed_kernel-6-2`. */
  readonly name: string;
  readonly config: Config;
}

/** `KEY=V1,V2,...`, each value as YAML has it inside a list: `model.ap_fixed_kernel=[4,2],[6,2]`. @throws AxocError (user) */
export function parseScanAxis(text: string): ScanAxis {
  const place = `--key ${text}`;
  const separator = text.indexOf('=');
  const key = text.slice(0, Math.max(0, separator));
  const values = separator < 0 ? [] : (readYaml(`[${text.slice(separator + 1)}]`, place).value as unknown[]);
  if (key === '' || values.length === 0)
    throw userError('bad-option', place, 'KEY=V1,V2,... expected', 'write --key model.latent_dim=4,6,8');
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((one, index) => texts.indexOf(one) < index);
  if (twice !== undefined) throw userError('bad-option', place, `the value ${twice} is given twice`, 'give it once');
  return { key, values };
}

/**
 * Every combination, the last key varying fastest. Runs whose data are configured alike share one prepared file, in the directory
 * above theirs, and none writes a complete artefact: the events would stand in each.
 * @throws AxocError (user) with the mistakes of all configurations, before anything is trained
 */
export function scanPoints(overrides: Overrides, axes: readonly ScanAxis[]): readonly ScanPoint[] {
  const keys = axes.map(({ key }) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  if (twice !== undefined)
    throw userError('bad-option', `--key ${twice}`, 'the key is given twice', 'give all its values at once');
  // Mistakes that have nothing to do with the scanned keys are told once.
  resolveConfig(overrides);
  const combinations = axes.reduce<readonly (readonly unknown[])[]>(
    (found, { values }) => found.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  );
  const problems = new Problems();
  const configs = combinations.map((values) => {
    const set = values.map((value, axis) => `${keys[axis]}=${JSON.stringify(value)}`);
    return problems.attempt(() => resolveConfig({ ...overrides, set: [...(overrides.set ?? []), ...set] }));
  });
  problems.throwIfAny();
  const found = configs as readonly Config[];
  const isShared = new Set(found.map(({ data_config }) => configHash(data_config))).size === 1;
  checkPaths(found[0]!, isShared);
  const names = namesOf(
    combinations.map((values) => values.map((value, axis) => partOf(keys[axis]!, value)).join('_')),
  );
  return found.map((config, index) => ({ name: names[index]!, config: withinScan(config, isShared) }));
}

/** A file that every run would write is no scan's. */
function checkPaths({ data_config, store, report, callback }: Config, isShared: boolean): void {
  const written = {
    'store.lite_path': store.lite_path,
    'store.temp_path': store.temp_path,
    'store.build_model_path': store.build_model_path,
    'report.html_report.path': report.html_report.path,
    'report.pdf_report.path': report.pdf_report.path,
    'callback.csv_log.path': callback.csv_log.path,
    ...(isShared ? {} : { 'data_config.Processed_data_path': data_config.Processed_data_path }),
  };
  const problems = new Problems();
  for (const [key, path] of Object.entries(written))
    if (path !== null && isAbsolute(path))
      problems.add(
        'config-conflict',
        key,
        `${path} is absolute: every run of the scan would write it`,
        'give a relative path, which counts from the directory of each run',
      );
  problems.throwIfAny();
}

function withinScan(config: Config, isShared: boolean): Config {
  const { data_config, store } = config;
  const path = data_config.Processed_data_path;
  const Processed_data_path = isShared && !isAbsolute(path) ? join('..', path) : path;
  return {
    ...config,
    data_config: { ...data_config, Processed_data_path },
    store: { ...store, skip_saving_complete: true },
  };
}

function partOf(key: string, value: unknown): string {
  const text = JSON.stringify(value).replace(/[^A-Za-z0-9.]+/g, '-');
  return `${key.slice(key.lastIndexOf('.') + 1)}-${text.replace(/^-|-$/g, '')}`;
}

/** Different even where nothing but signs told them apart. */
function namesOf(names: readonly string[]): readonly string[] {
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name}-${before + 1}`;
  });
}

/** In the directory of a run that has begun: its configuration, so that going on with another one can say what differs. */
const begunName = 'scan-run.json';

export function noteBegun(directory: string, config: Config): void {
  writeFileWhole(join(directory, begunName), `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * What has become of a run before: trained with this configuration by this version, interrupted, or not begun.
 * @throws AxocError (user) for a run that was interrupted with another configuration, naming each key that differs
 */
export async function stateOf(directory: string, config: Config): Promise<'trained' | 'interrupted' | 'new'> {
  const { lite_path, temp_path } = placedIn(directory, config).store;
  if (!fileExists(lite_path)) {
    if (newestCheckpoint(temp_path) === undefined) return 'new';
    checkBegun(directory, config);
    return 'interrupted';
  }
  const { configuration, versions } = await readArtefact(lite_path);
  return configuration === JSON.stringify(config) && versions.axoc === version ? 'trained' : 'new';
}

function checkBegun(directory: string, config: Config): void {
  const path = join(directory, begunName);
  if (!fileExists(path)) return;
  const before = flattened(parseJson(readText(path), path));
  const now = flattened(JSON.parse(JSON.stringify(config)));
  const differing = [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key));
  if (differing.length === 0) return;
  const told = differing.map(
    (key) => `${key} was ${before.get(key) ?? 'not there'} and is ${now.get(key) ?? 'not there'}`,
  );
  throw userError(
    'checkpoint-differs',
    directory,
    `the run that was interrupted in it has another configuration: ${told.join('; ')}`,
    'go on with the configuration it began with, delete the directory to train it anew, or give another --out',
  );
}
