/** Where events lie in the two latent variables that vary most over the background. */
import type { Named, Plot } from './plot.js';
import { styled, styleEncoding } from './series.js';

export interface LatentSpace {
  /** Names of the two axes. */
  readonly axes: readonly [string, string];
  readonly background: readonly (readonly [number, number])[];
  readonly signals: readonly Named<readonly (readonly [number, number])[]>[];
}

export function latentSpace({ axes, background, signals }: LatentSpace): Plot {
  if (background.length === 0) return { missing: 'There are no background events, so the latent space is empty.' };
  const all = styled(
    [{ name: 'background', data: background }],
    signals.filter(({ data }) => data.length > 0),
  );
  const values = all.flatMap(({ label, data }) => counted(data).map(([x, y, events]) => ({ label, x, y, events })));
  const differ = new Set(values.map(({ x, y }) => `${x} ${y}`)).size;
  if (differ === 1)
    return {
      missing: `Every event has the same latent variables, (${values[0]!.x}, ${values[0]!.y}): the encoder tells none apart.`,
    };
  const { color } = styleEncoding(all);
  return {
    spec: {
      width: 420,
      height: 360,
      data: { values },
      mark: { type: 'point', filled: true, opacity: 0.5, clip: true },
      encoding: {
        x: { field: 'x', type: 'quantitative', title: axes[0], scale: { zero: false } },
        y: { field: 'y', type: 'quantitative', title: axes[1], scale: { zero: false } },
        size: {
          field: 'events',
          type: 'quantitative',
          scale: { type: 'log', range: [8, 200] },
          legend: null,
        },
        color: { ...color, legend: { title: null, symbolType: 'circle', symbolSize: 50, symbolOpacity: 1 } },
      },
    },
  };
}

/** Quantised points coincide: each place once, with the number of events there. */
function counted(points: LatentSpace['background']): readonly (readonly [number, number, number])[] {
  const places = new Map<string, [number, number, number]>();
  for (const [x, y] of points) {
    const place = places.get(`${x} ${y}`);
    if (place === undefined) places.set(`${x} ${y}`, [x, y, 1]);
    else place[2]++;
  }
  return [...places.values()].toSorted((a, b) => b[2] - a[2]);
}
