/** What an evaluation says: as a report of tables and figures, and as numbers for other programs. */
import { drawPlot } from '../../report/draw.js';
import { isDrawn, type Plot } from '../../report/plots/plot.js';
import { type Block, type Cell, numberCell, type Report, textCell } from '../../report/report.js';
import { channelCount } from '../channels.js';
import type { Measured } from './distances.js';
import type { Evaluation } from './evaluate.js';
import { channelName, channelPlot, showersPlot } from './figures.js';

/** Numbers of evaluation.json: distances in photons, with their standard deviations. */
export function evaluationJson({ calorimeter, record, options, showers, particles, real, contenders }: Evaluation) {
  return {
    calorimeter,
    synthetic: record.showers.synthetic ?? null,
    showers,
    particles,
    options,
    real: real.photons,
    contenders: contenders.map(({ name, distances, photons, score }) => ({
      name,
      wasserstein: distances,
      photons,
      ranked_score: score ?? null,
    })),
  };
}

export async function evaluationReport(evaluation: Evaluation): Promise<Report> {
  const { calorimeter, record, showers, particles, options } = evaluation;
  const { train, split, epochs, steps, versions } = record;
  return {
    title: `Generator of ${calorimeter} showers`,
    subtitle: `${showers.toLocaleString('en-US')} test showers of ${particles.toLocaleString('en-US')} particles, ${options.repeats} repeats`,
    sections: [
      {
        id: 'distances',
        title: 'Photons in the five channels',
        blocks: [
          ...(record.showers.synthetic === undefined
            ? []
            : [{ kind: 'notice' as const, text: `Synthetic showers: ${record.showers.synthetic}` }]),
          distanceTable(evaluation),
          photonTable(evaluation),
          ...(await channelFigures(evaluation)),
        ],
      },
      {
        id: 'showers',
        title: 'Showers',
        blocks: [
          await figure(
            'showers',
            'Real and generated showers',
            'Above showers of the test set, below one generated for the same particle each; x runs down, y across.',
            showersPlot(evaluation),
          ),
        ],
      },
      {
        id: 'training',
        title: 'Training',
        blocks: [
          {
            kind: 'facts',
            rows: [
              ['Showers', `${split.train} trained on, ${split.test} kept for the test, by ${train.split.by}`],
              ['Epochs', `${epochs} (${steps} steps of ${train.batch_size})`],
              ['Optimiser', `${train.optimiser}, rate ${train.learning_rate}, ${train.schedule}`],
              ['Loss', `${train.loss.reconstruction} + ${train.loss.kl_weight} KL`],
              ['Computed by', versions.executor],
            ],
          },
        ],
      },
    ],
  };
}

/** 3.142 +- 0.027 */
export function measuredText({ value, error }: Measured): string {
  return `${value.toPrecision(4)} \u00b1 ${error.toPrecision(2)}`;
}

function distanceTable({ calorimeter, contenders }: Evaluation): Block {
  const measuredCell = (measured: Measured): Cell => ({ text: measuredText(measured), sort: measured.value });
  const channels = Array.from({ length: channelCount }, (_, channel) => channelName(calorimeter, channel));
  return {
    kind: 'table',
    title: '1-Wasserstein distance to real showers, photons',
    columns: ['', ...channels, 'average'].map((title, column) => ({ title, isNumber: column > 0 })),
    rows: contenders.map(({ name, distances }) => [
      textCell(name),
      ...distances.channels.map(measuredCell),
      measuredCell(distances.mean),
    ]),
    note:
      'The nearest condition is a training shower of the particle nearest to the one asked for; any training shower is drawn without looking at the ' +
      'particle: it has the right distribution, so its distance is that of two samples of this size. Errors by resampling particles.',
  };
}

function photonTable({ real, contenders }: Evaluation): Block {
  const rows = [{ name: 'real', photons: real.photons, score: undefined }, ...contenders];
  return {
    kind: 'table',
    title: 'Photons of a shower',
    columns: ['', 'mean', 'spread for one particle', 'without a photon, %', 'ranked score'].map((title, column) => ({
      title,
      isNumber: column > 0,
    })),
    rows: rows.map(({ name, photons, score }) => [
      textCell(name),
      numberCell(photons.mean, (value) => value.toPrecision(4)),
      numberCell(photons.spread, (value) => value.toPrecision(4)),
      numberCell(photons.empty, (value) => (100 * value).toFixed(2)),
      numberCell(score, (value) => value.toPrecision(4)),
    ]),
    note:
      'Spread: standard deviation among the showers of one and the same particle, over all particles of the test. Ranked score: how far the photons of a ' +
      'shower are from what was foretold for its particle, less what its fluctuations excuse; the lower the better.',
  };
}

async function channelFigures({ calorimeter, real, contenders }: Evaluation): Promise<readonly Block[]> {
  const [generator, nearest] = contenders;
  const sets = [
    { name: 'real', data: real.sums },
    { name: generator.name, data: generator.sums },
    { name: nearest.name, data: nearest.sums },
  ];
  const blocks: Block[] = [];
  for (let channel = 0; channel < channelCount; channel++) {
    const plot = channelPlot(calorimeter, channel, sets);
    const title = `Photons in ${channelName(calorimeter, channel)}`;
    blocks.push(
      await figure(`channel-${channel}`, title, 'First repeat; bins widen with the number of photons.', plot),
    );
  }
  return blocks;
}

async function figure(name: string, title: string, caption: string, plot: Plot): Promise<Block> {
  if (!isDrawn(plot)) return { kind: 'missing', title, reason: plot.missing };
  return { kind: 'figure', name, title, caption, svg: await drawPlot(name, plot) };
}
