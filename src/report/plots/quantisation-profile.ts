/** For every weight and value of a model: the sizes that were seen against the sizes that its format holds. */

import { labelsOf } from '../names.js';
import { fill, ink, series } from '../palette.js';
import type { Plot } from './plot.js';

/** log2 of absolute values; zeros have no size and are left out. */
export interface Profile {
  readonly name: string;
  readonly kind: 'weight' | 'value';
  /** Smallest size that the format holds (its step), and its largest. */
  readonly step: number;
  readonly limit: number;
  /** Absent where every number is zero. */
  readonly seen?: {
    readonly least: number;
    readonly lowerQuartile: number;
    readonly median: number;
    readonly upperQuartile: number;
    readonly most: number;
  };
}

export function quantisationProfile(profiles: readonly Profile[]): Plot {
  const shown = profiles.filter(({ step, limit }) => Number.isFinite(step) && Number.isFinite(limit));
  if (shown.length === 0) return { missing: 'The model has no values whose sizes could be shown.' };
  const labels = labelsOf(shown.map(({ name }) => name));
  const values = shown.map(({ kind, step, limit, seen = {} }, index) => ({
    label: labels[index]!,
    kind,
    step,
    limit,
    ...seen,
  }));
  const boxes = values.filter((value) => 'median' in value);
  const y = {
    field: 'label',
    type: 'nominal' as const,
    title: null,
    sort: [...labels],
    scale: { domain: [...labels] },
    axis: { grid: false, ticks: false },
  };
  const x = {
    type: 'quantitative' as const,
    title: 'log2 of the absolute value',
    scale: { zero: false, nice: true },
    axis: { tickMinStep: 1 },
  };
  const color = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: ['weight', 'value'], range: [series[1]!.onLight, series[0]!.onLight] },
    legend: { title: 'Seen', symbolType: 'square' as const },
  };
  return {
    spec: {
      width: 480,
      height: { step: 21 },
      layer: [
        {
          data: { values },
          mark: { type: 'bar', color: fill.onLight, height: 16, cornerRadius: 2 },
          encoding: { y, x: { field: 'step', ...x }, x2: { field: 'limit' } },
        },
        {
          data: { values: boxes },
          mark: { type: 'rule', strokeWidth: 1.2 },
          encoding: { y, x: { field: 'least', ...x }, x2: { field: 'most' }, color },
        },
        {
          data: { values: boxes },
          mark: { type: 'bar', height: 9 },
          encoding: { y, x: { field: 'lowerQuartile', ...x }, x2: { field: 'upperQuartile' }, color },
        },
        {
          data: { values: boxes },
          mark: { type: 'tick', color: ink.onLight, thickness: 2, height: 13 },
          encoding: { y, x: { field: 'median', ...x } },
        },
      ],
    },
  };
}
