/** Section: what somebody in a hurry needs, and what must be known before the numbers are read. */
import { type Block, numberCell, type Section, textCell } from '../../../report/report.js';
import type { EventFacts, RunFacts } from '../collect.js';
import type { FoundFirmware } from '../firmware-facts.js';
import { area, count, efficiencyCells, plain, shareCell } from './blocks.js';

export function overviewSection({ artefact, network, events, config, firmware, notices }: RunFacts): Section {
  const thresholds =
    events === undefined
      ? (artefact.thresholds ?? []).length
      : events.thresholds.filter((entry) => 'value' in entry).length;
  const facts: readonly (readonly [string, string])[] = [
    ['Network', network.name],
    ['Kind', config.train.train_mode],
    ['Target rates (kHz)', config.threshold.target_rate.map(plain).join(', ')],
    ['Thresholds', String(thresholds)],
    ...(events === undefined
      ? []
      : ([
          ['Test events', count(events.test.scores.length)],
          ['Signals', String(events.signals.length + events.emptySignals.length)],
        ] as const)),
    ...firmwareFacts(firmware),
  ];
  return {
    id: 'overview',
    title: 'At a glance',
    blocks: [
      ...notices.map((text): Block => ({ kind: 'notice', text })),
      { kind: 'facts', rows: facts },
      ...(events === undefined ? [] : worthTable(events)),
    ],
  };
}

function firmwareFacts({ facts }: FoundFirmware): readonly (readonly [string, string])[] {
  if (facts === undefined) return [];
  const wrong = facts.verification.reduce((sum, { mismatches }) => sum + mismatches, 0);
  const legs = facts.verification.map(({ leg }) => leg).join(', ');
  return [['Firmware', wrong === 0 ? `equal in ${legs}` : `${wrong} mismatches`]];
}

/** Of each signal: whether it is told from the background, and what the menu gains at the lowest rate that has a threshold. */
function worthTable({ separation, tables, signals }: EventFacts): readonly Block[] {
  if (separation.length === 0) return [];
  const lowest = tables.toSorted((a, b) => a.threshold.target - b.threshold.target)[0];
  const rate = lowest === undefined ? [] : ['AXO (%)', '± (%)', 'L1 (%)', 'Improvement (%)'];
  const rows = separation.map(({ signal, network, linear }) => {
    const areas = [textCell(signal), numberCell(network.auc, area), numberCell(linear.auc, area)];
    if (lowest === undefined) return areas;
    const { table } = lowest;
    const row = table.signals.indexOf(signal);
    const total = signals.find(({ name }) => name === signal)?.scores.length;
    return [
      ...areas,
      ...efficiencyCells(table.axo[row]!, total),
      shareCell(table.level1?.[row], total),
      shareCell(table.improvement?.[row], total),
    ];
  });
  return [
    {
      kind: 'table',
      title: lowest === undefined ? 'Signals' : `Signals, at ${plain(lowest.threshold.target)} kHz`,
      columns: ['Signal', 'AUC', 'Linear AUC', ...rate].map((title, column) => ({ title, isNumber: column > 0 })),
      rows,
      note: 'AUC: area under the ROC curve, beside that of a linear baseline. AXO: efficiency at the raw threshold. L1: of the rest of the menu. Improvement: what the menu gains.',
    },
  ];
}
