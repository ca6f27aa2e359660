/** What plots of several curves share: a style for each name, the legend, the outline of a histogram. */
import { labelsOf } from '../names.js';
import { faintInk, ink, referenceStyle, type Style, styleOf } from '../palette.js';
import type { Binned, Named } from './plot.js';

export interface Styled<T> {
  readonly label: string;
  readonly style: Style;
  readonly data: T;
}

/** Signals in their colours; `references` come first and are grey, the second of them dashed. */
export function styled<T>(references: readonly Named<T>[], signals: readonly Named<T>[]): readonly Styled<T>[] {
  const labels = labelsOf([...references, ...signals].map(({ name }) => name));
  return [...references, ...signals].map(({ data }, index) => ({
    label: labels[index]!,
    data,
    style:
      index >= references.length
        ? styleOf(index - references.length)
        : { ...referenceStyle, dash: index === 0 ? referenceStyle.dash : [4, 3] },
  }));
}

/**
 * The encodings of colour and dash that give each label its style; colour and dash share one legend.
 * @param legend its title, or false: none
 */
export function styleEncoding(all: readonly Styled<unknown>[], legend: string | null | false = null) {
  const domain = all.map(({ label }) => label);
  const channel = (range: readonly unknown[]) => ({
    field: 'label',
    type: 'nominal' as const,
    scale: { domain, range } as { domain: string[]; range: string[] },
    legend: legend === false ? null : { title: legend, symbolType: 'stroke' as const, columns: 1 },
  });
  return {
    color: channel(all.map(({ style }) => style.colour)),
    strokeDash: channel(all.map(({ style }) => style.dash)),
  };
}

/** Corners of the outline of a histogram, left to right; `height` null: the line is interrupted there. */
export function outline({ edges }: Binned, heights: readonly (number | null)[]): { x: number; y: number | null }[] {
  return heights.flatMap((height, bin) => [
    { x: edges[bin]!, y: height },
    { x: edges[bin + 1]!, y: height },
  ]);
}

/** A line through corners that comes in their order. */
export const outlineMark = {
  type: 'line' as const,
  strokeWidth: 1.6,
  strokeJoin: 'miter' as const,
  invalid: 'break-paths-filter-domains' as const,
  clip: true,
};

export const annotation = { color: ink.onLight, faint: faintInk.onLight };
