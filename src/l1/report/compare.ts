/** Two or more runs side by side: what differs in their configurations, and what they are worth. */

import { flattened } from '../../base/flatten.js';
import { type Block, type Cell, numberCell, type Report, type Section, textCell } from '../../report/report.js';
import { isThreshold } from '../thresholds.js';
import type { RunFacts } from './collect.js';
import { scanFigures } from './scan-figures.js';
import { area, count, efficiencyCells, limitNote, percent, plain, scoreText } from './sections/blocks.js';

export interface NamedRun {
  readonly name: string;
  readonly facts: RunFacts;
}

type Row = readonly [quantity: string, cells: readonly Cell[]];

export async function compareReport(runs: readonly NamedRun[]): Promise<Report> {
  const rates = unionOf(
    runs.map(({ facts }) => facts.events?.tables.map(({ threshold }) => threshold.target) ?? []),
  ).toSorted((a, b) => a - b);
  const signals = unionOf(runs.map(({ facts }) => facts.events?.signals.map(({ name }) => name) ?? []));
  const configurations = runs.map(({ facts }) => flattened(facts.config));
  const sections: Section[] = [
    {
      id: 'worth',
      title: 'Side by side',
      blocks: [
        ...noticesOf(runs),
        { kind: 'text', text: `Errors are one standard deviation. ${limitNote}` },
        table('Runs', runs, overviewRows(runs)),
        table(
          'Area under the ROC curve',
          runs,
          signals.map((signal) => aucRow(runs, signal)),
        ),
        ...rates.map((rate) =>
          table(`Efficiency at ${plain(rate)} kHz (%)`, runs, [
            ['threshold', runs.map(({ facts }) => numberCell(thresholdOf(facts, rate), scoreText))],
            ...signals.map((signal): Row => [signal, runs.map(({ facts }) => efficiencyCell(facts, rate, signal))]),
          ]),
        ),
      ],
    },
    {
      id: 'scan',
      title: 'Against what differs',
      blocks: await scanFigures(
        runs.map(({ facts }) => facts),
        configurations,
      ),
    },
    {
      id: 'configuration',
      title: 'Differences of configuration',
      blocks: [differences(runs, configurations)],
    },
  ];
  return {
    title: 'Comparison of runs',
    subtitle: runs.length <= mostColumns ? runs.map(({ name }) => name).join(', ') : `${runs.length} runs`,
    sections: sections.filter(({ blocks }) => blocks.length > 0),
  };
}

function unionOf<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return [...new Set(lists.flat())];
}

/** Each notice once, with the runs that it is of. */
function noticesOf(runs: readonly NamedRun[]): readonly Block[] {
  const texts = unionOf(runs.map(({ facts }) => facts.notices));
  return texts.map((text) => {
    const concerned = runs.filter(({ facts }) => facts.notices.includes(text)).map(({ name }) => name);
    const who = concerned.length === runs.length ? 'All runs' : concerned.join(', ');
    return { kind: 'notice', text: `${who}: ${text}` };
  });
}

/** More runs than this are rows: so many columns fit no page. */
const mostColumns = 4;

function table(title: string, runs: readonly NamedRun[], rows: readonly Row[]): Block {
  if (rows.length === 0) return { kind: 'missing', title, reason: 'None of the runs has a signal with events.' };
  const [heading, columns, cells] =
    runs.length <= mostColumns
      ? ['Quantity', runs.map(({ name }) => name), rows.map(([quantity, row]) => [textCell(quantity), ...row])]
      : [
          'Run',
          rows.map(([quantity]) => quantity),
          runs.map(({ name }, index) => [textCell(name), ...rows.map(([, row]) => row[index]!)]),
        ];
  return {
    kind: 'table',
    title,
    columns: [heading, ...columns].map((one, column) => ({
      title: one,
      isNumber: cells.some((row) => row[column]!.sort !== undefined),
    })),
    rows: cells,
    note: '',
  };
}

function overviewRows(runs: readonly NamedRun[]): readonly Row[] {
  const row = (quantity: string, cell: (facts: RunFacts) => Cell): Row => [
    quantity,
    runs.map(({ facts }) => cell(facts)),
  ];
  return [
    row('kind', ({ config }) => textCell(config.train.train_mode)),
    row('score bits', ({ runner }) => numberCell(runner.scoreBits, String)),
    row('weights', ({ network }) => numberCell(weightsOf(network), count)),
    row('weights that are not zero', ({ network }) => numberCell(weightsOf(network, true), count)),
    row('epochs', ({ artefact }) => numberCell([...artefact.history.values()][0]?.length, count)),
    row('test events', ({ events }) => numberCell(events?.test.scores.length, count)),
  ];
}

function weightsOf(network: RunFacts['network'], isNotZero = false): number {
  const raws = network.layers.flatMap((layer) => ('weights' in layer ? layer.weights.raws : []));
  return isNotZero ? raws.filter((raw) => raw !== 0n).length : raws.length;
}

function aucRow(runs: readonly NamedRun[], signal: string): Row {
  return [
    signal,
    runs.map(({ facts }) => {
      const found = facts.events?.separation.find((one) => one.signal === signal)?.network;
      return found === undefined
        ? numberCell(undefined, area)
        : { text: `${area(found.auc)} ± ${area(found.error)}`, sort: found.auc };
    }),
  ];
}

function thresholdOf({ events }: RunFacts, rate: number): number | undefined {
  return events?.thresholds.filter(isThreshold).find(({ kind, target }) => kind === 'raw' && target === rate)?.value;
}

function efficiencyCell({ events }: RunFacts, rate: number, signal: string): Cell {
  const found = events?.tables.find(({ threshold }) => threshold.target === rate)?.table;
  const row = found?.signals.indexOf(signal) ?? -1;
  const total = events?.signals.find(({ name }) => name === signal)?.scores.length;
  if (found === undefined || row < 0 || total === undefined) return numberCell(undefined, percent);
  const [value, error] = efficiencyCells(found.axo[row]!, total);
  return {
    text: found.axo[row] === 0 || found.axo[row] === 1 ? value.text : `${value.text} ± ${error.text}`,
    sort: found.axo[row]!,
  };
}

/** Keys whose values are not the same in all runs. */
function differences(runs: readonly NamedRun[], flat: readonly ReadonlyMap<string, string>[]): Block {
  const keys = unionOf(flat.map((one) => [...one.keys()]));
  const differing = keys.filter((key) => new Set(flat.map((one) => one.get(key))).size > 1);
  if (differing.length === 0) return { kind: 'text', text: 'The configurations are the same.' };
  const rows = differing.map((key): Row => [key, flat.map((one) => textCell(one.get(key) ?? '\u2013'))]);
  return table('Key', runs, rows);
}
