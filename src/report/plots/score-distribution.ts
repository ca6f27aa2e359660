/** How the score is distributed: background against signals, counts on a logarithmic axis, thresholds as lines. */

import { logarithmicAxis, numberFormat, powersOfTen } from './axis.js';
import { type Binned, type Named, type Plot, totalOf } from './plot.js';
import { annotation, outline, outlineMark, styled, styleEncoding } from './series.js';

export interface ScoreDistribution {
  readonly background: Binned;
  /** In the bins of the background. */
  readonly signals: readonly Named<Binned>[];
  /** Scores far below it are shown on a linear axis, those far above on a logarithmic one; absent: linear. */
  readonly linearBelow?: number;
  readonly thresholds: readonly { readonly label: string; readonly value: number }[];
}

export function scoreDistribution({ background, signals, thresholds, linearBelow }: ScoreDistribution): Plot {
  if (totalOf(background) === 0)
    return { missing: 'The background has no events, so its scores have no distribution.' };
  if (![...background.edges].every(Number.isFinite))
    return { missing: 'Scores are not finite numbers, so their distribution cannot be drawn.' };
  const filled = [background, ...signals.map(({ data }) => data)].filter((data) => totalOf(data) > 0);
  const used = new Set(filled.flatMap(({ counts }) => counts.flatMap((count, bin) => (count > 0 ? [bin] : []))));
  if (used.size === 1) {
    const bin = [...used][0]!;
    return {
      missing: `All scores are in one bin, from ${short(background.edges[bin]!)} to ${short(background.edges[bin + 1]!)}: the score tells no event from another.`,
    };
  }
  const all = styled(
    [{ name: 'background', data: background }],
    signals.filter(({ data }) => totalOf(data) > 0),
  );
  const values = all.flatMap(({ label, data }) => {
    const total = totalOf(data);
    return outline(
      data,
      data.counts.map((count) => (count === 0 ? null : count / total)),
    ).map((corner, order) => ({ label, order, ...corner }));
  });
  const smallest = Math.min(...values.flatMap(({ y }) => (y === null ? [] : [y])));
  const lowest = 10 ** Math.floor(Math.log10(smallest));
  return {
    spec: {
      width: 440,
      height: 280,
      layer: [
        {
          data: { values },
          mark: outlineMark,
          encoding: {
            x: { field: 'x', type: 'quantitative', title: 'Anomaly score', ...axisOf(background, linearBelow) },
            y: {
              field: 'y',
              type: 'quantitative',
              title: 'Fraction of events in a bin',
              scale: { type: 'log', domain: [lowest, 1] },
              ...logarithmicAxis(lowest, 1),
            },
            order: { field: 'order' },
            ...styleEncoding(all),
          },
        },
        ...(thresholds.length === 0
          ? []
          : [
              {
                data: { values: [...thresholds] },
                mark: {
                  type: 'rule' as const,
                  color: annotation.color,
                  strokeDash: [3, 3],
                  strokeWidth: 1,
                  clip: true,
                },
                encoding: { x: { field: 'value', type: 'quantitative' as const } },
              },
              {
                data: { values: spread(thresholds, background.edges, linearBelow) },
                mark: {
                  type: 'text' as const,
                  color: annotation.color,
                  fontSize: 10,
                  angle: 270,
                  align: 'right' as const,
                  baseline: 'bottom' as const,
                  dx: -4,
                  dy: -3,
                  clip: true,
                },
                encoding: {
                  x: { field: 'value', type: 'quantitative' as const },
                  y: { value: 0 },
                  text: { field: 'label' },
                },
              },
            ]),
      ],
    },
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Powers of ten as ticks where the axis is stretched. */
function axisOf({ edges }: Binned, linearBelow: number | undefined) {
  const domain = [edges[0]!, edges.at(-1)!];
  if (linearBelow === undefined) return { scale: { domain, nice: false } };
  const upTo = (end: number): readonly number[] =>
    end > 0 ? powersOfTen(10 ** Math.floor(Math.log10(linearBelow)), end) : [];
  const values = [...upTo(-domain[0]!).map((power) => -power), 0, ...upTo(domain[1]!)];
  return {
    scale: { type: 'symlog' as const, constant: linearBelow, domain, nice: false },
    axis: { values: values.toSorted((a, b) => a - b), format: numberFormat, labelOverlap: 'greedy' as const },
  };
}

/** Lines that stand close share one label: that of the first of them and what others follow. */
function spread(
  thresholds: ScoreDistribution['thresholds'],
  edges: readonly number[],
  linearBelow: number | undefined,
) {
  const place = (score: number): number =>
    linearBelow === undefined ? score : Math.sign(score) * Math.log1p(Math.abs(score) / linearBelow);
  const apart = (place(edges.at(-1)!) - place(edges[0]!)) / 40;
  const shown: { value: number; label: string }[] = [];
  for (const { label, value } of thresholds.toSorted((a, b) => a.value - b.value)) {
    const last = shown.at(-1);
    if (last === undefined || place(value) - place(last.value) >= apart) shown.push({ value, label });
  }
  return shown;
}
