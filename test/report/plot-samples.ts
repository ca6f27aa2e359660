/** One sample of each plot, with names as hostile as a user's can be. */
import { Random } from '../../src/base/random.js';
import { efficiencyAgainstRate } from '../../src/report/plots/efficiency-against-rate.js';
import { history } from '../../src/report/plots/history.js';
import { inputDistribution } from '../../src/report/plots/input-distribution.js';
import { latentSpace } from '../../src/report/plots/latent-space.js';
import type { Binned, Plot } from '../../src/report/plots/plot.js';
import { efficiencyPoints, pointsPlot } from '../../src/report/plots/points.js';
import { quantisationProfile } from '../../src/report/plots/quantisation-profile.js';
import { roc } from '../../src/report/plots/roc.js';
import { scoreDistribution } from '../../src/report/plots/score-distribution.js';

export const hostile = `<script>alert("1")</script>&'\u0001\u202e]]>`;
export const names = [
  'HHHto6b',
  hostile,
  'a'.repeat(90),
  `${'a'.repeat(90)}b`,
  'signal.with[brackets]',
  'Λ→Ω',
  '{{name}}',
];

function falling(random: Random, low: number, high: number, bins: number, mean: number): Binned {
  const edges = Array.from({ length: bins + 1 }, (_, edge) => low + ((high - low) * edge) / bins);
  const counts = edges.slice(1).map((edge) => Math.floor(5000 * Math.exp(-edge / mean) * (0.5 + random.uniform())));
  return { edges, counts };
}

export function samplePlots(): Readonly<Record<string, Plot>> {
  const random = Random.seeded(7);
  const cloud = (centre: number, count: number) =>
    Array.from({ length: count }, (): [number, number] => [centre + random.normal(), centre - random.normal()]);
  const curve = (power: number) =>
    Array.from({ length: 51 }, (_, step): [number, number] => [step / 50, (step / 50) ** power]);
  return {
    'score-distribution': scoreDistribution({
      background: falling(random, 0, 400, 200, 20),
      signals: names.map((name, index) => ({ name, data: falling(random, 0, 400, 200, 20 + 15 * index) })),
      thresholds: [
        { label: '10 kHz', value: 120 },
        { label: '1 kHz', value: 170 },
        { label: '0.5 kHz', value: 171 },
      ],
    }),
    roc: roc(
      names.map((name, index) => ({
        name,
        data: { auc: 0.5 + index / 20, error: 0.01, points: curve(1 / (1 + index)) },
      })),
    ),
    'efficiency-against-rate': efficiencyAgainstRate({
      signals: names.map((name, index) => ({
        name,
        data: curve(1 / (1 + index)).map(([x, y]) => [x * 1000, y] as const),
      })),
      targets: [1, 10, 100],
    }),
    points: pointsPlot({
      series: names.slice(0, 3).map((name, index) => ({
        name,
        data: efficiencyPoints(
          Array.from({ length: 8 }, (_, bin) => ({
            low: bin * 10,
            high: bin * 10 + 10,
            passed: bin * index,
            total: 20 + bin,
          })),
        ),
      })),
      xTitle: 'Pile-up (vertices)',
      yTitle: 'Efficiency',
      isLogarithmic: false,
      missing: 'nothing',
    }),
    history: history({
      title: 'Loss',
      isLogarithmic: true,
      series: names.map((name, index) => ({
        name,
        data: Array.from({ length: 40 }, (_, epoch) => (index + 1) * Math.exp(-epoch / 10)),
      })),
    }),
    'input-distribution': inputDistribution('JET1', [
      {
        title: 'pt (GeV)',
        isLogarithmic: true,
        references: [
          { name: 'training', data: falling(random, 0, 200, 40, 30) },
          { name: 'test', data: falling(random, 0, 200, 40, 30) },
        ],
        signals: names.map((name) => ({ name, data: falling(random, 0, 200, 40, 60) })),
      },
      {
        title: 'eta',
        isLogarithmic: false,
        references: [{ name: 'training', data: falling(random, -5, 5, 40, 30) }],
        signals: [],
      },
    ]),
    'latent-space': latentSpace({
      axes: ['latent 1', 'latent 2'],
      background: cloud(0, 500),
      signals: names.map((name, index) => ({ name, data: cloud(index, 100) })),
    }),
    'quantisation-profile': quantisationProfile([
      ...names.map((name, index) => ({
        name,
        kind: 'value' as const,
        step: -3,
        limit: 5,
        seen: { least: -3, lowerQuartile: -1, median: index / 4, upperQuartile: 2, most: 3 },
      })),
      {
        name: 'kernel',
        kind: 'weight',
        step: -4,
        limit: 1,
        seen: { least: -4, lowerQuartile: -3, median: -2, upperQuartile: -1, most: 0 },
      },
      { name: 'zero', kind: 'weight', step: -4, limit: 1 },
    ]),
  };
}
