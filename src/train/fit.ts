/** The fit loop: steps, epochs, what happens between them, and how to go on after an interruption. */
import { AxocError, userError } from '../base/diagnostic.js';
import { writeFileWhole } from '../base/files.js';
import { type Progress, startProgress } from '../base/progress.js';
import {
  afterEpochOfWatching,
  afterEpochOnPlateau,
  earlyStoppingStart,
  plateauStart,
  reducedRate,
} from './callbacks.js';
import { checkFitOptions } from './check-options.js';
import { CheckpointWriter, checkpointToResume, type FoundCheckpoint, newestCheckpoint } from './checkpoint.js';
import type { Batch } from './feed/feeder.js';
import type { BatchPlace, TrainingData } from './feed/feeding.js';
import type { FitOptions } from './fit-options.js';
import { type FitRig, rigOf } from './fit-rig.js';
import type { FitState } from './fit-state.js';
import { csvOf, type EpochRecord } from './history.js';
import type { Objective } from './objective.js';
import { rateAt } from './schedules.js';
import { breakdownOf } from './step/diagnose.js';
import { initialValues, lengthOf, namedValues } from './step/layout.js';
import type { StepResult } from './step/stepper.js';
import { purpose, streamOf } from './stream.js';

export type Parameters = ReadonlyMap<string, Float32Array>;

export interface FitHooks {
  /** When it aborts, the step being done is finished and a checkpoint written; the result says `interrupted`. */
  readonly signal?: AbortSignal;
  /** Numbers that the record of an epoch is to hold besides, such as efficiencies on signals; of parameters and epoch (from 1) alone. */
  evaluate?(parameters: Parameters, epoch: number): Promise<Readonly<Record<string, number>>>;
  /** Told of every epoch that ends. */
  afterEpoch?(record: EpochRecord): void;
  /** Where progress is shown; by default on stderr. Counts events. */
  startProgress?(label: string, total: number): Progress;
}

export interface FitResult {
  /** Every parameter of the objective, by name: those of the last epoch, or of the best where early stopping restores them. */
  readonly parameters: Parameters;
  readonly history: readonly EpochRecord[];
  readonly end: 'finished' | 'stopped early' | 'interrupted';
  /** Steps done in all. */
  readonly steps: number;
  /** The newest checkpoint, where there are any. */
  readonly checkpoint: string | undefined;
  /** What really computed: `onnxruntime-node 1.30.0`. */
  readonly executor: string;
}

/**
 * Minimises the objective's loss over the rows of `data.training`.
 * @throws AxocError (user) for options and data that do not fit, and when a loss, a weight or the optimiser's memory stops being finite
 */
export async function fit(
  objective: Objective,
  data: TrainingData,
  options: FitOptions,
  hooks: FitHooks = {},
): Promise<FitResult> {
  checkFitOptions(options);
  const rig = await rigOf(objective, data, options);
  try {
    return await new Fit(objective, options, hooks, rig).run();
  } finally {
    await rig.end();
  }
}

class Fit {
  readonly #writer: CheckpointWriter | undefined;
  #state: FitState;
  #saved: { step: number; time: number };

  constructor(
    private readonly objective: Objective,
    private readonly options: FitOptions,
    private readonly hooks: FitHooks,
    private readonly rig: FitRig,
  ) {
    const { checkpoint } = options;
    const resumed = checkpoint?.resume === true ? checkpointToResume(checkpoint.directory, rig.identity) : undefined;
    if (resumed !== undefined) checkLength(resumed, options.epochs);
    this.#state = resumed?.state ?? this.#start();
    this.#saved = { step: this.#state.progress.step, time: performance.now() };
    if (checkpoint === undefined) return;
    const last = resumed ?? newestCheckpoint(checkpoint.directory);
    this.#writer = new CheckpointWriter(checkpoint.directory, rig.identity, last);
    if (resumed === undefined) this.#save();
    else this.#writer.path = resumed.path;
  }

