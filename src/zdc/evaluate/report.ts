/** What an evaluation says: as a report of tables and figures, and as numbers for other programs. */
import { drawPlot } from '../../report/draw.js';
import { isDrawn, type Plot } from '../../report/plots/plot.js';
import { type Block, type Cell, numberCell, type Report, textCell } from '../../report/report.js';
import { channelCount } from '../channels.js';
import type { TrainOptions } from '../train/options.js';
import type { Measured } from './distances.js';
import type { Evaluation } from './evaluate.js';
import { channelName, channelPlot, showersPlot } from './figures.js';
import { testSaid } from './test-said.js';

/** Numbers of evaluation.json: distances in photons, with their standard deviations. */
export function evaluationJson(evaluation: Evaluation) {
  const { calorimeter, source, synthetic, options, showers, particles, others, real, contenders } = evaluation;
  return {
    calorimeter,
    source,
    synthetic: synthetic ?? null,
    showers,
    particles,
    test: {
      chosen_by: options.unseen === null ? 'training' : 'caller',
      showers_beside_it: others,
      remarks: testSaid(evaluation),
    },
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
  const { calorimeter, synthetic, showers, particles, options } = evaluation;
  return {
    title: `Generator of ${calorimeter} showers`,
    subtitle: `${showers.toLocaleString('en-US')} test showers of ${particles.toLocaleString('en-US')} particles, ${options.repeats} repeats`,
    sections: [
      {
        id: 'distances',
        title: 'Photons in the five channels',
        blocks: [
          ...(synthetic === undefined ? [] : [{ kind: 'notice' as const, text: `Synthetic showers: ${synthetic}` }]),
          ...testSaid(evaluation).map((text) => ({ kind: 'notice' as const, text })),
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
        blocks: [{ kind: 'facts', rows: trainingFacts(evaluation) }],
      },
    ],
  };
}

function trainingFacts({ record, source, options }: Evaluation): readonly (readonly [string, string])[] {
  if (record === undefined) return [['Weights', source]];
  const { train, split, epochs, steps, versions } = record;
  const file = options.unseen === null ? '' : ', of another file';
  return [
    ['Showers', `${split.train} trained on, ${split.test} kept for the test, by ${train.split.by}${file}`],
    ['Epochs', `${epochs} (${steps} steps of ${train.batch_size})`],
    ['Optimiser', `${train.optimiser}, rate ${train.learning_rate}, ${train.schedule}`],
    ['Loss', lossSaid(train.loss)],
    ['Computed by', versions.executor],
  ];
}

/** 3.142 +- 0.027 */
export function measuredText({ value, error }: Measured): string {
  return `${value.toPrecision(4)} \u00b1 ${error.toPrecision(2)}`;
}

function lossSaid({ reconstruction, kl_weight, channel_weight }: TrainOptions['loss']): string {
  const bound = `${reconstruction} + ${kl_weight} KL`;
  return channel_weight > 0 ? `${bound} + ${channel_weight} score of channels` : bound;
}

function distanceTable({ calorimeter, contenders, options, others }: Evaluation): Block {
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
    note: `${others === 0 ? '' : `${baselinesSaid(options.unseen === null ? 'training' : 'other')} `}Errors by resampling particles.`,
  };
}

/** @param kind as the contender is named */
function baselinesSaid(kind: 'training' | 'other'): string {
  return (
    `The nearest condition is one of the ${kind} showers, of the particle nearest to the one asked for; any ${kind} shower is drawn without looking at ` +
    'the particle: it has the right distribution, so its distance is that of two samples of this size.'
  );
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
  // The generator and, where it is there, the nearest condition.
  const drawn = contenders.slice(0, 2).map(({ name, sums }) => ({ name, data: sums }));
  const sets = [{ name: 'real', data: real.sums }, ...drawn];
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
