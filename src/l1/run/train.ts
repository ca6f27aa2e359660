/** A training run: from a configuration to a trained encoder that is proved equal to its firmware, in one artefact. */
import type { Artefact } from '../../artefact/artefact.js';
import { writeComplete, writeLite } from '../../artefact/write-artefact.js';
import { AxocError } from '../../base/diagnostic.js';
import { digestFile } from '../../base/file-digest.js';
import { Random } from '../../base/random.js';
import { parseFormat } from '../../fixed/format.js';
import { lower } from '../../lower/lower.js';
import type { Description } from '../../network/description.js';
import { defaultPrecision } from '../../network/precision.js';
import { networkOf } from '../../network/read-network.js';
import type { Executor } from '../../tensor/executor.js';
import { chooseExecutor } from '../../tensor/executors/choose.js';
import { checkResumable, hasCheckpoint } from '../../train/checkpoint.js';
import { describeTrained } from '../../train/export.js';
import { type FitResult, fit, type Parameters } from '../../train/fit.js';
import type { EpochRecord } from '../../train/history.js';
import { checkLoss } from '../../train/losses/check-loss.js';
import { buildObjective } from '../../train/model/build-objective.js';
import { buildModel, type Model, weightsGraph } from '../../train/model/model.js';
import type { Config } from '../config/schema.js';
import { openPrepared, type PreparedData } from '../data/prepared.js';
import { isLossModule, type OpenedLoss, openLoss } from '../losses/load-loss.js';
import { artefactOf } from './artefact-of.js';
import { checkMonitors } from './check-monitors.js';
import { checkFirmwareScores } from './firmware-agreement.js';
import { fitOptionsOf } from './fit-options.js';
import { measureEpoch } from './measure-epoch.js';
import { modelOptionsOf } from './model-options.js';
import { checkOutputs, placedIn } from './paths.js';
import { type PreparedRun, prepareRun } from './prepare-run.js';
import { type RunResults, resultsOf } from './results.js';
import { type Scorer, scorerOf } from './scorer.js';

export interface TrainOptions {
  /** Where relative paths of the files that are written count from. */
  readonly directory: string;
  /** Go on from the newest checkpoint; where none has been written yet, from the beginning. */
  readonly resume: boolean;
  /** When it aborts, the run saves a checkpoint, if it has begun to train, and ends. */
  readonly signal?: AbortSignal;
  /** Told when the data are ready. */
  afterData?(prepared: PreparedRun, data: PreparedData): void;
  /** Told of every epoch that ends. */
  afterEpoch?(record: EpochRecord): void;
}

export interface InterruptedRun {
  readonly end: 'interrupted';
  readonly epochs: number;
  readonly steps: number;
  /** Absent: training had not begun. */
  readonly checkpoint?: string;
}

export interface TrainedRun {
  readonly end: 'finished' | 'stopped early';
  readonly history: readonly EpochRecord[];
  readonly results: RunResults;
  /** What training has in common with its firmware: the deployed network. */
  readonly description: Description;
  /** Test events whose scores are equal in training and firmware: all of them. */
  readonly provedEvents: number;
  /** Files written. */
  readonly lite: string;
  readonly complete?: string;
  readonly data: string;
  readonly executor: string;
}

/**
 * Files appear only at the end, whole; until then there are checkpoints.
 * @throws AxocError (user) for configuration, files and losses that are not finite; (mismatch) should the firmware ever disagree
 */
export async function train(given: Config, options: TrainOptions): Promise<TrainedRun | InterruptedRun> {
  const config = placedIn(options.directory, given);
  // What is wrong with model, loss or outputs is said before hours of reading.
  const executor = await chooseExecutor(config.train.common.executor);
  const model = buildModel(modelOptionsOf(config), executor.exactBits, 'configuration: model');
  const loss = await openLoss(config.train.common.reconstruction_loss, lossPlace);
  await checkDeployable(model, executor, config.determinism.global_seed);
  checkOutputs(config);
  const prepared = await prepareRun(
    config,
    (made) => {
      if (options.resume) checkResumable(config.store.temp_path, { data: JSON.parse(made) });
    },
    options.signal,
  );
  if (prepared === 'interrupted') return { end: 'interrupted', epochs: 0, steps: 0 };
  const data = await openPrepared(prepared.path);
  try {
    checkMonitors(config, data);
    options.afterData?.(prepared, data);
    return await new Training(given, config, { data, executor, model, loss }, options).run();
  } finally {
    data.close();
  }
}

const lossPlace = 'configuration: train.common.reconstruction_loss';

/** Events on which a loss is tried before the first step. */
const triedEvents = 256;

/** What a run works with. */
interface Means {
  readonly data: PreparedData;
  readonly executor: Executor;
  readonly model: Model;
  readonly loss: OpenedLoss;
}

class Training {
  constructor(
    private readonly given: Config,
    private readonly config: Config,
    private readonly means: Means,
    private readonly options: TrainOptions,
  ) {}

  async run(): Promise<TrainedRun | InterruptedRun> {
    const { config } = this;
    const { data, executor, model } = this.means;
    const scorer = await scorerOf(model, executor);
    try {
      await checkDeployable(model, executor, config.determinism.global_seed, data);
      const fitted = await this.#fit(scorer);
      if (fitted.end === 'interrupted') {
        const { history, steps, checkpoint } = fitted;
        return { end: 'interrupted', epochs: history.length, steps, checkpoint: checkpoint! };
      }
      return await this.#finish(scorer, { ...fitted, end: fitted.end });
    } finally {
      await scorer.dispose();
    }
  }

