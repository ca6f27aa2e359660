/** All keys of MASTER as a list, what they mean, and the nearest of them to one that does not exist. */
import {
  type ConfigKey,
  explainKey as explain,
  type KeySchema,
  listKeys,
  suggestKey as suggest,
} from '../../base/config-keys.js';
import { configJsonSchema } from './schema.js';

const page = 'docs/configuration.md';

/** In the order of the schema, a group before its keys. */
export const configKeys: readonly ConfigKey[] = listKeys(configJsonSchema() as KeySchema);

/** A remedy for an unknown key. */
export const suggestKey = (unknown: string): string => suggest(unknown, configKeys, page);

/** What the key means. */
export const explainKey = (path: string): string => explain(path, configKeys, page);
