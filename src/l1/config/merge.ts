/** Overrides one tree of plain values by another: objects key by key, everything else - lists too - as a whole. */

export type Tree = Readonly<Record<string, unknown>>;

/** Keys whose value is undefined override nothing. */
export function merge(base: Tree, over: Tree): Tree {
  const given = Object.entries(over).filter(([, value]) => value !== undefined);
  return {
    ...base,
    ...Object.fromEntries(
      given.map(([key, value]) => {
        const below = Object.hasOwn(base, key) ? base[key] : undefined;
        return [key, isTree(value) ? merge(isTree(below) ? below : {}, value) : value];
      }),
    ),
  };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