  async run(): Promise<FitResult> {
    const { options, rig, hooks } = this;
    rig.feeder.plan(this.#places());
    const { epoch, index } = this.#state.progress;
    const stepsLeft = Math.max(0, options.epochs * rig.stepsPerEpoch - epoch * rig.stepsPerEpoch - index);
    const progress = (hooks.startProgress ?? startProgress)('training', stepsLeft * options.batch);
    try {
      while (!this.#isOver()) {
        await this.#steps(progress);
        if (this.#isInterrupted()) break;
        await this.#endEpoch();
      }
    } finally {
      progress.done();
    }
    return this.#result();
  }

  #start(): FitState {
    const { objective, options, rig } = this;
    const values = initialValues(objective.parameters, streamOf(options.seed, purpose.initial));
    const slots = rig.optimiser.slots.map(() => new Float32Array(lengthOf(rig.layout.weights)));
    return {
      values: { ...values, slots },
      best: undefined,
      progress: {
        epoch: 0,
        index: 0,
        step: 0,
        sums: [0, ...rig.partNames.map(() => 0)],
        history: [],
        plateau: plateauStart,
        earlyStopping: earlyStoppingStart,
      },
    };
  }

  /** All batches from here to the end. */
  *#places(): Iterable<BatchPlace> {
    const { progress } = this.#state;
    let { index, step } = progress;
    for (let epoch = progress.epoch; epoch < this.options.epochs; epoch++, index = 0) {
      for (; index < this.rig.stepsPerEpoch; index++, step++) yield { kind: 'training', epoch, index, step };
      yield* this.rig.validation;
    }
  }

