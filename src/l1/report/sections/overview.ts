/** Section: what somebody in a hurry needs, and what must be known before the numbers are read. */
import type { Block, Section } from '../../../report/report.js';
import type { RunFacts } from '../collect.js';
import { area, count, percent, plain } from './blocks.js';

export function overviewSection({ artefact, network, events, config, firmware, notices }: RunFacts): Section {
  const separation = events?.separation ?? [];
  const last = events?.tables.toSorted((a, b) => a.threshold.target - b.threshold.target)[0];
  const facts: (readonly [string, string])[] = [
    ['Network', network.name],
    ['Kind', config.train.train_mode],
    ['Target rates (kHz)', config.threshold.target_rate.map(plain).join(', ')],
    [
      'Thresholds',
      String(
        events === undefined
          ? (artefact.thresholds ?? []).length
          : events.thresholds.filter((entry) => 'value' in entry).length,
      ),
    ],
  ];
  if (events !== undefined) {
    facts.push(['Test events', count(events.test.scores.length)]);
    facts.push(['Signals', String(events.signals.length + events.emptySignals.length)]);
  }
  for (const { signal, network: own } of separation)
    facts.push([`AUC, ${signal}`, `${area(own.auc)} ± ${area(own.error)}`]);
  if (last !== undefined)
    for (const [row, signal] of last.table.signals.entries())
      facts.push([
        `Efficiency at ${plain(last.threshold.target)} kHz, ${signal}`,
        `${percent(last.table.axo[row]!)} %`,
      ]);
  if (firmware.facts !== undefined) {
    const { verification } = firmware.facts;
    const wrong = verification.reduce((sum, { mismatches }) => sum + mismatches, 0);
    const legs = verification.map(({ leg }) => leg).join(', ');
    facts.push(['Firmware', wrong === 0 ? `equal in ${legs}` : `${wrong} mismatches`]);
  }
  return {
    id: 'overview',
    title: 'At a glance',
    blocks: [...notices.map((text): Block => ({ kind: 'notice', text })), { kind: 'facts', rows: facts }],
  };
}
