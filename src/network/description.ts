/** The network description: a JSON file in which a user describes an existing network by hand (docs/network-description.md). */
import { z } from 'zod';
import { Problems } from '../base/diagnostic.js';
import { suggest } from '../base/nearest.js';
import { parseJson } from '../data/json/parse-json.js';

const seeDocs = 'docs/network-description.md lists every key and the values it takes';

const real = z.custom<number | string>(
  (value) =>
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value)),
  { error: (issue) => `a number expected, found ${describe(issue.input)}` },
);
const type = z.string();
const name = z.string().min(1, 'an empty name');

/** Largest stride, padding or length of an image: a typing error should not fill the memory. */
const longest = 65536;

/** A list of `count` whole numbers, the smallest of them `least`. */
function wholeNumbers(count: number, least: number, words: string) {
  const isRight = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length === count &&
    value.every((number) => Number.isInteger(number) && number >= least && number <= longest);
  return z.custom<readonly number[]>(isRight, {
    error: (issue) => `${words} in whole numbers from ${least} expected, found ${describe(issue.input)}`,
  });
}

const dense = z.strictObject({
  kind: z.literal('dense'),
  name,
  input: name.optional(),
  weights: z.array(z.array(real)),
  bias: z.array(real).optional(),
  weight_format: type.optional(),
  bias_format: type.optional(),
  accum_format: type.optional(),
  result_format: type.optional(),
});
const conv2d = z.strictObject({
  kind: z.literal('conv2d'),
  name,
  input: name.optional(),
  input_shape: wholeNumbers(3, 1, '[height, width, channels]').optional(),
  weights: z.array(z.array(z.array(z.array(real)))),
  bias: z.array(real).optional(),
  strides: wholeNumbers(2, 1, '[vertical, horizontal]').optional(),
  padding: z
    .union([z.enum(['valid', 'same']), wholeNumbers(4, 0, '')], {
      error: (issue) =>
        `"valid", "same" or [top, bottom, left, right] in whole numbers expected, found ${describe(issue.input)}`,
    })
    .optional(),
  weight_format: type.optional(),
  bias_format: type.optional(),
  accum_format: type.optional(),
  result_format: type.optional(),
});
const relu = z.strictObject({ kind: z.literal('relu'), name, input: name.optional(), result_format: type.optional() });
const cast = z.strictObject({ kind: z.literal('cast'), name, input: name.optional(), result_format: type.optional() });
const leakyRelu = z.strictObject({
  kind: z.literal('leaky_relu'),
  name,
  input: name.optional(),
  slope: real,
  result_format: type.optional(),
});
const layerKinds = { dense, conv2d, relu, leaky_relu: leakyRelu, cast };

const scoreTypes = {
  product_format: type.optional(),
  accum_format: type.optional(),
  result_format: type.optional(),
  // biome-ignore lint/suspicious/noThenProperty: the published descriptions call the last cast "then"
  then: type.optional(),
};
const sumOfSquares = z.strictObject({ kind: z.literal('sum-of-squares'), of: name, ...scoreTypes });
const sumOfSquaredDifference = z.strictObject({
  kind: z.literal('sum-of-squared-difference'),
  of: name,
  minus: name,
  difference_format: type.optional(),
  ...scoreTypes,
});
const expression = z.strictObject({
  kind: z.literal('expression'),
  expression: z.string(),
  result_format: type.optional(),
});
const scoreKinds = {
  'sum-of-squares': sumOfSquares,
  'sum-of-squared-difference': sumOfSquaredDifference,
  expression,
};

const description = z.strictObject({
  name: name,
  inputs: z.int().min(1).max(65536),
  hardware_format: type.optional(),
  offset_format: type.optional(),
  offset: z.array(real).optional(),
  shift: z.array(z.int().min(-1024).max(1024)).optional(),
  lsb: z.array(real).min(1).optional(),
  scaled_format: type.optional(),
  input_format: type.optional(),
  layers: z.array(z.unknown()).min(1, 'a network has at least one layer'),
  score: z.unknown().optional(),
});

