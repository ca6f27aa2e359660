/** Prints thresholds, why some rates have none, and what thresholds keep of signals. */
import type { Shares } from '../artefact/artefact.js';
import { efficiencyCells, rateCells, scoreText, shareCell } from '../l1/report/sections/blocks.js';
import type { ThresholdTable } from '../l1/run/results.js';
import { isThreshold, type Refusal, type Threshold } from '../l1/thresholds.js';
import { printLine, printNote, printTable } from './print.js';

/** @param limit kHz: what stands for a rate without events, at 95 % confidence */
export function printThresholds(entries: readonly (Threshold | Refusal)[], limit: number): void {
  const thresholds = entries.filter(isThreshold);
  if (thresholds.length > 0) {
    printTable(
      ['rate kHz', 'kind', 'threshold', 'integer', 'raw kHz', '+-', 'pure kHz', '+-'],
      thresholds.map(({ target, kind, value, integer, raw, pure }) => [
        target,
        kind,
        scoreText(value),
        String(integer),
        ...[...rateCells(raw, limit), ...rateCells(pure, limit)].map(({ text }) => text),
      ]),
      2,
    );
    printLine();
  }
  const refusals = entries.flatMap((entry) => (isThreshold(entry) ? [] : [entry]));
  for (const refusal of new Set(refusals.map(({ target, reason }) => `no threshold at ${target} kHz: ${reason}`)))
    printNote(refusal);
}

/**
 * In per cent.
 * @param events of each signal
 */
export function printScoreTable(
  { threshold: { kind, target }, table }: ThresholdTable,
  events: readonly number[],
): void {
  if (table.signals.length === 0) return;
  const share = (column: Shares | undefined, row: number): string => shareCell(column?.[row], events[row]).text;
  printTable(
    [
      kind === 'raw' ? `at ${target} kHz` : `at pure ${target} kHz`,
      'axo %',
      '+-',
      'L1 %',
      'HT %',
      'pure %',
      'improvement %',
    ],
    table.signals.map((name, row) => [
      name,
      ...efficiencyCells(table.axo[row]!, events[row]).map(({ text }) => text),
      ...[table.level1, table.ht, table.pure, table.improvement].map((column) => share(column, row)),
    ]),
    1,
  );
  printLine();
}
