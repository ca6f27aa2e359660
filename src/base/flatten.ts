/** A configuration as a list of keys, to find in which two differ. */

/** `a.b.c` -> JSON of its value; lists are values. */
export function flattened(value: unknown, key = ''): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[key, JSON.stringify(value)]]);
  const inner = Object.entries(value).map(([name, part]) => flattened(part, key === '' ? name : `${key}.${name}`));
  return new Map(inner.flatMap((one) => [...one]));
}
