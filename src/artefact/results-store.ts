/** What training and evaluation found, as HDF5: history, thresholds, score tables, histograms. */
import type { Hdf5Writer } from '../data/hdf5/write.js';
import type { Artefact, Histogram, ScoreTable, Shares, StoredThreshold } from './artefact.js';
import { jsonSuffix, type StoredFile, toLink } from './stored-file.js';

const historyGroup = 'history';
const thresholdGroup = 'results/threshold';
const tablesGroup = 'results/axo_scores';
const histogramGroup = 'results/score_hist';

/** Column of a score table -> its dataset. */
const columns = {
  axo: 'AXO SCORE',
  pure: 'AXO pure SCORE',
  level1: 'L1 SCORE',
  ht: 'HT SCORE',
  improvement: 'AXO Improvement',
} as const;
type Column = keyof typeof columns;
const columnNames = Object.keys(columns) as Column[];

export type Results = Pick<Artefact, 'history' | 'thresholds' | 'scoreTables' | 'histograms'>;

export function writeResults(file: Hdf5Writer, { history, thresholds, scoreTables, histograms }: Results): void {
  writeEach(file, historyGroup, history, (name, values) => writeNumbers(file, name, values));
  if (thresholds !== undefined) writeThresholds(file, thresholds);
  if (scoreTables !== undefined)
    writeEach(file, tablesGroup, scoreTables, (name, table) => writeTable(file, name, table));
  if (histograms === undefined) return;
  writeHistogram(file, `${histogramGroup}/background`, histograms.background);
  writeEach(file, `${histogramGroup}/signal`, histograms.signals, (name, histogram) =>
    writeHistogram(file, name, histogram),
  );
}

export function readResults(file: StoredFile): Results {
  const has = (group: string): boolean => file.has(group);
  return {
    history: readEach(file, historyGroup, (name) => file.numbers(name)),
    ...(has(thresholdGroup) ? { thresholds: readThresholds(file) } : {}),
    ...(has(tablesGroup) ? { scoreTables: readEach(file, tablesGroup, (name) => readTable(file, name)) } : {}),
    ...(has(histogramGroup)
      ? {
          histograms: {
            background: readHistogram(file, `${histogramGroup}/background`),
            signals: readEach(file, `${histogramGroup}/signal`, (name) => readHistogram(file, name)),
          },
        }
      : {}),
  };
}

function writeThresholds(file: Hdf5Writer, thresholds: readonly StoredThreshold[]): void {
  writeNumbers(
    file,
    `${thresholdGroup}/key`,
    thresholds.map(({ key }) => key),
  );
  writeNumbers(
    file,
    `${thresholdGroup}/value`,
    thresholds.map(({ value }) => value),
  );
  file.strings(
    `${thresholdGroup}/kind`,
    thresholds.map(({ kind }) => kind),
  );
  // As text: a raw integer can have more digits than any number type of the file.
  file.strings(
    `${thresholdGroup}/integer`,
    thresholds.map(({ integer }) => String(integer)),
  );
}

function readThresholds(file: StoredFile): readonly StoredThreshold[] {
  const [keys, values] = [file.numbers(`${thresholdGroup}/key`), file.numbers(`${thresholdGroup}/value`)];
  const [kinds, integers] = [file.strings(`${thresholdGroup}/kind`), file.strings(`${thresholdGroup}/integer`)];
  return keys.map((key, index) => {
    const [value, kind, integer] = [values[index], kinds[index], integers[index]];
    if (value === undefined || (kind !== 'raw' && kind !== 'pure') || integer === undefined || !/^-?\d+$/.test(integer))
      throw file.problem(thresholdGroup, `threshold ${index} is not complete`);
    return { key, kind, value, integer: BigInt(integer) };
  });
}

function writeTable(file: Hdf5Writer, group: string, table: ScoreTable): void {
  file.strings(`${group}/Signal Name`, table.signals);
  for (const column of columnNames) {
    const values = table[column];
    if (values !== undefined) writeNumbers(file, `${group}/${columns[column]}`, values);
  }
}

function readTable(file: StoredFile, group: string): ScoreTable {
  const { axo, ...others } = columns;
  if (!file.has(`${group}/${axo}`)) throw file.problem(group, `there is no dataset "${axo}"`);
  const found = Object.entries(others)
    .filter(([, name]) => file.has(`${group}/${name}`))
    .map(([column, name]) => [column, file.numbers(`${group}/${name}`).map(numberOrNone)]);
  return {
    signals: file.strings(`${group}/Signal Name`),
    axo: file.numbers(`${group}/${axo}`),
    ...(Object.fromEntries(found) as Partial<Record<Exclude<Column, 'axo'>, Shares>>),
  };
}

function numberOrNone(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function writeHistogram(file: Hdf5Writer, group: string, { bins, counts }: Histogram): void {
  writeNumbers(file, `${group}/bin`, bins);
  writeNumbers(file, `${group}/count`, counts);
}

function readHistogram(file: StoredFile, group: string): Histogram {
  return { bins: file.numbers(`${group}/bin`), counts: file.numbers(`${group}/count`) };
}

/** What is not known is NaN. */
function writeNumbers(file: Hdf5Writer, name: string, values: readonly (number | undefined)[]): void {
  file.dataset(
    name,
    Float64Array.from(values, (value) => value ?? Number.NaN),
    [values.length],
  );
}

/** One member of the group for each entry; their order, which HDF5 does not keep, is an attribute. */
function writeEach<T>(
  file: Hdf5Writer,
  group: string,
  entries: ReadonlyMap<string, T>,
  write: (name: string, value: T) => void,
): void {
  file.group(group);
  file.attribute(group, `names${jsonSuffix}`, JSON.stringify([...entries.keys()]));
  for (const [name, value] of entries) write(`${group}/${toLink(name)}`, value);
}

function readEach<T>(file: StoredFile, group: string, read: (name: string) => T): ReadonlyMap<string, T> {
  return new Map(file.names(group, 'names').map((name) => [name, read(`${group}/${toLink(name)}`)]));
}
