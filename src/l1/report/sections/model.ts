/** Section: what the model is. */
import { printFormat } from '../../../fixed/format.js';
import type { Description } from '../../../network/description.js';
import type { Layer, Network } from '../../../network/network.js';
import { drawModel, type Stage } from '../../../report/model-drawing.js';
import { numberCell, type Section, textCell } from '../../../report/report.js';
import type { RunFacts } from '../collect.js';
import { plain } from './blocks.js';

export function modelSection({ network, artefact, config }: RunFacts): Section {
  const { layout, normalisation } = artefact;
  const { train, model } = config;
  return {
    id: 'model',
    title: 'Model',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Kind', train.train_mode === 'VAE' ? 'variational autoencoder' : 'autoencoder'],
          ['Inputs', String(network.input.width)],
          ['Latent variables', String(model.latent_dim)],
          ['Loss', train.common.reconstruction_loss],
          ...(train.train_mode === 'VAE'
            ? [['Alpha, beta', `${plain(train.VAE_config.alpha)}, ${plain(train.VAE_config.beta)}`] as const]
            : []),
        ],
      },
      {
        kind: 'figure',
        name: 'model',
        title: 'The deployed network',
        caption: 'From the inputs to the score, each stage with its types.',
        svg: drawModel(stagesOf(network, artefact.trimmedEncoder.score)),
      },
      {
        kind: 'group',
        title: 'Normalisation: x = (hardware value - bias) / scale',
        blocks: [
          {
            kind: 'table',
            title: 'Scales and biases',
            columns: ['Object', 'pt scale', 'pt bias', 'eta scale', 'eta bias', 'phi scale', 'phi bias'].map(
              (title, column) => ({ title, isNumber: column > 0 }),
            ),
            rows: layout.map((object, row) => [
              textCell(object),
              ...[0, 1, 2].flatMap((feature) => [
                numberCell(normalisation.scale[row]?.[feature], plain),
                numberCell(normalisation.bias[row]?.[feature], plain),
              ]),
            ]),
            note: 'In units of the hardware integers, fitted on training events.',
          },
        ],
      },
    ],
  };
}

function stagesOf({ input, layers, score }: Network, written: Description['score']): readonly Stage[] {
  const first: Stage = {
    name: 'input',
    kind: 'input',
    does: `${input.width} values`,
    types:
      input.scaling === undefined
        ? [printFormat(input.format)]
        : [
            `hardware ${printFormat(input.scaling.hardwareFormat)}`,
            `minus offset, shifted, cast to ${printFormat(input.format)}`,
          ],
    reads: [],
  };
  const rest = layers.map((layer, index): Stage => {
    const before = index === 0 ? undefined : layers[index - 1]!.name;
    return {
      name: layer.name,
      kind: 'layer',
      does: doingOf(layer),
      types: typesOf(layer),
      reads: layer.source === undefined || layer.source === before ? [] : [layer.source],
    };
  });
  if (score === undefined) return [first, ...rest];
  const last: Stage = {
    name: 'score',
    kind: 'score',
    does: scoreText(written!),
    types: score.resultFormat === undefined ? [] : [`result ${printFormat(score.resultFormat)}`],
    reads: [],
  };
  return [first, ...rest, last];
}

function scoreText(score: NonNullable<Description['score']>): string {
  switch (score.kind) {
    case 'sum-of-squares':
      return `sum of squares of ${score.of}`;
    case 'sum-of-squared-difference':
      return `sum of squares of ${score.of} minus ${score.minus}`;
    case 'expression':
      return score.expression;
  }
}

function doingOf(layer: Layer): string {
  switch (layer.kind) {
    case 'dense':
      return `dense, ${layer.weights.shape[0]} to ${layer.weights.shape[1]}`;
    case 'conv2d':
      return `convolution, ${layer.weights.shape.slice(0, 2).join(' x ')}, ${layer.weights.shape[3]} filters`;
    case 'relu':
      return 'ReLU';
    case 'leaky_relu':
      return 'leaky ReLU';
    case 'cast':
      return 'cast';
  }
}

function typesOf(layer: Layer): readonly string[] {
  const result = `result ${printFormat(layer.resultFormat)}`;
  if (layer.kind !== 'dense' && layer.kind !== 'conv2d') return [result];
  const weights = printFormat(layer.weights.format);
  const zeros = layer.weights.raws.filter((raw) => raw === 0n).length;
  const total = layer.weights.raws.length;
  return [`weights ${weights}, ${total - zeros} of ${total} not zero`, result];
}
