/** From a finished run to its artefact: everything that firmware, report and later runs need, in one record. */
import type { Artefact, StoredModel } from '../../artefact/artefact.js';
import { version } from '../../base/version.js';
import type { Description } from '../../network/description.js';
import type { Parameters } from '../../train/fit.js';
import { columnsOf, type EpochRecord } from '../../train/history.js';
import type { Model } from '../../train/model/model.js';
import type { Config } from '../config/schema.js';
import type { ObjectKind } from '../data/objects.js';
import type { PreparedData } from '../data/prepared.js';
import { isThreshold } from '../thresholds.js';
import type { RunResults } from './results.js';

export interface FinishedRun {
  /** As the user gave it: paths are not resolved. */
  readonly config: Config;
  readonly data: PreparedData;
  readonly model: Model;
  readonly parameters: Parameters;
  readonly history: readonly EpochRecord[];
  readonly description: Description;
  readonly results: RunResults;
  /** What computed: `onnxruntime-node 1.30.0`. */
  readonly executor: string;
}

export function artefactOf(run: FinishedRun): Artefact {
  const { config, data, model, results } = run;
  const { scale, bias } = data.normalisation;
  const [executor, executorVersion = ''] = run.executor.split(' ') as [string, string?];
  return {
    configuration: JSON.stringify(config),
    seeds: { global_seed: config.determinism.global_seed, synthesis_seed: config.data_config.Synthesis.seed },
    versions: { axoc: version, [executor]: executorVersion },
    layout: objectNames(data.objects),
    normalisation: { scale: triples(scale), bias: triples(bias) },
    trimmedEncoder: run.description,
    encoder: storedModel(run, [
      ...model.architecture.encoder,
      model.architecture.latent,
      model.architecture.logVariance,
    ]),
    decoder: storedModel(run, model.architecture.decoder),
    history: new Map([...columnsOf(run.history)].map(([name, column]) => [name, [...column]] as const)),
    thresholds: results.thresholds
      .filter(isThreshold)
      .map(({ target, kind, value, integer }) => ({ key: target, kind, value, integer })),
    scoreTables: results.tables,
    histograms: results.histograms,
  };
}

/** MET, EGAMMA1, EGAMMA2, ...: kinds that occur once have no number. */
function objectNames(kinds: readonly ObjectKind[]): readonly string[] {
  return kinds.map((kind, index) => {
    const isOnly = kinds.filter((other) => other === kind).length === 1;
    return isOnly ? kind : `${kind}${kinds.slice(0, index + 1).filter((other) => other === kind).length}`;
  });
}

function triples(values: Float64Array): readonly (readonly number[])[] {
  return Array.from({ length: values.length / 3 }, (_, object) => [...values.subarray(3 * object, 3 * object + 3)]);
}

/** The parameters whose layer is one of the stages, as training has them. */
function storedModel(
  { model, parameters }: FinishedRun,
  stages: readonly (Model['architecture']['encoder'][number] | undefined)[],
): StoredModel {
  const present = stages.filter((stage) => stage !== undefined);
  const names = new Set(present.map(({ name }) => name));
  const own = model.parameters.filter(({ name }) => names.has(name.slice(0, name.lastIndexOf('/'))));
  const tensors = own.map(({ name, shape }) => [name, { shape, values: parameters.get(name)! }] as const);
  return { layers: JSON.stringify(present), tensors: new Map(tensors) };
}
