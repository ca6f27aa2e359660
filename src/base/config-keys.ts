/** The keys of a configuration as a list: what each means, and the nearest of them to one that does not exist. */
import { distance } from 'fastest-levenshtein';

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

/** All keys of a schema, a group before its keys. */
export function listKeys(schema: KeySchema, prefix = ''): readonly ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = `${prefix}${name}`;
    return [{ path, schema: inner, isGroup: inner.properties !== undefined }, ...listKeys(inner, `${path}.`)];
  });
}

/** A remedy for an unknown key: the nearest key anywhere in the tree, or else those of its group. */
export function suggestKey(unknown: string, keys: readonly ConfigKey[], page: string): string {
  const near = keys
    .map(({ path }) => ({ path, name: nameDistance(lastOf(unknown), lastOf(path)), whole: distance(unknown, path) }))
    .filter(({ path, name }) => name <= Math.max(2, Math.floor(lastOf(path).length / 3)))
    .sort((a, b) => a.name - b.name || a.whole - b.whole)[0];
  if (near !== undefined) return `did you mean "${near.path}"?`;
  const group = unknown.slice(0, Math.max(0, unknown.lastIndexOf('.')));
  const known = keys.map(({ path }) => path).filter((path) => parentOf(path) === group);
  return known.length > 0 ? `known here: ${known.map(lastOf).join(', ')}` : explainKey(unknown, keys, page);
}

/**
 * What the key means, or the nearest above it that is listed.
 * @param page of the documentation, where all keys are explained
 */
export function explainKey(path: string, keys: readonly ConfigKey[], page: string): string {
  const key = keys.findLast(
    (known) => path === known.path || (/^[.[]/.test(path.slice(known.path.length)) && path.startsWith(known.path)),
  );
  if (key === undefined) return `${page} lists every key and the values it takes`;
  const hasDefault = !key.isGroup && key.schema.default !== undefined;
  const meaning = key.schema.description ?? `see ${page}`;
  return `${key.path}: ${meaning}${hasDefault ? ` (default: ${JSON.stringify(key.schema.default)})` : ''}`;
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
