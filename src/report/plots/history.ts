/** A quantity after each epoch of the training. */
import type { Named, Plot } from './plot.js';
import { styled, styleEncoding } from './series.js';

export interface HistoryPanel {
  readonly title: string;
  readonly isLogarithmic: boolean;
  /** One number for each epoch, from epoch 1; NaN where it was not measured. */
  readonly series: readonly Named<readonly number[]>[];
}

export function history({ title, isLogarithmic, series }: HistoryPanel): Plot {
  const isShown = (y: number): boolean => Number.isFinite(y) && (!isLogarithmic || y > 0);
  const all = styled([], series);
  const values = all.flatMap(({ label, data }) =>
    data.map((y, index) => ({ label, x: index + 1, y })).filter(({ y }) => isShown(y)),
  );
  if (values.length === 0) return { missing: `${title}: no epoch recorded a finite number.` };
  const { color, strokeDash } = styleEncoding(all, all.length === 1 ? false : null);
  const below = color.legend === null ? {} : { legend: { ...color.legend, orient: 'bottom' as const, columns: 3 } };
  const epochs = Math.max(...values.map(({ x }) => x));
  if (epochs === 1) {
    const told = values.map(({ label, y }) => `${label} ${Number(y.toPrecision(4))}`);
    return { missing: `One epoch is no history: ${told.join(', ')}.` };
  }
  return {
    spec: {
      width: 300,
      height: 200,
      data: { values },
      mark: { type: 'line', strokeWidth: 1.8, ...(epochs <= 30 ? { point: { size: 18, filled: true } } : {}) },
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          title: 'Epoch',
          axis: { tickMinStep: 1, format: 'd' },
          scale: { domain: [1, epochs], nice: false },
        },
        y: {
          field: 'y',
          type: 'quantitative',
          title,
          scale: isLogarithmic ? { type: 'log' } : { zero: false },
        },
        color: { ...color, ...below },
        strokeDash: { ...strokeDash, ...below },
      },
    },
  };
}
