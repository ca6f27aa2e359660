/** Section: what thresholds keep of the signals, and how well the score separates. */
import type { ScoreTable } from '../../../artefact/artefact.js';
import { efficiencyAgainstRate } from '../../../report/plots/efficiency-against-rate.js';
import type { Plot } from '../../../report/plots/plot.js';
import { efficiencyPoints, pointsPlot } from '../../../report/plots/points.js';
import { roc } from '../../../report/plots/roc.js';
import { type Block, numberCell, type Section, textCell } from '../../../report/report.js';
import type { EventFacts, RunFacts, ScoredSet } from '../collect.js';
import { countedIn, efficiencyAgainstRateOf, rocOf, usualRange } from '../curves.js';
import { area, count, efficiencyCells, figure, limitNote, plain, shareCell } from './blocks.js';

export async function efficienciesSection({ artefact, events, config }: RunFacts): Promise<Section> {
  const { bc_khz, ht_threshold } = config.threshold;
  const totals = new Map(events?.signals.map(({ name, scores }) => [name, scores.length]));
  const found =
    events === undefined
      ? [...(artefact.scoreTables ?? [])].map(([rate, table]) => ({ rate: Number(rate), table }))
      : events.tables.map(({ threshold, table }) => ({ rate: threshold.target, table }));
  const tables = found
    .filter(({ table }) => table.signals.length > 0)
    .map(({ rate, table }) => efficiencyTable(`At ${plain(rate)} kHz`, table, totals));
  const explained = `Shares of all events of a signal, in per cent. AXO: the score is above the raw threshold. L1: another Level-1 seed has fired. HT: HT above ${plain(ht_threshold)} GeV. Pure: AXO without any other seed. Improvement: what the menu gains by AXO. ${limitNote}`;
  return {
    id: 'efficiencies',
    title: 'Efficiencies',
    blocks: [
      { kind: 'text', text: explained },
      ...(tables.length === 0
        ? [
            {
              kind: 'missing',
              title: 'Efficiencies',
              reason: 'No rate has a threshold, or there are no signals.',
            } as const,
          ]
        : tables),
      ...(events === undefined ? [] : pureTables(events, totals)),
      ...(events === undefined ? [] : await eventBlocks(events, bc_khz, config.callback.efficiency.rate)),
    ],
  };
}

/** Folded: whoever sets the rate of the menu's own events finds here what a signal would gain. */
function pureTables({ pureTables: tables }: EventFacts, totals: ReadonlyMap<string, number>): readonly Block[] {
  if (tables.every(({ table }) => table.signals.length === 0)) return [];
  const explained = 'The same shares where the threshold is set for a pure rate: AXO is above that threshold.';
  const blocks = tables.map(({ threshold, table }) =>
    efficiencyTable(`At a pure rate of ${plain(threshold.target)} kHz`, table, totals),
  );
  const title = `Efficiencies at the thresholds of ${tables.length} pure ${tables.length === 1 ? 'rate' : 'rates'}`;
  return [{ kind: 'group', title, blocks: [{ kind: 'text', text: explained }, ...blocks] }];
}

function efficiencyTable(title: string, table: ScoreTable, events?: ReadonlyMap<string, number>): Block {
  return {
    kind: 'table',
    title,
    columns: ['Signal', 'Events', 'AXO (%)', '± (%)', 'L1 (%)', 'HT (%)', 'Pure (%)', 'Improvement (%)'].map(
      (title, column) => ({ title, isNumber: column > 0 }),
    ),
    rows: table.signals.map((name, row) => {
      const [raw, total] = [table.axo[row]!, events?.get(name)];
      return [
        textCell(name),
        numberCell(total, count),
        ...efficiencyCells(raw, total),
        shareCell(table.level1?.[row], total),
        shareCell(table.ht?.[row], total),
        shareCell(table.pure?.[row], total),
        shareCell(table.improvement?.[row], total),
      ];
    }),
    note: '',
  };
}

