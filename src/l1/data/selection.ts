/** Which rows of the event table make the network's inputs, and in which order. */
import { Problems } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import { type ObjectKind, objectKinds, objectScales } from './objects.js';
import type { ReadOptions } from './options.js';

export interface SelectedObject {
  readonly kind: ObjectKind;
  /** Place among the objects of its kind, from 0; they are ordered by pt. */
  readonly ordinal: number;
  /** Row in the event table. */
  readonly row: number;
}

/** `JET 3` is the third hardest jet. */
export function nameOf({ kind, ordinal }: SelectedObject): string {
  return kind === 'MET' ? kind : `${kind} ${ordinal + 1}`;
}

/**
 * The chosen rows of all kinds, in the order MET, EGAMMA, MUON, JET.
 * @param place names the options in messages
 * @throws AxocError (user) when keys are missing or unknown, or a range and its mask differ in length
 */
export function selectObjects({ objectRanges, constituents }: ReadOptions, place: string): readonly SelectedObject[] {
  const problems = new Problems();
  const at = (key: string, message: string, hint?: string): void =>
    problems.add('object-selection', `${place}: ${key}`, message, hint);
  checkKeys(
    objectRanges,
    objectKinds.map((kind) => objectScales[kind].range),
    (key, message, hint) => at(`object_ranges.${key}`, message, hint),
  );
  checkKeys(constituents, objectKinds, (key, message, hint) => at(`constituents.${key}`, message, hint));
  problems.throwIfAny();
  const selected = objectKinds.flatMap((kind) => {
    const range = objectRanges[objectScales[kind].range]!;
    const [from, to] = typeof range === 'number' ? [range, range + 1] : range;
    const mask = constituents[kind]!;
    if (mask.length !== to - from)
      at(
        `constituents.${kind}`,
        `has ${mask.length} entries for ${to - from} rows of object_ranges.${objectScales[kind].range}`,
        'give one true or false for each row',
      );
    return mask.flatMap((isUsed, ordinal) => (isUsed ? [{ kind, ordinal, row: from + ordinal }] : []));
  });
  if (problems.count === 0 && selected.length === 0) at('constituents', 'choose no object', 'set some entries to true');
  problems.throwIfAny();
  return selected;
}

function checkKeys(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  add: (key: string, message: string, hint?: string) => void,
): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) add(key, 'there is no such kind of object', suggest(key, known));
  }
  for (const key of known) if (!(key in given)) add(key, 'is missing');
}
