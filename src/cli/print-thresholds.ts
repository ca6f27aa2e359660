/** Prints thresholds, why some rates have none, and what thresholds keep of signals. */
import type { ScoreTable } from '../artefact/artefact.js';
import { isThreshold, type Refusal, type Threshold } from '../l1/thresholds.js';
import { printLine, printNote, printTable } from './print.js';

export function printThresholds(entries: readonly (Threshold | Refusal)[]): void {
  const thresholds = entries.filter(isThreshold);
  if (thresholds.length > 0) {
    printTable(
      ['rate kHz', 'kind', 'threshold', 'integer', 'raw kHz', '+-', 'pure kHz', '+-'],
      thresholds.map(({ target, kind, value, integer, raw, pure }) => [
        target,
        kind,
        value.toPrecision(6),
        String(integer),
        raw.rate.toPrecision(4),
        raw.error.toPrecision(2),
        pure?.rate.toPrecision(4) ?? '-',
        pure?.error.toPrecision(2) ?? '-',
      ]),
      2,
    );
    printLine();
  }
  const refusals = entries.flatMap((entry) => (isThreshold(entry) ? [] : [entry]));
  for (const refusal of new Set(refusals.map(({ target, reason }) => `no threshold at ${target} kHz: ${reason}`)))
    printNote(refusal);
}

/** In per cent. */
export function printScoreTable(target: number, table: ScoreTable): void {
  if (table.signals.length === 0) return;
  const share = (column: readonly number[] | undefined, row: number): string =>
    column === undefined ? '-' : (100 * column[row]!).toFixed(2);
  printTable(
    [`at ${target} kHz`, 'axo %', 'L1 %', 'HT %', 'pure %', 'improvement %'],
    table.signals.map((name, row) => [
      name,
      ...[table.axo, table.level1, table.ht, table.pure, table.improvement].map((column) => share(column, row)),
    ]),
    1,
  );
  printLine();
}