async function eventBlocks(events: EventFacts, bcKhz: number, rate: number): Promise<readonly Block[]> {
  const { test, signals, separation, tables } = events;
  const background = test.scores.toSorted();
  const sorted = signals.map(({ name, scores }) => ({ name, scores: scores.toSorted() }));
  const rates: Plot = efficiencyAgainstRate({
    signals: sorted.map(({ name, scores }) => ({
      name,
      data: efficiencyAgainstRateOf(background, scores, bcKhz, fewestAbove),
    })),
    targets: tables.map(({ threshold }) => threshold.target),
  });
  const rocs: Plot = roc(
    separation.map(({ signal, network }) => ({
      name: signal,
      data: { ...network, points: rocOf(background, sorted.find(({ name }) => name === signal)!.scores) },
    })),
  );
  return [
    await figure(
      'efficiency-rate',
      'Efficiency against rate',
      `From the rate that ${fewestAbove} test events give to that of all crossings; dotted lines are the target rates.`,
      rates,
    ),
    await figure('roc', 'Receiver operating characteristic', 'Errors of areas after Hanley and McNeil.', rocs),
    separationTable(events),
    ...(await dependences(events, rate)),
  ];
}

/** Fewer background events above a threshold make its rate uncertain by a third or more. */
const fewestAbove = 10;

function separationTable({ separation }: EventFacts): Block {
  if (separation.length === 0)
    return { kind: 'missing', title: 'Separation', reason: 'No signal has events, so nothing can be separated.' };
  return {
    kind: 'table',
    title: 'Separation from the background, beside a linear baseline',
    columns: ['Signal', 'Events', 'AUC', '±', 'Linear AUC', '± (linear)', 'Gain'].map((title, column) => ({
      title,
      isNumber: column > 0,
    })),
    rows: separation.map(({ signal, events, network, linear }) => [
      textCell(signal),
      numberCell(events, count),
      numberCell(network.auc, area),
      numberCell(network.error, area),
      numberCell(linear.auc, area),
      numberCell(linear.error, area),
      numberCell(network.auc - linear.auc, area),
    ]),
    note: 'AUC: area under the ROC curve. Linear: distance of an event from as many principal components of the background as there are latent variables.',
  };
}

const dependenceBins = 12;

/** Efficiency against pile-up and HT at the threshold whose rate is nearest to the one that training watched. */
async function dependences({ tables, signals }: EventFacts, rate: number): Promise<readonly Block[]> {
  const distance = (target: number): number => Math.abs(Math.log(target / rate));
  const [nearest] = tables.toSorted((a, b) => distance(a.threshold.target) - distance(b.threshold.target));
  if (nearest === undefined) return [];
  const { target, value } = nearest.threshold;
  const at = `At the raw threshold of ${plain(target)} kHz. Vertical bars: one standard deviation (Wilson).`;
  const against = (quantity: (set: ScoredSet) => Float32Array | undefined, xTitle: string): Plot => {
    const known = signals.flatMap((set) => {
      const values = quantity(set);
      return values === undefined ? [] : [{ name: set.name, values, scores: set.scores }];
    });
    const range = usualRange(known.map(({ values }) => values));
    return pointsPlot({
      series:
        range === undefined
          ? []
          : known.map(({ name, values, scores }) => ({
              name,
              data: efficiencyPoints(countedIn(values, scores, value, range, dependenceBins)),
            })),
      xTitle,
      yTitle: 'Efficiency',
      isLogarithmic: false,
      missing: 'No signal has events that carry this quantity in more than one value.',
    });
  };
  return [
    await figure(
      'efficiency-pileup',
      'Efficiency against pile-up',
      at,
      against(({ pileup }) => pileup, 'Pile-up (vertices)'),
    ),
    await figure(
      'efficiency-ht',
      'Efficiency against HT',
      at,
      against(({ ht }) => ht, 'HT (GeV)'),
    ),
  ];
}
