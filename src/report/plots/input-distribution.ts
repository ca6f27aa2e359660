/** One object of the events, its pt, eta and phi side by side: training events, test events and signals. */
import { type Binned, type Named, type Plot, totalOf } from './plot.js';
import { outline, outlineMark, styled, styleEncoding } from './series.js';

export interface InputPanel {
  /** With its unit. */
  readonly title: string;
  readonly isLogarithmic: boolean;
  /** Training and test events. */
  readonly references: readonly Named<Binned>[];
  readonly signals: readonly Named<Binned>[];
}

export function inputDistribution(object: string, panels: readonly InputPanel[]): Plot {
  const isFilled = ({ data }: Named<Binned>): boolean => totalOf(data) > 0;
  const filled = panels.filter(({ references, signals }) => [...references, ...signals].some(isFilled));
  if (filled.length === 0) return { missing: `${object}: no event has this object.` };
  return {
    spec: {
      spacing: 18,
      hconcat: filled.map(({ title, isLogarithmic, references, signals }, panel) => {
        const all = styled(references, signals).filter(({ data }) => totalOf(data) > 0);
        const values = all.flatMap(({ label, data }) => {
          const total = totalOf(data);
          const heights = data.counts.map((count) => (isLogarithmic && count === 0 ? null : count / total));
          return outline(data, heights).map((corner, order) => ({ label, order, ...corner }));
        });
        const isLast = panel === filled.length - 1;
        return {
          width: 190,
          height: 150,
          data: { values },
          mark: { ...outlineMark, strokeWidth: 1.3 },
          encoding: {
            x: {
              field: 'x',
              type: 'quantitative' as const,
              title,
              scale: { nice: false, zero: false },
              axis: { tickCount: 5 },
            },
            y: {
              field: 'y',
              type: 'quantitative' as const,
              title: panel === 0 ? 'Fraction of events' : null,
              scale: isLogarithmic ? { type: 'log' as const } : {},
              axis: { tickCount: 4 },
            },
            order: { field: 'order' },
            ...styleEncoding(all, isLast ? null : false),
          },
        };
      }),
      resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
    },
  };
}
