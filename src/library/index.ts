/**
 * axoc as a library.
 * @example
 * import * as axo from 'axoc';
 * const run = await axo.main({ slave: { model: { encoder_config: { nodes: [28, 64, 128] } } } });
 */
import { Problems } from '../base/diagnostic.js';
import { suggest } from '../base/nearest.js';
import { emitTrained } from '../compile/emit-trained.js';
import { resolveConfig } from '../l1/config/resolve.js';
import type { Slave } from '../l1/config/schema.js';
import { testEventsIn } from '../l1/data/prepared.js';
import { writeConfiguredReports } from '../l1/report/write-report.js';
import { placedIn } from '../l1/run/paths.js';
import { type InterruptedRun, type TrainedRun, type TrainOptions, train } from '../l1/run/train.js';

export type { Artefact } from '../artefact/artefact.js';
export type { GeneratorArtefact } from '../artefact/generator.js';
export { readGenerator, writeGenerator } from '../artefact/generator-file.js';
export { readArtefact } from '../artefact/read-artefact.js';
export { AxocError, type Diagnostic } from '../base/diagnostic.js';
export { version } from '../base/version.js';
export type { FloatExported } from '../compile/export-float.js';
export type { ImportedGenerator } from '../compile/import-keras/import-generator.js';
export { master, resolveConfig } from '../l1/config/resolve.js';
export type { Config, Slave } from '../l1/config/schema.js';
export { L1ADBaseLoss, longitudinalMomentum, type TriggerObjects } from '../l1/losses/base-loss.js';
export type { LossFunction, LossTools } from '../l1/losses/load-loss.js';
export type { InterruptedRun, TrainedRun, TrainOptions } from '../l1/run/train.js';
export type { Node as TensorNode } from '../tensor/graph.js';
/** The operations that a loss is made of. */
export * as ops from '../tensor/ops.js';

export type { Evaluation } from '../zdc/evaluate/evaluate.js';
export type { GeneratorRun } from '../zdc/train/run.js';
export * from './generators.js';

export interface MainOptions extends Partial<TrainOptions> {
  /** Path of a YAML or JSON file with overrides of the defaults. */
  readonly config?: string;
  /** Overrides, which count after those of the file. */
  readonly slave?: Slave;
}

/** A run with all that its configuration asks for. */
export interface CompletedRun extends TrainedRun {
  /** The directory of the verified HLS project, where `store.build_model_path` asks for one. */
  readonly firmware?: string;
  /** Files of the reports that `report` asks for. */
  readonly reports: readonly string[];
}

/**
 * Trains as `axoc train` does: the defaults, overridden by `config`, then by `slave`. Without an event file it trains on synthetic events.
 * @throws AxocError with every problem of the configuration, and as `train` does
 */
export async function main(given: MainOptions = {}): Promise<CompletedRun | InterruptedRun> {
  checkOptions(given);
  const { config, slave, ...options } = given;
  const overrides = { ...(config === undefined ? {} : { config }), ...(slave === undefined ? {} : { slave }) };
  const resolved = resolveConfig(overrides);
  const { directory = '.', resume = false } = options;
  const run = await train(resolved, { ...options, directory, resume });
  if (run.end === 'interrupted') return run;
  const { store, report } = placedIn(directory, resolved);
  const firmware = store.build_model_path;
  if (firmware !== null) await emitTrained(run.lite, testEventsIn(run.data), firmware);
  const reports = await writeConfiguredReports(run, report, firmware);
  return { ...run, ...(firmware === null ? {} : { firmware }), reports };
}

const optionNames: Readonly<Record<keyof MainOptions, true>> = {
  config: true,
  slave: true,
  directory: true,
  resume: true,
  signal: true,
  afterData: true,
  afterEpoch: true,
};

/** A misspelt `slave` would train for hours on the defaults. */
function checkOptions(given: MainOptions): void {
  const problems = new Problems();
  if (typeof given !== 'object' || given === null)
    problems.add('bad-option', 'axo.main', `an object expected, found ${JSON.stringify(given)}`, mainHint);
  else
    for (const key of Object.keys(given))
      if (!Object.hasOwn(optionNames, key))
        problems.add('unknown-key', `axo.main: ${key}`, 'unknown option', suggest(key, Object.keys(optionNames)));
  problems.throwIfAny();
}

const mainHint = 'write axo.main({ slave: { ... } }) or axo.main({ config: path })';
