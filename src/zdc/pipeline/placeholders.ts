/** Commands of a configuration with their placeholders: `{run}` and others, each filled in inside one argument, never split. */
import type { Problems } from '../../base/diagnostic.js';

export type Placeholders = Readonly<Record<string, string>>;

/** `{{` and `}}` are braces themselves. */
const pattern = /\{\{|\}\}|\{([^{}]*)\}/g;

/** The argument with every placeholder filled in. */
export function fill(argument: string, values: Placeholders): string {
  return argument.replaceAll(pattern, (found, name: string | undefined) => {
    if (found === '{{') return '{';
    if (found === '}}') return '}';
    const value = values[name!];
    if (value === undefined) throw new RangeError(`{${name}} was not checked`);
    return value;
  });
}

/** Adds placeholders that are not among `known`. */
export function checkPlaceholders(text: string, known: readonly string[], place: string, problems: Problems): void {
  for (const [, name] of text.matchAll(pattern)) {
    if (name === undefined || known.includes(name)) continue;
    problems.add(
      'unknown-placeholder',
      place,
      `{${name}} stands for nothing here`,
      `known here: ${known.map((word) => `{${word}}`).join(', ')}; a brace itself is written twice: {{`,
    );
  }
}
