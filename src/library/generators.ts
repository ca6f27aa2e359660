/** Generators of showers as a library: what `axoc import`, `axoc export-onnx --profile float` and `axoc zdc train`, `evaluate` do. */
import { basename } from 'node:path';
import { readGenerator, writeGenerator } from '../artefact/generator-file.js';
import { readText } from '../base/files.js';
import { exportFloat, type FloatExported } from '../compile/export-float.js';
import { generatorPart } from '../compile/export-generator.js';
import type { Part } from '../compile/float-part.js';
import {
  type ImportedGenerator,
  importGenerator as importKerasGenerator,
} from '../compile/import-keras/import-generator.js';
import { opsets } from '../emit/onnx/exact-model.js';
import { calorimeters, conditions } from '../zdc/calorimeter.js';
import { channelFinish } from '../zdc/channels.js';
import { defaultZdcConfig, readZdcConfig, type ZdcConfig } from '../zdc/config.js';
import { type Evaluation, evaluateGenerator as evaluateOnShowers } from '../zdc/evaluate/evaluate.js';
import type { Unseen } from '../zdc/evaluate/options.js';
import { readScales } from '../zdc/read-scales.js';
import { type GeneratorRun, type TrainRequest, trainGenerator as trainOnShowers } from '../zdc/train/run.js';

export interface ImportOptions {
  /** The Keras HDF5 file of the decoder, as `model.save('decoder.h5')` writes it. */
  readonly keras: string;
  /** The artefact to write, generator.h5; absent: none is written. */
  readonly out?: string;
  /** Default: the name of the Keras model. */
  readonly name?: string;
  /** Default: told from the size of the images. */
  readonly calorimeter?: 'ZN' | 'ZP';
  /** Text file of the means and scales of the conditions. */
  readonly scales?: string;
  /** The decoder is this model inside the model. */
  readonly submodel?: string;
  /** The Keras HDF5 file of the encoder. */
  readonly encoder?: string;
}

/** @throws AxocError naming everything that cannot be taken over */
export async function importGenerator({ keras, out, scales, ...given }: ImportOptions): Promise<ImportedGenerator> {
  const scaler = scales === undefined ? {} : { scaler: readScales(readText(scales), scales) };
  const kind = { conditions, calorimeters: Object.values(calorimeters) };
  const imported = await importKerasGenerator({ path: keras, ...given, ...scaler }, kind);
  if (out !== undefined) await writeGenerator(out, imported.artefact);
  return imported;
}

export interface GeneratorExportOptions {
  /** The ONNX file to write. */
  readonly out: string;
  /** Default: `decoder`. */
  readonly part?: Part;
  /** log(photons + 1) of every pixel, or the photons of the five channels; default: `image`. */
  readonly output?: 'image' | 'channels';
  /** `embedded`: conditions in their units, scaled inside the model; default: `none`. */
  readonly scaler?: 'none' | 'embedded';
  /** Operator set; default: the lowest that is written. */
  readonly opset?: number;
  /** Of the events that it is compared on; default: 1. */
  readonly seed?: number;
}

/**
 * Writes an ONNX model in float32 with any number of events, once it computes what the training graph does.
 * @param path generator.h5
 */
export async function exportGenerator(path: string, options: GeneratorExportOptions): Promise<FloatExported> {
  const { out, part = 'decoder', output = 'image', scaler = 'none', opset = opsets.least, seed = 1 } = options;
  const generator = await readGenerator(path);
  const finish = output === 'channels' ? { finish: channelFinish(generator.calorimeter, basename(path)) } : {};
  return exportFloat(generatorPart(generator, basename(path), { part, scaler, ...finish }), { out, opset, seed });
}

export interface GeneratorTrainOptions extends Pick<TrainRequest, 'showers' | 'out' | 'startFrom' | 'signal'> {
  /** YAML or JSON file, whose section `train` is read; absent: the defaults. */
  readonly config?: string;
  /** Instead of those of the configuration. */
  readonly epochs?: number;
  /** Default: false. */
  readonly resume?: boolean;
}

/** @throws AxocError for showers, layers and checkpoints that do not fit, and for losses that are not finite */
export function trainGenerator({
  config,
  epochs,
  resume = false,
  ...request
}: GeneratorTrainOptions): Promise<GeneratorRun> {
  const { train } = configOf(config);
  return trainOnShowers({ ...request, resume, options: { ...train, ...(epochs === undefined ? {} : { epochs }) } });
}

export interface GeneratorEvaluateOptions {
  /** The Showers.h5 that it was trained on; with `unseen`, another one. */
  readonly showers: string;
  /** YAML or JSON file, whose section `evaluate` is read; absent: the defaults. */
  readonly config?: string;
  /** That it has seen none of these showers, where it does not say so itself. Default: as the configuration says. */
  readonly unseen?: Unseen;
}

/**
 * Compares a generator with showers that its training has not seen.
 * @param path generator.h5
 */
export function evaluateGenerator(
  path: string,
  { showers, config, unseen }: GeneratorEvaluateOptions,
): Promise<Evaluation> {
  const { evaluate } = configOf(config);
  return evaluateOnShowers({
    generator: path,
    showers,
    options: { ...evaluate, unseen: unseen ?? evaluate.unseen },
  });
}

function configOf(path: string | undefined): ZdcConfig {
  return path === undefined ? defaultZdcConfig : readZdcConfig(path).config;
}