  async #fit(scorer: Scorer): Promise<FitResult> {
    const { config, options } = this;
    const { data, executor, model, loss } = this.means;
    const { VAE_config, common } = config.train;
    const { scale: normScales, bias: normBiases } = data.normalisation;
    const { constituents } = config.data_config.Read_configs.BACKGROUND;
    const setup = { normScales, normBiases, mask: constituents, unscaleEnergy: common.unscale_energy };
    const reconstruction = loss(setup);
    const firstEvents = data.train.readInputs(0, Math.min(data.train.count, triedEvents));
    await checkLoss(reconstruction, firstEvents, model.architecture.features, executor);
    const objective = buildObjective(model, { reconstruction, ...VAE_config });
    const measure = {
      everyEpochs: config.callback.efficiency.every_epochs,
      rate: config.callback.efficiency.rate,
      bcKhz: config.threshold.bc_khz,
    };
    const resume = options.resume && hasCheckpoint(config.store.temp_path);
    return fit(
      objective,
      { training: data.train.rows, ...(common.validation_events === 0 ? {} : { validation: data.test.rows }) },
      { ...fitOptionsOf(config, config.store.temp_path, resume), dependsOn: dependenciesOf(config, data) },
      {
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        evaluate: (parameters, epoch) => measureEpoch(scorer, data, measure, parameters, epoch),
        afterEpoch: (record) => options.afterEpoch?.(record),
      },
    );
  }

  async #finish(scorer: Scorer, fitted: FitResult & { readonly end: TrainedRun['end'] }): Promise<TrainedRun> {
    const { config, given } = this;
    const { data, executor, model } = this.means;
    const { parameters, history } = fitted;
    const description = await describe(model, executor, parameters, data);
    const network = networkOf(description, 'trained encoder', defaultPrecision);
    const scoreFormat = parseFormat(description.score!.result_format!, 'score');
    const results = await resultsOf(config, data, scorer, parameters, scoreFormat);
    await checkFirmwareScores(network, data.test, results.background);

    const artefact = artefactOf({
      config: given,
      data,
      model,
      parameters,
      history,
      description,
      results,
      executor: fitted.executor,
    });
    await this.#write(artefact);
    const { lite_path, complete_path, skip_saving_complete } = config.store;
    return {
      end: fitted.end,
      history,
      results,
      description,
      provedEvents: results.background.length,
      lite: lite_path,
      ...(skip_saving_complete ? {} : { complete: complete_path }),
      data: data.path,
      executor: fitted.executor,
    };
  }

  /** A full disk has cost no training: the last checkpoint holds it. */
  async #write(artefact: Artefact): Promise<void> {
    const { lite_path, complete_path, skip_saving_complete, temp_path } = this.config.store;
    try {
      await writeLite(lite_path, artefact);
      if (!skip_saving_complete) await writeComplete(complete_path, artefact, this.means.data.path);
    } catch (error) {
      if (!(error instanceof AxocError) || error.kind !== 'user') throw error;
      const kept = `the training is kept in ${temp_path}: the same command with --resume writes it`;
      throw new AxocError(
        'user',
        error.diagnostics.map((each) => ({ ...each, hint: `${each.hint ?? 'make room'}; ${kept}` })),
      );
    }
  }
}

/**
 * What firmware cannot have is said now, of the untrained network, not after hours of training.
 * @param data absent: all but the normalisation is looked at
 */
async function checkDeployable(model: Model, executor: Executor, seed: number, data?: PreparedData): Promise<void> {
  const random = Random.seeded(seed);
  const untrained = new Map(model.parameters.map((parameter) => [parameter.name, parameter.initial(random)] as const));
  lower(networkOf(await describe(model, executor, untrained, data), 'untrained encoder', defaultPrecision));
}

async function describe(
  model: Model,
  executor: Executor,
  parameters: Parameters,
  data?: PreparedData,
): Promise<Description> {
  const graph = weightsGraph(model);
  const executable = await executor.compile(graph);
  try {
    const feeds = new Map(graph.inputs.map(({ name }) => [name, parameters.get(name)!] as const));
    return describeTrained({
      name: 'anomaly_encoder',
      architecture: model.architecture,
      weights: await executable.run(feeds),
      ...(data === undefined ? {} : { scaling: { ...data.normalisation, clip: data.clip } }),
    });
  } finally {
    await executable.dispose();
  }
}

/** What a resumed run must have in common with the interrupted one, besides what the fit knows itself. */
function dependenciesOf(config: Config, data: PreparedData): Readonly<Record<string, unknown>> {
  const { VAE_config, common } = config.train;
  const { reconstruction_loss, unscale_energy } = common;
  return {
    data: JSON.parse(data.config),
    model: modelOptionsOf(config),
    loss: { ...VAE_config, reconstruction_loss, unscale_energy, module: lossModule(reconstruction_loss) },
    measurements: { ...config.callback.efficiency, bc_khz: config.threshold.bc_khz },
  };
}

/** The content of a loss that is a module of the user's; nothing for one that has a name. */
function lossModule(nameOrPath: string): string | null {
  return isLossModule(nameOrPath) ? digestFile(nameOrPath) : null;
}
