/** All keys of MASTER as a list, and the nearest of them to one that does not exist. */
import { distance } from 'fastest-levenshtein';
import { configJsonSchema } from './schema.js';

/** What is used here of JSON Schema. */
export interface KeySchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly KeySchema[];
  readonly items?: KeySchema | false;
  readonly prefixItems?: readonly KeySchema[];
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: KeySchema | false;
}

export interface ConfigKey {
  /** From the root, `train.common.batch_size`. */
  readonly path: string;
  readonly schema: KeySchema;
  /** Whether it holds keys of its own that are listed too. */
  readonly isGroup: boolean;
}

/** In the order of the schema, a group before its keys. */
export const configKeys: readonly ConfigKey[] = keysBelow('', configJsonSchema() as KeySchema);

function keysBelow(prefix: string, { properties = {} }: KeySchema): ConfigKey[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    return [{ path, schema, isGroup: schema.properties !== undefined }, ...keysBelow(`${path}.`, schema)];
  });
}

/** A remedy for an unknown key: the nearest key anywhere in the tree, or else those of its group. */
export function suggestKey(unknown: string): string {
  const near = configKeys
    .map(({ path }) => ({ path, name: nameDistance(lastOf(unknown), lastOf(path)), whole: distance(unknown, path) }))
    .filter(({ path, name }) => name <= Math.max(2, Math.floor(lastOf(path).length / 3)))
    .sort((a, b) => a.name - b.name || a.whole - b.whole)[0];
  if (near !== undefined) return `did you mean "${near.path}"?`;
  const group = unknown.slice(0, Math.max(0, unknown.lastIndexOf('.')));
  const known = configKeys.map(({ path }) => path).filter((path) => parentOf(path) === group);
  return known.length > 0 ? `known here: ${known.map(lastOf).join(', ')}` : explainKey(unknown);
}

/** What the key means, or the nearest above it that is listed. */
export function explainKey(path: string): string {
  const key = configKeys.findLast(
    (known) => path === known.path || (/^[.[]/.test(path.slice(known.path.length)) && path.startsWith(known.path)),
  );
  if (key === undefined) return 'docs/configuration.md lists every key and the values it takes';
  const fallback = key.isGroup ? '' : ` (default: ${JSON.stringify(key.schema.default)})`;
  return `${key.path}: ${key.schema.description}${fallback}`;
}

/** Edit distance; a known name that contains the unknown one, or begins it, is as near as one wrong letter. */
function nameDistance(unknown: string, known: string): number {
  const [a, b] = [unknown.toLowerCase(), known.toLowerCase()];
  const isPart = Math.min(a.length, b.length) >= 4 && (b.includes(a) || a.startsWith(b));
  return Math.min(distance(a, b), isPart ? 1 : Number.POSITIVE_INFINITY);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}
