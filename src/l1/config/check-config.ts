/** What no key alone can tell: values that contradict each other. */
import { AxocError, Problems } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import { readQuantiser } from '../../network/quantiser.js';
import { clipMismatch, clipRemedy } from '../../train/export-scaling.js';
import { optimiserDefaults } from '../../train/fit-options.js';
import { readModelOptions } from '../../train/model/read-options.js';
import { clipRange } from '../data/normalisation.js';
import { parseScheme } from '../data/scheme.js';
import { isLossModule } from '../losses/load-loss.js';
import { checkLossName } from '../losses/registry.js';
import { configPlace, modelOptionsOf } from '../run/model-options.js';
import type { Tree } from './merge.js';
import type { Config } from './schema.js';

type Report = (path: string, message: string, hint: string) => void;

/**
 * @param overrides all sources merged, without MASTER
 * @throws AxocError (user) with every contradiction
 */
export function checkConfig(config: Config, overrides: Tree): void {
  const problems = new Problems();
  const report: Report = (path, message, hint) =>
    problems.add('config-conflict', `configuration: ${path}`, message, hint);
  checkEncoder(overrides, report);
  checkScore(config, report);
  checkSectors(config, report);
  checkFeatures(config, report);
  checkConvolutions(config, report);
  checkLearnedBits(config, report);
  checkOptimiser(config, report);
  checkValidation(config, report);
  checkWorkers(config, report);
  checkLoss(config, problems);
  checkScorePrecision(config, report);
  checkTexts(config, problems);
  problems.throwIfAny();
  checkModel(config, problems);
  problems.throwIfAny();
}

/** Shapes, tensors and expressions, once every key by itself is right. */
function checkModel(config: Config, problems: Problems): void {
  try {
    const { input } = readModelOptions(modelOptionsOf(config), 'configuration: model');
    const clip = clipRange(config.data_config.Quantization_configs.quantize_bits);
    const mismatch = input === undefined ? undefined : clipMismatch(clip, input.format);
    const place = 'configuration: data_config.Quantization_configs.quantize_bits';
    if (mismatch !== undefined) problems.add('config-conflict', place, mismatch, clipRemedy);
  } catch (error) {
    if (!(error instanceof AxocError) || error.kind !== 'user') throw error;
    for (const { code, place, message, hint } of error.diagnostics)
      problems.add(code, configPlace(place, config), message, hint);
  }
}

function checkValidation({ train, callback }: Config, report: Report): void {
  if (train.common.validation_events > 0) return;
  for (const name of ['plateau', 'early_stopping'] as const) {
    const { enabled, monitor } = callback[name];
    if (enabled && monitor.startsWith('validation_'))
      report(
        `callback.${name}.monitor`,
        `follows ${monitor}, and no events are taken for validation`,
        'give train.common.validation_events, or follow loss',
      );
  }
}

/** Scores are those of the deployed encoder, which has one type of inputs. */
function checkScorePrecision({ model, threshold }: Config, report: Report): void {
  const [data, scores] = [model.ap_fixed_data, threshold.precision].map((pair) => `[${pair.join(', ')}]`);
  if (data !== scores)
    report(
      'threshold.precision',
      `scores would be computed from inputs of ${scores}, the model reads ${data} (model.ap_fixed_data)`,
      'give both the same [bits, integer bits]',
    );
}

/** Texts and pairs that are read further on: their own readers say what is wrong with them. */
function checkTexts({ model, data_config }: Config, problems: Problems): void {
  const pairs = ['ap_fixed_kernel', 'ap_fixed_bias', 'ap_fixed_activation', 'ap_fixed_data'] as const;
  const quantisers = [
    ...pairs.map((key) => [key, model[key]] as const),
    ...Object.entries(model.quantisers).map(([key, text]) => [`quantisers.${key}`, text] as const),
  ];
  for (const [key, quantiser] of quantisers)
    problems.attempt(() => readQuantiser(quantiser, 'quantized_bits', `configuration: model.${key}`));
  problems.attempt(() => parseScheme(data_config.Normalisation_configs.scheme));
}

function checkEncoder(overrides: Tree, report: Report): void {
  const { nodes = [], layers = [] } = ((overrides.model as Tree | undefined)?.encoder_config ?? {}) as {
    nodes?: readonly unknown[];
    layers?: readonly unknown[];
  };
  if (nodes.length > 0 && layers.length > 0)
    report('model.encoder_config', 'both nodes and layers are given', 'give one of them, or set the other to []');
}

