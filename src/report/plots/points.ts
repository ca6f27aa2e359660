/** Measured points with errors against a quantity in bins: efficiencies, rates. */
import { numberFormat } from './axis.js';
import type { Named, Plot } from './plot.js';
import { annotation, styled, styleEncoding } from './series.js';

/** One bin: its ends, and the measured value with the ends of its error bar. */
export interface Point {
  readonly low: number;
  readonly high: number;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

export interface PointsPlot {
  readonly series: readonly Named<readonly Point[]>[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly isLogarithmic: boolean;
  /** Values at which alone there are points: the axis names these. */
  readonly xValues?: readonly number[];
  /** A line across: what would be expected everywhere. */
  readonly expected?: readonly number[];
  /** Says why there is nothing when no series has a point. */
  readonly missing: string;
}

export function pointsPlot({
  series,
  xTitle,
  yTitle,
  isLogarithmic,
  xValues,
  expected = [],
  missing,
}: PointsPlot): Plot {
  const all = styled([], series);
  const values = all.flatMap(({ label, data }) =>
    data
      .filter(({ value }) => !isLogarithmic || value > 0)
      .map(({ low, high, value, least, most }) => ({ label, low, high, x: (low + high) / 2, value, least, most })),
  );
  if (values.length === 0) return { missing };
  const lowest = Math.min(...values.map(({ least, value }) => (least > 0 ? least : value)));
  const highest = Math.max(...values.map(({ most }) => most), ...expected);
  const y = {
    type: 'quantitative' as const,
    title: yTitle,
    scale: isLogarithmic
      ? { type: 'log' as const, domain: [Math.min(lowest, ...expected) / 1.3, highest * 1.3], nice: false }
      : { domain: [0, linearTop(highest)], nice: true },
  };
  const x = { type: 'quantitative' as const, title: xTitle, ...(xValues === undefined ? evenAxis : axisAt(xValues)) };
  const { color } = styleEncoding(all);
  return {
    spec: {
      width: 420,
      height: 280,
      layer: [
        {
          data: { values: expected.map((value) => ({ value })) },
          mark: { type: 'rule', color: annotation.faint, strokeDash: [3, 3], strokeWidth: 1 },
          encoding: { y: { field: 'value', ...y } },
        },
        {
          data: { values },
          mark: { type: 'rule', strokeWidth: 1.2, clip: true },
          encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y: { field: 'value', ...y }, color },
        },
        {
          data: { values },
          mark: { type: 'rule', strokeWidth: 1.2, clip: true },
          encoding: { x: { field: 'x', ...x }, y: { field: 'least', ...y }, y2: { field: 'most' }, color },
        },
        {
          data: { values },
          mark: { type: 'point', filled: true, size: 34, opacity: 1 },
          encoding: {
            x: { field: 'x', ...x },
            y: { field: 'value', ...y },
            color,
            shape: {
              field: 'label',
              type: 'nominal',
              scale: {
                domain: all.map(({ label }) => label),
                range: ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'],
              },
              legend: { title: null },
            },
          },
        },
      ],
      resolve: { legend: { color: 'shared' } },
    },
  };
}

/** A little above the highest; efficiencies end at 1. */
function linearTop(highest: number): number {
  if (highest <= 0) return 1;
  return highest <= 1 ? Math.min(1, highest * 1.05) : highest * 1.05;
}

const evenAxis = { scale: { zero: false, nice: true } };

/** Ticks at the values, and room beside the outermost. */
function axisAt(values: readonly number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.06;
  return {
    scale: { zero: false, nice: false, domain: [low - room, high + room] },
    axis: { values: [...new Set(values)], format: numberFormat },
  };
}

export interface Counted {
  readonly low: number;
  readonly high: number;
  readonly passed: number;
  readonly total: number;
}

/**
 * Efficiency of each bin that has events, with the Wilson score interval of one standard deviation: it stays inside 0 and 1 and
 * is not empty where nothing or everything passes.
 */
export function efficiencyPoints(bins: readonly Counted[], scale = 1): readonly Point[] {
  return bins
    .filter(({ total }) => total > 0)
    .map(({ low, high, passed, total }) => {
      const value = passed / total;
      const centre = (value + 1 / (2 * total)) / (1 + 1 / total);
      const half = Math.sqrt((value * (1 - value)) / total + 1 / (4 * total ** 2)) / (1 + 1 / total);
      return {
        low,
        high,
        value: value * scale,
        least: Math.max(0, centre - half) * scale,
        most: Math.min(1, centre + half) * scale,
      };
    });
}
