/** Holds one source of overrides against MASTER: every key must be there, every value of the same kind. */
import type { Problems } from '../../base/diagnostic.js';
import { printPath } from '../../base/read-yaml.js';
import { addSchemaProblems } from '../../base/schema-problems.js';
import { explainKey, suggestKey } from './keys.js';
import { configSchema } from './schema.js';
import type { ConfigSource } from './source.js';

/** Adds every problem of the source; afterwards its value can be merged. */
export function checkSource(source: ConfigSource, problems: Problems): void {
  addSchemaProblems(configSchema, source.value, problems, {
    placeOf: source.placeOf,
    explain: (path) => explainKey(printPath(path)),
    suggest: (path) => suggestKey(printPath(path)),
  });
}
