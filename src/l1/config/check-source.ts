/** Holds one source of overrides against MASTER: every key must be there, every value of the same kind. */
import type { z } from 'zod';
import type { Problems } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import { explainKey, suggestKey } from './keys.js';
import { configSchema } from './schema.js';
import { type ConfigSource, type KeyPath, printPath } from './source.js';

/** Adds every problem of the source; afterwards its value can be merged. */
export function checkSource(source: ConfigSource, problems: Problems): void {
  const issues = configSchema.safeParse(source.value, { reportInput: true }).error?.issues ?? [];
  for (const issue of issues) reportIssue(issue, source, problems);
  reportPrototypes(source.value, [], source, problems);
}

function reportIssue(issue: z.core.$ZodIssue, source: ConfigSource, problems: Problems): void {
  const place = source.placeOf(issue.path);
  const explained = explainKey(printPath(issue.path));
  switch (issue.code) {
    case 'unrecognized_keys':
      // The next function names __proto__ wherever it stands; no key is near it.
      for (const key of issue.keys.filter((name) => name !== '__proto__')) {
        const path = [...issue.path, key];
        problems.add('unknown-key', source.placeOf(path), 'unknown key', suggestKey(printPath(path)));
      }
      return;
    case 'invalid_value': {
      const known = issue.values.map(String);
      const message = `${listed(known)} expected, found ${describeValue(issue.input)}`;
      problems.add('bad-value', place, message, suggest(String(issue.input), known));
      return;
    }
    case 'invalid_type':
      problems.add(
        'bad-value',
        place,
        `${article(issue.expected)} expected, found ${describeValue(issue.input)}`,
        explained,
      );
      return;
    case 'invalid_key':
      problems.add('unknown-key', place, issue.issues[0]?.message ?? issue.message, explained);
      return;
    case 'too_small':
    case 'too_big':
      problems.add('bad-value', place, `${sizeMessage(issue)}, found ${describeValue(issue.input)}`, explained);
      return;
    default:
      problems.add('bad-value', place, `${issue.message}, found ${describeValue(issue.input)}`, explained);
  }
}

function sizeMessage(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  // Texts have no other bound than not to be empty, and a message of their own.
  if (issue.origin === 'string') return issue.message;
  const [bound, limit] =
    issue.code === 'too_small'
      ? [issue.inclusive === false ? 'more than' : 'at least', issue.minimum]
      : [issue.inclusive === false ? 'less than' : 'at most', issue.maximum];
  const unit = issue.origin === 'array' ? (limit === 1 ? ' entry' : ' entries') : '';
  return `${bound} ${limit}${unit} expected`;
}

/** A key that would reach an object's prototype has no place in a free-form map either. */
function reportPrototypes(value: unknown, path: KeyPath, source: ConfigSource, problems: Problems): void {
  if (typeof value !== 'object' || value === null || path.length > 32) return;
  for (const key of Object.keys(value)) {
    const inner = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__')
      problems.add('unknown-key', source.placeOf(inner), 'no key can have this name', 'choose another name');
    else reportPrototypes((value as Record<string, unknown>)[key], inner, source, problems);
  }
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

function article(expected: string): string {
  return kinds[expected] ?? expected;
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `the text "${value}"` : String(value);
}
