/** What a schema finds wrong in a configuration, in the words of its user. */
import type { z } from 'zod';
import type { Problems } from './diagnostic.js';
import { suggest } from './nearest.js';
import type { KeyPath } from './read-yaml.js';

/** What is known of the keys of a configuration. */
export interface KeyGuide {
  /** The place of a key, for messages. */
  placeOf(path: KeyPath): string;
  /** What a key means and takes. */
  explain(path: KeyPath): string;
  /** A remedy for a key that does not exist. */
  suggest(path: KeyPath): string;
}

/** Adds every way in which `value` is not what the schema says. */
export function addSchemaProblems(schema: z.ZodType, value: unknown, problems: Problems, guide: KeyGuide): void {
  const issues = schema.safeParse(value, { reportInput: true }).error?.issues ?? [];
  for (const issue of issues) addIssue(issue, problems, guide);
  addPrototypes(value, [], problems, guide);
}

function addIssue(issue: z.core.$ZodIssue, problems: Problems, guide: KeyGuide): void {
  const place = guide.placeOf(issue.path);
  const explained = guide.explain(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      // `addPrototypes` names __proto__ wherever it stands; no key is near it.
      for (const key of issue.keys.filter((name) => name !== '__proto__')) {
        const path = [...issue.path, key];
        problems.add('unknown-key', guide.placeOf(path), 'unknown key', guide.suggest(path));
      }
      return;
    case 'invalid_value':
      addChoice(issue.values.map(String), issue.input, place, problems);
      return;
    case 'invalid_union':
      if (issue.discriminator !== undefined) addKind(issue, place, problems);
      else addUnion(issue, problems, guide);
      return;
    case 'invalid_type':
      if (issue.input === undefined) {
        problems.add('missing-key', place, 'the key is missing', explained);
        return;
      }
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

/** A key that says which of several kinds of object it is has none of their names. */
function addKind(issue: z.core.$ZodIssueInvalidUnion, place: string, problems: Problems): void {
  const key = issue.discriminator!;
  const { options } = issue as { readonly options?: readonly unknown[] };
  const found = (issue.input as Readonly<Record<string, unknown>>)[key];
  addChoice((options ?? []).map(String), found, place, problems);
}

function addChoice(known: readonly string[], found: unknown, place: string, problems: Problems): void {
  const message = `${listed(known)} expected, found ${describeValue(found)}`;
  problems.add('bad-value', place, message, suggest(String(found), known));
}

/** What is wrong with the alternative that comes nearest: the one that fails deepest, then in fewest places. */
function addUnion(issue: z.core.$ZodIssueInvalidUnion, problems: Problems, guide: KeyGuide): void {
  const depth = (inner: readonly z.core.$ZodIssue[]): number => Math.max(0, ...inner.map(({ path }) => path.length));
  const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
  const saysWhatItTakes = issue.message !== 'Invalid input';
  if (nearest !== undefined && depth(nearest) > 0 && !saysWhatItTakes) {
    for (const inner of nearest) addIssue({ ...inner, path: [...issue.path, ...inner.path] }, problems, guide);
    return;
  }
  const expected = saysWhatItTakes ? issue.message : 'something else expected';
  const message = `${expected}, found ${describeValue(issue.input)}`;
  problems.add('bad-value', guide.placeOf(issue.path), message, guide.explain(issue.path));
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
function addPrototypes(value: unknown, path: KeyPath, problems: Problems, guide: KeyGuide): void {
  if (typeof value !== 'object' || value === null || path.length > 32) return;
  for (const key of Object.keys(value)) {
    const inner = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__')
      problems.add('unknown-key', guide.placeOf(inner), 'no key can have this name', 'choose another name');
    else addPrototypes((value as Record<string, unknown>)[key], inner, problems, guide);
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
