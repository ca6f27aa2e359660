/**
 * A record of a network description as an HDF5 group: lists of numbers are datasets, texts and numbers attributes, all else an
 * attribute of JSON text. It knows no key by name, so descriptions may gain keys.
 */
import type { Hdf5Writer } from '../data/hdf5/write.js';
import { jsonSuffix, type StoredFile } from './stored-file.js';

type Numeric = number | string;
export type StoredRecord = Readonly<Record<string, unknown>>;

/** The name of a dataset where it is not that of the key. */
const datasetNames: Readonly<Record<string, string>> = { weights: 'kernel' };
const keyNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(datasetNames).map(([key, name]) => [name, key]),
);

export function writeRecord(file: Hdf5Writer, group: string, record: StoredRecord): void {
  file.group(group);
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue;
    const shape = shapeOf(value);
    if (shape !== undefined) writeNumbers(file, `${group}/${datasetNames[key] ?? key}`, value as Nested, shape);
    else if (typeof value === 'number' || (typeof value === 'string' && !value.includes('\0')))
      file.attribute(group, key, value);
    else file.attribute(group, `${key}${jsonSuffix}`, JSON.stringify(value));
  }
}

export function readRecord(file: StoredFile, group: string): StoredRecord {
  const attributes = [...file.attributes(group)].map(([key, value]): [string, unknown] =>
    key.endsWith(jsonSuffix) ? [key.slice(0, -jsonSuffix.length), file.parseJson(String(value), group)] : [key, value],
  );
  const datasets = file
    .datasetsIn(group)
    .map((name): [string, unknown] => [keyNames[name] ?? name, readNumbers(file, `${group}/${name}`)]);
  return Object.fromEntries([...attributes, ...datasets]);
}

type Nested = readonly Nested[] | Numeric;

/**
 * Doubles; where a number is written as text (it has more digits than a double) all of them are kept as JSON texts, and the
 * shape as an attribute.
 */
function writeNumbers(file: Hdf5Writer, name: string, nested: Nested, shape: readonly number[]): void {
  const flat = flatten(nested);
  if (flat.every((value) => typeof value === 'number')) {
    file.dataset(name, Float64Array.from(flat), shape);
    return;
  }
  file.strings(
    name,
    flat.map((value) => JSON.stringify(value)),
  );
  file.attribute(name, `shape${jsonSuffix}`, JSON.stringify(shape));
}

function readNumbers(file: StoredFile, name: string): Nested {
  const dataset = file.file.dataset(name);
  if (dataset.type !== 'string') return nest(Array.from(dataset.readAll()), dataset.shape);
  const flat = dataset.readStrings().map((text) => file.parseJson(text, name) as Numeric);
  const shape = file.json(name, 'shape') as readonly number[];
  if (!Array.isArray(shape) || shape.reduce((product, length) => product * length, 1) !== flat.length)
    throw file.problem(name, `${flat.length} numbers are not of the shape ${JSON.stringify(shape)}`);
  return nest(flat, shape);
}

function flatten(nested: Nested): readonly Numeric[] {
  return typeof nested === 'object' ? nested.flatMap(flatten) : [nested];
}

function nest(flat: readonly Numeric[], shape: readonly number[]): Nested {
  const [length = 0, ...inner] = shape;
  if (inner.length === 0) return flat;
  const size = flat.length / length;
  return Array.from({ length }, (_, index) => nest(flat.slice(index * size, (index + 1) * size), inner));
}

/** The shape of a list, or list of lists, of numbers (texts of numbers too); undefined for all else and where it is empty or ragged. */
function shapeOf(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every(isNumeric)) return [value.length];
  const inner = value.map(shapeOf);
  const first = JSON.stringify(inner[0]);
  return first !== undefined && inner.every((shape) => JSON.stringify(shape) === first)
    ? [value.length, ...inner[0]!]
    : undefined;
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value));
}