  #isOver(): boolean {
    const { epoch, earlyStopping } = this.#state.progress;
    return epoch >= this.options.epochs || earlyStopping.stop;
  }

  #isInterrupted(): boolean {
    return this.hooks.signal?.aborted === true;
  }

  #rate(): number {
    const { epoch, plateau } = this.#state.progress;
    const scheduled = rateAt(this.options.schedule, epoch);
    return this.options.plateau === undefined ? scheduled : reducedRate(this.options.plateau, plateau, scheduled);
  }

  /** To the end of the epoch, or to an interruption. */
  async #steps(progress: Progress): Promise<void> {
    const { rig, options } = this;
    const rate = this.#rate();
    while (this.#state.progress.index < rig.stepsPerEpoch) {
      const { values, progress: before } = this.#state;
      const batch = await this.#guarded(() => rig.feeder.next());
      const scalars = rig.optimiser.scalarsAt(rate, before.step + 1);
      const result = await this.#guarded(() => rig.stepper.step(batch, values, scalars));
      if (!isAllFinite(result)) throw await this.#notFinite(batch);
      rig.feeder.release(batch);
      const sums = before.sums.map((sum, part) => sum + result.losses[part]!);
      const { index, step } = before;
      this.#state = {
        ...this.#state,
        values: result.state,
        progress: { ...before, sums, index: index + 1, step: step + 1 },
      };
      progress.advance(options.batch);
      if (this.#isInterrupted()) return this.#save();
      if (this.#isDue() && index + 1 < rig.stepsPerEpoch) this.#save();
    }
  }

  async #endEpoch(): Promise<void> {
    const { options, rig, hooks } = this;
    const { progress, values } = this.#state;
    const epoch = progress.epoch + 1;
    const named = namedValues(this.objective.parameters, rig.layout, values);
    const record: EpochRecord = {
      epoch,
      step: progress.step,
      learning_rate: this.#rate(),
      ...this.#lossRecord('', progress.sums, rig.stepsPerEpoch),
      ...(await this.#validate()),
      ...(await hooks.evaluate?.(named, epoch)),
    };
    const earlyStopping =
      options.earlyStopping === undefined
        ? progress.earlyStopping
        : afterEpochOfWatching(options.earlyStopping, progress.earlyStopping, record);
    const isBest = options.earlyStopping?.restoreBest === true && earlyStopping.bestEpoch === epoch;
    this.#state = {
      values,
      best: isBest ? { weights: values.weights, statistics: values.statistics } : this.#state.best,
      progress: {
        epoch,
        index: 0,
        step: progress.step,
        sums: progress.sums.map(() => 0),
        history: [...progress.history, record],
        plateau:
          options.plateau === undefined
            ? progress.plateau
            : afterEpochOnPlateau(options.plateau, progress.plateau, record),
        earlyStopping,
      },
    };
    if (options.csvLog !== undefined) writeFileWhole(options.csvLog, csvOf(this.#state.progress.history));
    this.#save();
    hooks.afterEpoch?.(record);
  }

  async #validate(): Promise<EpochRecord> {
    const { feeder, evaluation, validation, partNames } = this.rig;
    if (evaluation === undefined) return {};
    let sums: readonly number[] = [0, ...partNames.map(() => 0)];
    for (const _ of validation) {
      const batch = await this.#guarded(() => feeder.next());
      const losses = await evaluation.losses(batch, this.#state.values);
      feeder.release(batch);
      sums = sums.map((sum, part) => sum + losses[part]!);
    }
    return this.#lossRecord('validation_', sums, validation.length);
  }

  #lossRecord(prefix: string, sums: readonly number[], count: number): EpochRecord {
    const names = ['loss', ...this.rig.partNames];
    return Object.fromEntries(names.map((name, part) => [`${prefix}${name}`, sums[part]! / count]));
  }

  #isDue(): boolean {
    const { checkpoint } = this.options;
    if (checkpoint === undefined) return false;
    const { everySteps, everySeconds } = checkpoint;
    if (everySteps > 0 && this.#state.progress.step - this.#saved.step >= everySteps) return true;
    return everySeconds > 0 && performance.now() - this.#saved.time >= everySeconds * 1000;
  }

  #save(): void {
    this.#writer?.write(this.#state);
    this.#saved = { step: this.#state.progress.step, time: performance.now() };
  }

  /** A thread that died says where to go on from. */
  async #guarded<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      const path = this.#writer?.path;
      if (!(error instanceof AxocError) || path === undefined) throw error;
      throw new AxocError(
        error.kind,
        error.diagnostics.map((each) => ({ ...each, hint: `${each.hint ?? ''}; the last checkpoint is ${path}` })),
      );
    }
  }

  async #notFinite(batch: Batch): Promise<Error> {
    const { objective, options, rig } = this;
    const { values, progress } = this.#state;
    const { place, reason } = await breakdownOf(objective, rig.layout, options.batch, rig.executor, batch, values);
    const path = this.#writer?.path;
    return userError(
      'not-finite-loss',
      place,
      `step ${progress.step + 1}, epoch ${progress.epoch + 1}: ${reason}`,
      `lower the learning rate, or check the data; ${path === undefined ? 'no checkpoint was kept' : `the last good checkpoint is ${path}`}`,
    );
  }

  #result(): FitResult {
    const { objective, rig } = this;
    const { progress, values, best } = this.#state;
    const end = this.#isOver() ? (progress.earlyStopping.stop ? 'stopped early' : 'finished') : 'interrupted';
    return {
      parameters: namedValues(objective.parameters, rig.layout, end === 'interrupted' ? values : (best ?? values)),
      history: progress.history,
      end,
      steps: progress.step,
      checkpoint: this.#writer?.path,
      executor: rig.executor.name,
    };
  }
}

/** @throws AxocError (user) when it has more epochs than the fit is to have */
function checkLength({ path, state: { progress } }: FoundCheckpoint, epochs: number): void {
  if (progress.epoch < epochs || (progress.epoch === epochs && progress.index === 0)) return;
  const trained = `${progress.epoch} epochs${progress.index === 0 ? '' : ` and ${progress.index} steps`}`;
  throw userError(
    'checkpoint-differs',
    path,
    `it has ${trained} behind it, the fit is to have ${epochs} epochs`,
    'resume with more epochs, or train anew without resuming',
  );
}

/** Sums of x * 0: NaN as soon as one number is not finite. */
function isAllFinite({ losses, state }: StepResult): boolean {
  let sum = 0;
  for (const values of [losses, state.weights, state.statistics, ...state.slots])
    for (let place = 0; place < values.length; place++) sum += values[place]! * 0;
  return sum === 0;
}
