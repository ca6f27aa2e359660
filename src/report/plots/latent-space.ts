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
  const values = all.flatMap(({ label, data }) => data.map(([x, y]) => ({ label, x, y })));
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
      mark: { type: 'point', filled: true, size: 9, opacity: 0.55, clip: true },
      encoding: {
        x: { field: 'x', type: 'quantitative', title: axes[0], scale: { zero: false } },
        y: { field: 'y', type: 'quantitative', title: axes[1], scale: { zero: false } },
        color: { ...color, legend: { title: null, symbolType: 'circle', symbolSize: 50, symbolOpacity: 1 } },
      },
    },
  };
}