export type DenseDescription = z.infer<typeof dense>;
export type Conv2dDescription = z.infer<typeof conv2d>;
export type LayerDescription =
  | DenseDescription
  | Conv2dDescription
  | z.infer<typeof relu>
  | z.infer<typeof leakyRelu>
  | z.infer<typeof cast>;
export type ScoreDescription =
  | z.infer<typeof sumOfSquares>
  | z.infer<typeof sumOfSquaredDifference>
  | z.infer<typeof expression>;
export type Description = Omit<z.infer<typeof description>, 'layers' | 'score'> & {
  readonly layers: readonly LayerDescription[];
  readonly score?: ScoreDescription;
};

/**
 * Parses JSON and checks its structure: keys, kinds of values. Numbers and types are not looked into yet.
 * @throws AxocError (user) with every structural problem
 */
export function parseDescription(text: string, source: string): Description {
  return checkDescription(parseJson(text, source), source);
}

/**
 * The same for a description that did not come as text.
 * @throws AxocError (user) with every structural problem
 */
export function checkDescription(json: unknown, source: string): Description {
  const problems = new Problems();
  const root = checked(description, json, source, '', problems);
  const layers = (root?.layers ?? []).map((layer, index) =>
    checkedKind(layerKinds, layer, source, `layers[${index}]`, problems),
  );
  // A text alone is an expression.
  const written = typeof root?.score === 'string' ? { kind: 'expression', expression: root.score } : root?.score;
  const score = written === undefined ? undefined : checkedKind(scoreKinds, written, source, 'score', problems);
  problems.throwIfAny();
  return {
    ...root!,
    layers: layers as LayerDescription[],
    ...(score === undefined ? {} : { score: score as ScoreDescription }),
  } as Description;
}

type Kinds = Readonly<Record<string, z.ZodType>>;

/** Checks an object by the schema its `kind` names. */
function checkedKind(kinds: Kinds, value: unknown, source: string, path: string, problems: Problems): unknown {
  const kind = (value as { kind?: unknown } | null)?.kind;
  const schema = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (schema !== undefined) return checked(schema, value, source, path, problems);
  const known = Object.keys(kinds);
  if (typeof kind === 'string')
    problems.add('unknown-kind', `${source}: ${path}.kind`, `unknown kind "${kind}"`, suggest(kind, known));
  else
    problems.add(
      'bad-value',
      `${source}: ${path}`,
      `an object with a kind expected, found ${describe(value)}`,
      `known kinds: ${known.join(', ')}`,
    );
  return undefined;
}

function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  source: string,
  path: string,
  problems: Problems,
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues;
  for (const issue of issues.slice(0, 10)) reportIssue(issue, schema, value, `${source}: `, path, problems);
  if (issues.length > 10)
    problems.add(
      'bad-value',
      `${source}: ${path === '' ? 'description' : path}`,
      `and ${issues.length - 10} more problems of this kind`,
    );
  return undefined;
}

function reportIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  root: unknown,
  source: string,
  path: string,
  problems: Problems,
): void {
  const place = source + printPath(path, issue.path);
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    root,
  );
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
        problems.add('unknown-key', source + printPath(path, [...issue.path, key]), 'unknown key', suggest(key, known));
      }
      return;
    case 'invalid_type':
      if (found === undefined)
        problems.add('missing-key', place, `missing: ${article(issue.expected)} is required here`, seeDocs);
      else problems.add('bad-value', place, `${article(issue.expected)} expected, found ${describe(found)}`, seeDocs);
      return;
    default:
      problems.add('bad-value', place, issue.message, seeDocs);
  }
}

function printPath(base: string, path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (printed, key) =>
      typeof key === 'number' ? `${printed}[${key}]` : `${printed}${printed === '' ? '' : '.'}${String(key)}`,
    base,
  );
  return text === '' ? 'description' : text;
}

function article(expected: string): string {
  const word = expected === 'int' ? 'integer' : expected === 'array' ? 'list' : expected;
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const isShort = value.length <= 4 && value.every((item) => typeof item === 'number');
    return isShort ? `[${value.join(', ')}]` : `a list of ${value.length}`;
  }
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `the text "${value}"` : String(value);
}
