/** Receiver operating characteristic: signal efficiency against background efficiency, the area under it in the legend. */
import type { Named, Plot } from './plot.js';
import { annotation, styled, styleEncoding } from './series.js';

export interface Roc {
  /** Area and its standard error. */
  readonly auc: number;
  readonly error: number;
  /** [background efficiency, signal efficiency], rising from [0, 0] to [1, 1]. */
  readonly points: readonly (readonly [number, number])[];
}

export function roc(signals: readonly Named<Roc>[]): Plot {
  if (signals.length === 0)
    return { missing: 'No signal has events, so there is nothing that the background could be told from.' };
  const all = styled([], signals).map(({ label, ...rest }) => ({
    ...rest,
    label: `${label}   ${rest.data.auc.toFixed(4)} ± ${rest.data.error.toFixed(4)}`,
  }));
  return {
    spec: {
      width: 340,
      height: 340,
      layer: [
        {
          data: {
            values: [
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ],
          },
          mark: { type: 'line', color: annotation.faint, strokeDash: [3, 3], strokeWidth: 1 },
          encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: {
            values: all.flatMap(({ label, data }) => data.points.map(([x, y], order) => ({ label, order, x, y }))),
          },
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: {
            x: { field: 'x', type: 'quantitative', title: 'Background efficiency', scale: { domain: [0, 1] } },
            y: { field: 'y', type: 'quantitative', title: 'Signal efficiency', scale: { domain: [0, 1] } },
            order: { field: 'order' },
            ...styleEncoding(all, 'Area under the curve'),
          },
        },
      ],
    },
  };
}
