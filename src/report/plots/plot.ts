/** What a plot is: a figure in the language of vega-lite, or the sentence that stands where there is nothing to draw. */
import type { TopLevelSpec } from 'vega-lite';

export interface Drawn {
  readonly spec: TopLevelSpec;
}

/** Why there is no figure: a whole sentence. */
export interface Missing {
  readonly missing: string;
}

export type Plot = Drawn | Missing;

export function isDrawn(plot: Plot): plot is Drawn {
  return 'spec' in plot;
}

/** A curve or set of points with the name it has in the legend. */
export interface Named<T> {
  readonly name: string;
  readonly data: T;
}

/** Counts of events in bins: one edge more than counts, rising. */
export interface Binned {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export function totalOf({ counts }: Binned): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
