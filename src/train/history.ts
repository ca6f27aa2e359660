/** What training records of every epoch. */

/**
 * All numbers of one epoch, always in the same order: `epoch` (from 1), `step` (done so far), `learning_rate`, `loss` and its parts (means over
 * the epoch's batches, each before its update), `validation_loss` and its parts, then what `evaluate` gives. No times: a history is reproducible.
 */
export type EpochRecord = Readonly<Record<string, number>>;

/** Every quantity as a column, NaN where an epoch lacks it. */
export function columnsOf(history: readonly EpochRecord[]): ReadonlyMap<string, Float64Array> {
  const names = [...new Set(history.flatMap((record) => Object.keys(record)))];
  return new Map(names.map((name) => [name, Float64Array.from(history, (record) => record[name] ?? Number.NaN)]));
}

/** A header and one line an epoch; numbers are written so that they read back exactly. */
export function csvOf(history: readonly EpochRecord[]): string {
  const columns = columnsOf(history);
  const lines = history.map((_, row) => [...columns.values()].map((column) => String(column[row])).join(','));
  return [[...columns.keys()].map(csvCell).join(','), ...lines, ''].join('\n');
}

/** Metrics may be called anything. */
function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
