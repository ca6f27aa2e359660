/** The figures of an evaluation: showers side by side, and how photons are distributed in each channel. */
import { faintInk } from '../../report/palette.js';
import type { Named, Plot } from '../../report/plots/plot.js';
import { outline, outlineMark, styled, styleEncoding } from '../../report/plots/series.js';
import { type CalorimeterName, calorimeters } from '../calorimeter.js';
import { channelCount } from '../channels.js';
import type { Evaluation } from './evaluate.js';
import type { ShownShower } from './shown-showers.js';

/** Expected photons of a pixel that are still shown; a real one has whole photons. */
const faintest = 0.05;

/** Real showers above, generated ones for the same particles below; photons in logarithmic colours. */
export function showersPlot({ calorimeter, shown }: Evaluation): Plot {
  const [width, height] = calorimeters[calorimeter].shape;
  const scale = width === height ? 3.2 : 3;
  const rows = ['real', 'generated'] as const;
  const values = shown.flatMap((shower, column) =>
    rows.flatMap((kind) => litPixels(shower[kind], height).map((pixel) => ({ ...pixel, column, kind }))),
  );
  const brightest = Math.max(1, ...values.map(({ photons }) => photons));
  const panel = (column: number, kind: (typeof rows)[number]) => ({
    width: height * scale,
    height: width * scale,
    title: {
      text: kind === 'real' ? titleOf(shown[column]!) : '',
      fontSize: 10,
      fontWeight: 'normal' as const,
    },
    view: { stroke: faintInk.onLight, strokeWidth: 0.5 },
    data: { values: values.filter((value) => value.column === column && value.kind === kind) },
    mark: { type: 'rect' as const },
    encoding: {
      x: { field: 'y', type: 'quantitative' as const, scale: { domain: [0, height] }, axis: null },
      x2: { field: 'yEnd' },
      y: {
        field: 'x',
        type: 'quantitative' as const,
        scale: { domain: [width, 0] },
        title: column === 0 ? kind : null,
        axis: { labels: false, ticks: false, grid: false, domain: false },
      },
      y2: { field: 'xEnd' },
      color: {
        field: 'photons',
        type: 'quantitative' as const,
        scale: { type: 'log' as const, domain: [faintest, brightest], scheme: 'viridis' as const, reverse: true },
        legend: {
          title: 'Photons',
          values: [0.1, 1, 10, 100, 1000].filter((photons) => photons <= brightest),
          format: '~g',
        },
      },
    },
  });
  return {
    spec: {
      spacing: 12,
      hconcat: shown.map((_, column) => ({ spacing: 8, vconcat: rows.map((kind) => panel(column, kind)) })),
    } as never,
  };
}

function litPixels(image: Float32Array, height: number) {
  return [...image.entries()].flatMap(([pixel, photons]) => {
    if (photons < faintest) return [];
    const [x, y] = [Math.floor(pixel / height), pixel % height];
    return [{ x, y, xEnd: x + 1, yEnd: y + 1, photons }];
  });
}

function titleOf({ real, generated, particle }: ShownShower): string[] {
  const total = (image: Float32Array): number => Math.round(image.reduce((sum, photons) => sum + photons, 0));
  return [`E = ${Number(particle[0]!.toPrecision(3))} GeV`, `${total(real)} and ${total(generated)} photons`];
}

/** Bins of a distribution of photon sums: each number at first, then ever wider ones. */
function edgesUpTo(largest: number): readonly number[] {
  const edges = [0];
  for (let edge = 1; edge <= largest; edge = Math.max(edge + 1, Math.round(edge * 1.25))) edges.push(edge);
  return [...edges, Math.max(largest + 1, edges.at(-1)! + 1)];
}

/** Counts of photons in one channel: of real showers, generated ones, and those of the nearest condition. */
export function channelPlot(name: CalorimeterName, channel: number, sets: readonly Named<Float64Array>[]): Plot {
  const columns = sets.map((set) => ({
    name: set.name,
    data: set.data.filter((_, place) => place % channelCount === channel),
  }));
  const edges = edgesUpTo(columns.flatMap(({ data }) => [...data]).reduce((most, sum) => Math.max(most, sum), 1));
  const counted = columns.map((column) => ({
    name: column.name,
    data: { edges, counts: countsOf(column.data, edges) },
  }));
  const all = styled(counted.slice(0, 1), counted.slice(1));
  const values = all.flatMap(({ label, data }) => {
    const total = data.counts.reduce((sum, count) => sum + count, 0);
    const heights = data.counts.map((count, bin) =>
      count === 0 ? null : count / total / (data.edges[bin + 1]! - data.edges[bin]!),
    );
    return outline(data, heights).map((corner, order) => ({ label, order, ...corner }));
  });
  return {
    spec: {
      width: 300,
      height: 200,
      data: { values },
      mark: outlineMark,
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          title: `Photons in ${channelName(name, channel)}`,
          scale: { type: 'symlog', constant: 1, domain: [0, edges.at(-1)!], nice: false },
          axis: { values: [0, 1, 3, 10, 30, 100, 300, 1000, 3000], grid: false },
        },
        y: {
          field: 'y',
          type: 'quantitative',
          title: 'Fraction of showers a photon',
          scale: { type: 'log' },
          axis: { format: '.0e' },
        },
        order: { field: 'order' },
        ...styleEncoding(all),
      },
    },
  };
}

function countsOf(values: Float64Array, edges: readonly number[]): readonly number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

/** `the common channel`, `quadrant 1`, `strip 1`. */
export function channelName(name: CalorimeterName, channel: number): string {
  if (channel === 0) return 'the common channel';
  return `${name === 'ZN' ? 'quadrant' : 'strip'} ${channel}`;
}
