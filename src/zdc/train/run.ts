/** Training a generator: from prepared showers to a variational autoencoder in one artefact, with the scales that O2 reads. */
import { join } from 'node:path';
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { writeGenerator } from '../../artefact/generator-file.js';
import { digestFile } from '../../base/file-digest.js';
import { discard, writeFileWhole } from '../../base/files.js';
import { type Progress, startProgress } from '../../base/progress.js';
import { version } from '../../base/version.js';
import { hasCheckpoint } from '../../train/checkpoint.js';
import { type FitResult, fit } from '../../train/fit.js';
import { csvOf, type EpochRecord } from '../../train/history.js';
import { weightsFrom } from '../../train/layers/parameters.js';
import { conditions } from '../calorimeter.js';
import { openShowers, type Showers } from '../prepare/prepared.js';
import { generatorFitOptions } from './fit-options.js';
import { lossesFigure } from './losses-figure.js';
import { type GeneratorNetworks, networksOf } from './networks.js';
import { checkNetworks, generatorObjective, scopes } from './objective.js';
import type { TrainOptions } from './options.js';
import { printRecord } from './record.js';
import { fitScaler, type Scaler, scalesText } from './scaler.js';
import { type Split, splitShowers } from './split.js';
import { startingFrom } from './start-values.js';
import { trainingDatasets, writeTrainingFile } from './training-file.js';

/** What a run leaves in its directory. */
export const runFiles = {
  generator: 'generator.h5',
  scales: 'scales.txt',
  history: 'history.csv',
  losses: 'losses.svg',
  /** Checkpoints, and the rows that training reads. */
  work: 'work',
} as const;

export interface TrainRequest {
  /** Showers.h5. */
  readonly showers: string;
  /** The directory of the run; made when absent. */
  readonly out: string;
  readonly options: TrainOptions;
  /** Go on where an interrupted run has stopped: from its last checkpoint, or from the beginning where it had none. */
  readonly resume: boolean;
  /** A generator.h5 with the same layers, from whose weights training begins. */
  readonly startFrom?: string;
  /** When it aborts, the run saves a checkpoint and ends. */
  readonly signal?: AbortSignal;
  /** Where progress is shown; by default on stderr. */
  startProgress?(label: string, total: number): Progress;
  /** Told when the showers are split. */
  afterData?(showers: Showers, split: Split): void;
  /** Told of every epoch that ends. */
  afterEpoch?(record: EpochRecord): void;
}

export interface GeneratorRun {
  readonly end: FitResult['end'];
  readonly history: readonly EpochRecord[];
  readonly steps: number;
  readonly checkpoint: string | undefined;
  readonly executor: string;
  /** Files written: none by a run that was interrupted, but for its checkpoints. */
  readonly files: readonly string[];
}

/**
 * Files appear at the end, each whole; until then there are checkpoints.
 * @throws AxocError (user) for showers, layers and checkpoints that do not fit, and for losses that are not finite
 */
export async function trainGenerator(request: TrainRequest): Promise<GeneratorRun> {
  const showers = await openShowers(request.showers);
  try {
    return await new GeneratorTraining(request, showers).run();
  } finally {
    showers.close();
  }
}

class GeneratorTraining {
  readonly #networks: GeneratorNetworks;
  readonly #work: string;

  constructor(
    private readonly request: TrainRequest,
    private readonly showers: Showers,
  ) {
    this.#networks = networksOf(request.options, showers.calorimeter);
    checkNetworks(this.#networks, showers.calorimeter);
    this.#work = join(request.out, runFiles.work);
  }

  async run(): Promise<GeneratorRun> {
    const { request, showers } = this;
    const { options } = request;
    const particles = showers.readParticles(0, showers.count);
    const split = splitShowers(particles, conditions.length, options.split, options.seed);
    const scaler = fitScaler(particles, conditions.length, split.train);
    request.afterData?.(showers, split);
    const digest = digestFile(showers.path);
    const rows = join(this.#work, 'training.h5');
    const identity = JSON.stringify({ digest, split: options.split, seed: options.seed, axoc: version });
    const start = request.startProgress ?? startProgress;
    await writeTrainingFile(rows, showers, particles, split, scaler, identity, start);
    const fitted = await this.#fit(rows, digest, Math.floor(split.train.length / options.batch_size));
    const { end, history, steps, checkpoint, executor } = fitted;
    const files = end === 'interrupted' ? [] : await this.#write(fitted, scaler, split, digest);
    if (end !== 'interrupted') discard(rows);
    return { end, history, steps, checkpoint, executor, files };
  }

  async #fit(rows: string, digest: string, stepsPerEpoch: number): Promise<FitResult> {
    const { request } = this;
    const { options, resume, signal, startFrom } = request;
    const canResume = resume && hasCheckpoint(this.#work);
    const fitOptions = generatorFitOptions(options, this.#work, canResume);
    const fresh = generatorObjective(this.#networks, this.showers.calorimeter.name, options, stepsPerEpoch);
    const objective =
      startFrom === undefined ? fresh : await startingFrom(startFrom, fresh, this.#networks, digest, options);
    const sets = {
      training: { path: rows, dataset: trainingDatasets.train },
      ...(options.validation_showers === 0 ? {} : { validation: { path: rows, dataset: trainingDatasets.test } }),
    };
    const dependsOn = {
      showers: digest,
      split: options.split,
      networks: this.#networks,
      loss: options.loss,
      ...(startFrom === undefined ? {} : { start: digestFile(startFrom) }),
    };
    return fit(
      objective,
      sets,
      { ...fitOptions, dependsOn },
      {
        ...(signal === undefined ? {} : { signal }),
        ...(request.startProgress === undefined ? {} : { startProgress: request.startProgress }),
        afterEpoch: (record) => request.afterEpoch?.(record),
      },
    );
  }

  async #write(fitted: FitResult, scaler: Scaler, split: Split, digest: string): Promise<readonly string[]> {
    const place = (name: string): string => join(this.request.out, name);
    await writeGenerator(place(runFiles.generator), this.#artefact(fitted, scaler, split, digest));
    writeFileWhole(place(runFiles.scales), scalesText(scaler));
    writeFileWhole(place(runFiles.history), csvOf(fitted.history));
    const figure = await lossesFigure(fitted.history);
    if (figure !== undefined) writeFileWhole(place(runFiles.losses), figure);
    const { generator, scales, history, losses } = runFiles;
    return [generator, scales, history, ...(figure === undefined ? [] : [losses])].map(place);
  }

  #artefact({ parameters, history, steps, executor }: FitResult, scaler: Scaler, split: Split, digest: string) {
    const { showers } = this;
    const { encoder, decoder } = this.#networks;
    const artefact: GeneratorArtefact = {
      name: decoder.name,
      calorimeter: showers.calorimeter.name,
      decoder: { network: decoder, weights: weightsFrom(decoder, parameters, scopes.decoder) },
      encoder: { network: encoder, weights: weightsFrom(encoder, parameters, scopes.encoder) },
      scaler,
      conditions,
      configuration: printRecord({
        train: this.request.options,
        showers: {
          digest,
          count: showers.count,
          minimum_photons: showers.minimumPhotons,
          ...(showers.synthetic === undefined ? {} : { synthetic: showers.synthetic }),
        },
        split: { train: split.train.length, test: split.test.length },
        epochs: history.length,
        steps,
        ...(this.request.startFrom === undefined ? {} : { started_from: digestFile(this.request.startFrom) }),
        versions: { axoc: version, executor },
      }),
      source: `axoc zdc train${showers.synthetic === undefined ? '' : ', on synthetic showers'}`,
    };
    return artefact;
  }
}