function checkScore({ train, model }: Config, report: Report): void {
  if (train.train_mode === 'VAE' && model.score === 'sum-of-squared-difference')
    report(
      'model.score',
      "a VAE's decoder is not deployed, so its reconstruction is not known there",
      'use sum-of-squares, or train_mode AE',
    );
}

function checkSectors(config: Config, report: Report): void {
  const { BACKGROUND } = config.data_config.Read_configs;
  for (const key of ['train_sector', 'test_sector'] as const) {
    const [first, end] = BACKGROUND[key];
    if (first >= end)
      report(
        `data_config.Read_configs.BACKGROUND.${key}`,
        `no events from ${first} to before ${end}`,
        'give [first event, event after the last]',
      );
  }
}

function checkFeatures({ data_config, model }: Config, report: Report): void {
  for (const kind of ['BACKGROUND', 'SIGNAL'] as const) {
    const objects = Object.values(data_config.Read_configs[kind].constituents).flat().filter(Boolean).length;
    if (3 * objects !== model.features)
      report(
        `data_config.Read_configs.${kind}.constituents`,
        `${objects} objects make ${3 * objects} inputs, model.features is ${model.features}`,
        `set model.features to ${3 * objects}, or choose other constituents`,
      );
  }
  const outputs = model.decoder_config.nodes.at(-1);
  if (outputs !== model.features)
    report(
      'model.decoder_config.nodes',
      `the decoder ends with ${outputs} outputs, model.features is ${model.features}`,
      `end it with ${model.features}`,
    );
}

function checkLearnedBits({ model }: Config, report: Report): void {
  const { initial_bits, min_bits, max_bits } = model.learned_bits;
  if (min_bits > max_bits || (initial_bits !== null && (initial_bits < min_bits || initial_bits > max_bits)))
    report(
      'model.learned_bits',
      `min_bits ${min_bits}, initial_bits ${initial_bits}, max_bits ${max_bits} do not rise`,
      'give min_bits <= initial_bits <= max_bits',
    );
}

function checkOptimiser({ train }: Config, report: Report): void {
  const { optimiser, optimiser_options, weight_decay } = train.common;
  const { name, ...constants } = optimiserDefaults[optimiser];
  if (weight_decay !== 0 && !('weightDecay' in constants))
    report('train.common.weight_decay', `${name} has no weight decay`, 'set it to 0, or choose adamw or lion');
  const known: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(constants).filter(([key]) => key !== 'weightDecay'),
  );
  for (const [key, value] of Object.entries(optimiser_options)) {
    const place = `train.common.optimiser_options.${key}`;
    if (!Object.hasOwn(known, key))
      report(place, `${name} has no such constant`, suggest(key, Object.keys(known)) ?? 'leave it out');
    else if (typeof known[key] !== typeof value)
      report(place, `found ${value}, of another kind than ${known[key]}`, `the usual value is ${known[key]}`);
    else if (typeof value === 'number' && !(value >= 0 && (value < 1 || key === 'epsilon')))
      report(
        place,
        `${value} is not ${key === 'epsilon' ? 'a number of at least 0' : 'a number from 0 to below 1'}`,
        `the usual value is ${known[key]}`,
      );
  }
}

function checkWorkers({ train }: Config, report: Report): void {
  const { workers, batch_size } = train.common;
  if (workers > batch_size)
    report('train.common.workers', `${workers} threads for a batch of ${batch_size}`, 'every thread needs an event');
}

/** Names alone: whether the path of a module leads anywhere shows when it is loaded. */
function checkLoss({ train }: Config, problems: Problems): void {
  const name = train.common.reconstruction_loss;
  if (!isLossModule(name))
    problems.attempt(() => checkLossName(name, 'configuration: train.common.reconstruction_loss'));
}

function checkConvolutions({ model }: Config, report: Report): void {
  const { layers, input_shape } = model.encoder_config;
  if (input_shape === null && layers.some((layer) => 'conv2d' in layer))
    report(
      'model.encoder_config.input_shape',
      'conv2d needs the height, width and channels of an event',
      'set it, such as [19, 3, 1] for 57 inputs',
    );
  const size = input_shape?.reduce((product, length) => product * length, 1);
  if (input_shape !== null && size !== model.features)
    report(
      'model.encoder_config.input_shape',
      `[${input_shape.join(', ')}] has ${size} values, model.features is ${model.features}`,
      `the product is ${model.features}`,
    );
}
