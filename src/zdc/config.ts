/** The configuration of the calorimeters' fast simulation: one YAML file, a section for each stage. */
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { explainKey, type KeySchema, listKeys, suggestKey } from '../base/config-keys.js';
import { Problems } from '../base/diagnostic.js';
import { readText } from '../base/files.js';
import { type KeyPath, printPath, readYaml } from '../base/read-yaml.js';
import { addSchemaProblems } from '../base/schema-problems.js';
import { evaluateOptionsSchema } from './evaluate/options.js';
import { pipelineKeys } from './pipeline/options.js';
import { prepareKeys } from './prepare/options.js';
import { trainOptionsSchema } from './train/options.js';

const zdcConfigSchema = z.strictObject({
  ...pipelineKeys,
  prepare: prepareKeys.prefault({}).describe('Text files to showers for training.'),
  train: trainOptionsSchema.prefault({}).describe('The generator and its training.'),
  evaluate: evaluateOptionsSchema.prefault({}).describe('Generated showers beside real ones.'),
});

/** Complete: every key that has a default is there. */
export type ZdcConfig = z.output<typeof zdcConfigSchema>;

/** A configuration and where it stands. */
export interface ZdcConfigFile {
  readonly config: ZdcConfig;
  /** Absolute path of its directory: relative paths in it count from there. */
  readonly directory: string;
  /** `zdc.yaml: line 3, column 5: train.epochs`, for messages. */
  placeOf(path: KeyPath): string;
}

const page = 'docs/zdc-pipeline.md';

/**
 * Reads YAML or JSON; an empty file gives the defaults.
 * @throws AxocError (user) with every mistake
 */
export function readZdcConfig(path: string): ZdcConfigFile {
  const name = basename(path);
  const { value, positionOf } = readYaml(readText(path), name);
  const given = value ?? {};
  const placeOf = (key: KeyPath): string => `${name}: ${positionOf(key)}: ${printPath(key)}`;
  const keys = listKeys(z.toJSONSchema(zdcConfigSchema, { io: 'input' }) as KeySchema);
  const problems = new Problems();
  addSchemaProblems(zdcConfigSchema, given, problems, {
    placeOf,
    explain: (key) => explainKey(printPath(key), keys, page),
    suggest: (key) => suggestKey(printPath(key), keys, page),
  });
  problems.throwIfAny();
  return { config: zdcConfigSchema.parse(given), directory: dirname(resolve(path)), placeOf };
}

/** The defaults. */
export const defaultZdcConfig: ZdcConfig = zdcConfigSchema.parse({});
