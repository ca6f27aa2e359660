/** Plots: drawn the same every time, well-formed whatever a signal is called, and a sentence where there is nothing to draw. */
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { drawPlot } from '../../src/report/draw.js';
import { labelsOf } from '../../src/report/names.js';
import { efficiencyAgainstRate } from '../../src/report/plots/efficiency-against-rate.js';
import { history } from '../../src/report/plots/history.js';
import { inputDistribution } from '../../src/report/plots/input-distribution.js';
import { latentSpace } from '../../src/report/plots/latent-space.js';
import { isDrawn, type Plot } from '../../src/report/plots/plot.js';
import { efficiencyPoints, pointsPlot } from '../../src/report/plots/points.js';
import { quantisationProfile } from '../../src/report/plots/quantisation-profile.js';
import { roc } from '../../src/report/plots/roc.js';
import { scoreDistribution } from '../../src/report/plots/score-distribution.js';
import { pngOf } from '../../src/report/png.js';
import { names, samplePlots } from './plot-samples.js';

async function drawn(name: string, plot: Plot): Promise<string> {
  if (!isDrawn(plot)) throw new Error(`${name}: ${plot.missing}`);
  return drawPlot(name, plot);
}

describe.each(Object.keys(samplePlots()))('%s', (name) => {
  it('is drawn, the same every time, as well-formed XML that holds names as text', async () => {
    const svg = await drawn(name, samplePlots()[name]!);
    expect(await drawn(name, samplePlots()[name]!)).toBe(svg);
    const { width, height } = new Resvg(svg);
    expect(width).toBeGreaterThan(300);
    expect(height).toBeGreaterThan(150);
    expect(svg).not.toContain('<script');
    expect(svg).not.toMatch(/NaN|Infinity|undefined|href="http/);
    for (const [, id] of svg.matchAll(/ id="([^"]+)"/g)) expect(id).toMatch(new RegExp(`^${name}-clip\\d+$`));
    for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(svg).toContain(`id="${id}"`);
  });
});

it('PNG has twice the pixels of the figure, and is not empty', async () => {
  const svg = await drawn('roc', samplePlots().roc!);
  const png = Buffer.from(await pngOf(svg));
  const width = Number(/width="(\d+)"/.exec(svg)![1]);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBe(2 * width);
  expect(png.length).toBeGreaterThan(10_000);
});

describe('labels', () => {
  it('are printable, short and all different', () => {
    const labels = labelsOf([...names, 'HHHto6b']);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label).toMatch(/^[^\p{Cc}\p{Cs}\u202e]{1,44}$/u);
    expect(labels[0]).toBe('HHHto6b');
    expect(labels.at(-1)).toBe('HHHto6b (2)');
  });
});

describe('what cannot be drawn is said', () => {
  const flat = { edges: [0, 1, 2], counts: [0, 0] };
  const full = { edges: [0, 1, 2], counts: [5, 3] };
  it.each<[string, Plot, RegExp]>([
    ['no background', scoreDistribution({ background: flat, signals: [], thresholds: [] }), /no events/],
    [
      'scores that are not finite',
      scoreDistribution({ background: { edges: [0, Number.NaN, 2], counts: [1, 1] }, signals: [], thresholds: [] }),
      /not finite/,
    ],
    [
      'equal scores',
      scoreDistribution({ background: { edges: [7, 8, 9], counts: [5, 0] }, signals: [], thresholds: [] }),
      /All scores are in one bin, from 7 to 8/,
    ],
    ['no signals', roc([]), /No signal has events/],
    ['no efficiency', efficiencyAgainstRate({ signals: [], targets: [] }), /No signal has events/],
    [
      'efficiency 0 everywhere',
      efficiencyAgainstRate({
        signals: [
          {
            name: 'a',
            data: [
              [0, 0],
              [10, 0],
            ],
          },
        ],
        targets: [],
      }),
      /every efficiency is 0/,
    ],
    [
      'no points',
      pointsPlot({ series: [], xTitle: 'x', yTitle: 'y', isLogarithmic: false, missing: 'No pile-up.' }),
      /No pile-up\./,
    ],
    [
      'a history of NaN',
      history({ title: 'Loss', isLogarithmic: false, series: [{ name: 'a', data: [Number.NaN] }] }),
      /Loss: no epoch/,
    ],
    [
      'a history of one epoch',
      history({ title: 'Loss', isLogarithmic: false, series: [{ name: 'training', data: [0.123456] }] }),
      /^One epoch is no history: training 0\.1235\.$/,
    ],
    [
      'an object that never occurs',
      inputDistribution('MUON4', [
        { title: 'pt', isLogarithmic: true, references: [{ name: 'test', data: flat }], signals: [] },
      ]),
      /MUON4: no event/,
    ],
    ['an empty latent space', latentSpace({ axes: ['a', 'b'], background: [], signals: [] }), /no background events/],
    [
      'a latent point',
      latentSpace({
        axes: ['a', 'b'],
        background: [
          [0, 1],
          [0, 1],
        ],
        signals: [],
      }),
      /same latent variables, \(0, 1\)/,
    ],
    ['no profile', quantisationProfile([]), /no values/],
  ])('%s', (_, plot, sentence) => {
    expect(isDrawn(plot)).toBe(false);
    expect((plot as { missing: string }).missing).toMatch(sentence);
    expect((plot as { missing: string }).missing).toMatch(/\.$/);
  });

  it('an empty signal is left out of the score distribution, one event is drawn', async () => {
    const one = { edges: [0, 1, 2], counts: [0, 1] };
    const plot = scoreDistribution({
      background: full,
      signals: [
        { name: 'none', data: flat },
        { name: 'single', data: one },
      ],
      thresholds: [],
    });
    const svg = await drawn('scores', plot);
    expect(svg).toContain('>single<');
    expect(svg).not.toContain('>none<');
  });
});

it('efficiency errors stay inside 0 and 1 and are those of Wilson, by hand', () => {
  const [none, all, half, ...rest] = efficiencyPoints([
    { low: 0, high: 1, passed: 0, total: 4 },
    { low: 1, high: 2, passed: 4, total: 4 },
    { low: 2, high: 3, passed: 2, total: 4 },
    { low: 3, high: 4, passed: 0, total: 0 },
  ]);
  expect(rest).toEqual([]);
  // z = 1: centre (p + 1/8) / (5/4), half sqrt(p(1-p)/4 + 1/64) / (5/4).
  expect(none).toMatchObject({ value: 0, least: 0, most: 0.2 });
  expect(all).toMatchObject({ value: 1, least: 0.8, most: 1 });
  expect(half!.value).toBe(0.5);
  expect(half!.most).toBeCloseTo(0.5 + Math.sqrt(0.0625 + 0.015625) / 1.25, 12);
});
