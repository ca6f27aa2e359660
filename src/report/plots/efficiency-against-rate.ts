/** What a rate buys: the efficiency of each signal against the rate of the background, both axes logarithmic. */
import { logarithmicAxis } from './axis.js';
import type { Named, Plot } from './plot.js';
import { annotation, styled, styleEncoding } from './series.js';

export interface EfficiencyAgainstRate {
  /** [kHz, efficiency], rising. */
  readonly signals: readonly Named<readonly (readonly [number, number])[]>[];
  /** kHz: rates that have thresholds. */
  readonly targets: readonly number[];
}

export function efficiencyAgainstRate({ signals, targets }: EfficiencyAgainstRate): Plot {
  if (signals.length === 0) return { missing: 'No signal has events, so there is no efficiency to draw.' };
  if (signals.every(({ data }) => data.length === 0))
    return { missing: 'No two test events have different scores, so no threshold gives a rate.' };
  const visible = signals.map(({ name, data }) => ({ name, data: data.filter(([x, y]) => x > 0 && y > 0) }));
  if (visible.every(({ data }) => data.length === 0))
    return { missing: 'No signal event is above any background event, so every efficiency is 0 at every rate.' };
  const all = styled([], visible);
  const rates = all.flatMap(({ data }) => data.map(([x]) => x));
  const domain = [Math.min(...rates), Math.max(...rates)];
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...all.flatMap(({ data }) => data.map(([, y]) => y)))));
  return {
    spec: {
      width: 440,
      height: 300,
      layer: [
        {
          data: {
            values: targets.filter((target) => target >= domain[0]! && target <= domain[1]!).map((x) => ({ x })),
          },
          mark: { type: 'rule', color: annotation.faint, strokeDash: [3, 3], strokeWidth: 1 },
          encoding: { x: { field: 'x', type: 'quantitative' } },
        },
        {
          data: { values: all.flatMap(({ label, data }) => data.map(([x, y], order) => ({ label, order, x, y }))) },
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: {
            x: {
              field: 'x',
              type: 'quantitative',
              title: 'Background rate (kHz)',
              scale: { type: 'log', domain, nice: false },
              ...logarithmicAxis(domain[0]!, domain[1]!),
            },
            y: {
              field: 'y',
              type: 'quantitative',
              title: 'Signal efficiency',
              scale: { type: 'log', domain: [lowest, 1] },
              ...logarithmicAxis(lowest, 1),
            },
            order: { field: 'order' },
            ...styleEncoding(all),
          },
        },
      ],
    },
  };
}
