/** A training run: from a configuration to a trained encoder that is proved equal to its firmware, in one artefact. */
import { writeComplete, writeLite } from '../../artefact/write-artefact.js';
import { digestFile } from '../../base/file-digest.js';
import { Random } from '../../base/random.js';
import { fractionBits, parseFormat } from '../../fixed/format.js';
import { lower } from '../../lower/lower.js';
import type { Description } from '../../network/description.js';
import { defaultPrecision } from '../../network/precision.js';
import { networkOf } from '../../network/read-network.js';
import type { Executor } from '../../tensor/executor.js';
import { chooseExecutor } from '../../tensor/executors/choose.js';
import { describeTrained } from '../../train/export.js';
import { type FitResult, fit, type Parameters } from '../../train/fit.js';
import type { EpochRecord } from '../../train/history.js';
import { checkLoss } from '../../train/losses/check-loss.js';
import { buildObjective } from '../../train/model/build-objective.js';
import { buildModel, type Model, weightsGraph } from '../../train/model/model.js';
import { configHash } from '../config/print.js';
import type { Config } from '../config/schema.js';
import { openPrepared, type PreparedData } from '../data/prepared.js';
import { isLossModule, loadLoss } from '../losses/load-loss.js';
import { artefactOf } from './artefact-of.js';
import { checkFirmwareScores } from './firmware-agreement.js';
import { fitOptionsOf } from './fit-options.js';
import { measureEpoch } from './measure-epoch.js';
import { modelOptionsOf } from './model-options.js';
import { placedIn } from './paths.js';
import { type PreparedRun, prepareRun } from './prepare-run.js';
import { type RunResults, resultsOf } from './results.js';
import { type Scorer, scorerOf } from './scorer.js';

export interface TrainOptions {
  /** Where relative paths of the files that are written count from. */
  readonly directory: string;
  /** Go on from the newest checkpoint. */
  readonly resume: boolean;
  /** When it aborts, the run saves a checkpoint and ends. */
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
  readonly checkpoint: string;
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
  const prepared = await prepareRun(config);
  const data = await openPrepared(prepared.path);
  try {
    options.afterData?.(prepared, data);
    return await new Training(given, config, data, options).run();
  } finally {
    data.close();
  }
}

/** Events on which a loss is tried before the first step. */
const triedEvents = 256;

class Training {
  constructor(
    private readonly given: Config,
    private readonly config: Config,
    private readonly data: PreparedData,
    private readonly options: TrainOptions,
  ) {}

  async run(): Promise<TrainedRun | InterruptedRun> {
    const { config } = this;
    const executor = await chooseExecutor(config.train.common.executor);
    const model = buildModel(modelOptionsOf(config), executor.exactBits, 'configuration: model');
    const scorer = await scorerOf(model, executor);
    try {
      await this.#checkDeployable(model, executor);
      const fitted = await this.#fit(model, executor, scorer);
      if (fitted.end === 'interrupted') {
        const { history, steps, checkpoint } = fitted;
        return { end: 'interrupted', epochs: history.length, steps, checkpoint: checkpoint! };
      }
      return await this.#finish(model, executor, scorer, { ...fitted, end: fitted.end });
    } finally {
      await scorer.dispose();
    }
  }

  async #fit(model: Model, executor: Executor, scorer: Scorer): Promise<FitResult> {
    const { config, data, options } = this;
    const { VAE_config, common } = config.train;
    const { scale: normScales, bias: normBiases } = data.normalisation;
    const { constituents } = config.data_config.Read_configs.BACKGROUND;
    const setup = { normScales, normBiases, mask: constituents, unscaleEnergy: common.unscale_energy };
    const reconstruction = await loadLoss(
      common.reconstruction_loss,
      setup,
      'configuration: train.common.reconstruction_loss',
    );
    const firstEvents = data.train.readInputs(0, Math.min(data.train.count, triedEvents));
    await checkLoss(reconstruction, firstEvents, model.architecture.features, executor);
    const objective = buildObjective(model, { reconstruction, ...VAE_config });
    const measure = {
      everyEpochs: config.callback.efficiency.every_epochs,
      rate: config.callback.efficiency.rate,
      bcKhz: config.threshold.bc_khz,
    };
    return fit(
      objective,
      { training: data.train.rows, ...(common.validation_events === 0 ? {} : { validation: data.test.rows }) },
      { ...fitOptionsOf(config, config.store.temp_path, options.resume), dependsOn: dependenciesOf(config, data) },
      {
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        evaluate: (parameters, epoch) => measureEpoch(scorer, data, measure, parameters, epoch),
        afterEpoch: (record) => options.afterEpoch?.(record),
      },
    );
  }

  async #finish(
    model: Model,
    executor: Executor,
    scorer: Scorer,
    fitted: FitResult & { readonly end: TrainedRun['end'] },
  ): Promise<TrainedRun> {
    const { config, data, given } = this;
    const { parameters, history } = fitted;
    const description = await this.#describe(model, executor, parameters);
    const network = networkOf(description, 'trained encoder', defaultPrecision);
    const scoreFraction = fractionBits(parseFormat(description.score!.result_format!, 'score'));
    const results = await resultsOf(config, data, scorer, parameters, scoreFraction);
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
    const { lite_path, complete_path, skip_saving_complete } = config.store;
    await writeLite(lite_path, artefact);
    if (!skip_saving_complete) await writeComplete(complete_path, artefact, data.path);
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

  /** What firmware cannot have is said now, of the untrained network, not after hours of training. */
  async #checkDeployable(model: Model, executor: Executor): Promise<void> {
    const random = Random.seeded(this.config.determinism.global_seed);
    const untrained = new Map(
      model.parameters.map((parameter) => [parameter.name, parameter.initial(random)] as const),
    );
    lower(networkOf(await this.#describe(model, executor, untrained), 'untrained encoder', defaultPrecision));
  }

  async #describe(model: Model, executor: Executor, parameters: Parameters): Promise<Description> {
    const { data } = this;
    const graph = weightsGraph(model);
    const executable = await executor.compile(graph);
    try {
      const feeds = new Map(graph.inputs.map(({ name }) => [name, parameters.get(name)!] as const));
      const { scale, bias } = data.normalisation;
      return describeTrained({
        name: 'anomaly_encoder',
        architecture: model.architecture,
        weights: await executable.run(feeds),
        scaling: { scale, bias, clip: data.clip },
      });
    } finally {
      await executable.dispose();
    }
  }
}

/** What a resumed run must have in common with the interrupted one, besides what the fit knows itself. */
function dependenciesOf(config: Config, data: PreparedData): Readonly<Record<string, string>> {
  const { VAE_config, common } = config.train;
  const { reconstruction_loss, unscale_energy } = common;
  const loss = [VAE_config, reconstruction_loss, unscale_energy, lossModule(reconstruction_loss)];
  return {
    data: configHash(data.config),
    model: configHash(modelOptionsOf(config)),
    loss: configHash(loss),
    measurements: configHash([config.callback.efficiency, config.threshold.bc_khz]),
  };
}

/** The content of a loss that is a module of the user's; nothing for one that has a name. */
function lossModule(nameOrPath: string): string | null {
  return isLossModule(nameOrPath) ? digestFile(nameOrPath) : null;
}
