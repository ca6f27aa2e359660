/** What the configuration says of the model, as options of the model. */
import {
  type DenseOptions,
  decoderLayers,
  type LayerOptions,
  type ModelOptions,
  scoreKinds,
} from '../../train/model/options.js';
import type { Config } from '../config/schema.js';

export function modelOptionsOf({ model, train }: Config): ModelOptions {
  const { encoder_config, decoder_config, batch_norm, learned_bits, score } = model;
  const isVae = train.train_mode === 'VAE';
  const { score: scoreType = 'none', ...overrides } = model.quantisers;
  return {
    kind: train.train_mode,
    features: model.features,
    ...(encoder_config.input_shape === null ? {} : { inputShape: encoder_config.input_shape }),
    encoder: encoderLayers(model).flat(),
    latent: model.latent_dim,
    decoder: decoderLayers(decoder_config.nodes, isVae ? batch_norm.decoder : batch_norm.encoder),
    quantisers: {
      data: model.ap_fixed_data,
      kernel: model.ap_fixed_kernel,
      bias: model.ap_fixed_bias,
      activation: model.ap_fixed_activation,
      latent: model.ap_fixed_activation,
    },
    overrides,
    initialiser: model.initialiser,
    batchNorm: { momentum: batch_norm.momentum, epsilon: batch_norm.epsilon },
    ...(score === 'auto' ? {} : { scoreKind: scoreKinds.find((kind) => kind === score) ?? { expression: score } }),
    score: scoreType,
    ...(learned_bits.enabled
      ? {
          learnedBits: {
            weights: learned_bits.weights,
            activations: learned_bits.activations,
            minimum: learned_bits.min_bits,
            maximum: learned_bits.max_bits,
            ...(learned_bits.initial_bits === null ? {} : { initial: learned_bits.initial_bits }),
            penalty: learned_bits.penalty,
            rate: learned_bits.rate,
          },
        }
      : {}),
  };
}

/** Nodes, or layers in detail, a list for each; a ReLU follows every one, after its batch normalisation. */
function encoderLayers({ encoder_config, batch_norm }: Config['model']): readonly (readonly LayerOptions[])[] {
  const { nodes, layers } = encoder_config;
  const chosen: Config['model']['encoder_config']['layers'] =
    layers.length > 0 ? layers : nodes.map((units) => ({ dense: units }));
  const normalised: LayerOptions = { kind: 'batch_norm' };
  return chosen.map((layer, index): LayerOptions[] => {
    if ('batch_norm' in layer) {
      const before = chosen[index - 1];
      // One that follows no layer is handed on all the same: the model refuses it.
      return layer.batch_norm && (before === undefined || 'batch_norm' in before) ? [normalised] : [];
    }
    const next = chosen[index + 1];
    const isNormalised = next !== undefined && 'batch_norm' in next ? next.batch_norm : batch_norm.encoder;
    const weighted: LayerOptions =
      'dense' in layer
        ? ({ kind: 'dense', units: layer.dense } satisfies DenseOptions)
        : {
            kind: 'conv2d',
            filters: layer.conv2d.filters,
            size: layer.conv2d.kernel,
            strides: layer.conv2d.strides,
            padding: layer.conv2d.padding,
          };
    return [weighted, ...(isNormalised ? [normalised] : []), { kind: 'relu' }];
  });
}

/** The key of the configuration for a place in the options that were made of it. */
export function configPlace(place: string, { model }: Config): string {
  const { nodes, layers } = model.encoder_config;
  return place
    .replace(/\boverrides\[(.*)\]$/, 'quantisers.$1')
    .replace(/\bencoder\[(\d+)\](\.size)?/, (_, option: string, size?: string) => {
      const lengths = encoderLayers(model).map((made) => made.length);
      let left = Number(option);
      const layer = lengths.findIndex((length) => {
        left -= length;
        return left < 0;
      });
      return `encoder_config.${layers.length > 0 || nodes.length === 0 ? 'layers' : 'nodes'}[${layer}]${size === undefined ? '' : '.conv2d.kernel'}`;
    });
}
