/** "Did you mean ...": the known name closest to one that was not recognised. */
import { closest, distance } from 'fastest-levenshtein';

/** A remedy naming the nearest of `known`, or listing them all when none is near; undefined when there are none. */
export function suggest(unknown: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(unknown, known);
  const isNear = distance(unknown, nearest) <= Math.max(2, Math.floor(nearest.length / 3));
  return isNear ? `did you mean "${nearest}"?` : `known here: ${known.join(', ')}`;
}
