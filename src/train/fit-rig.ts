/** What a fit works with: the feeder, the step, the evaluation, made from its options and checked against the data. */
import { userError } from '../base/diagnostic.js';
import type { Executor } from '../tensor/executor.js';
import { chooseExecutor } from '../tensor/executors/choose.js';
import { elementCountOf } from '../tensor/graph.js';
import type { Identity } from './checkpoint-format.js';
import { Feeder } from './feed/feeder.js';
import type { BatchPlace, TrainingData } from './feed/feeding.js';
import type { FitOptions } from './fit-options.js';
import type { Objective } from './objective.js';
import { type Optimiser, optimiserOf } from './optimisers.js';
import { parallelStepper } from './parallel/parallel-stepper.js';
import { type Evaluation, evaluationOf } from './step/evaluation.js';
import { lossNodes, partNames } from './step/graphs.js';
import { type Layout, layoutOf } from './step/layout.js';
import { type Stepper, singleStepper } from './step/stepper.js';

export interface FitRig {
  readonly layout: Layout;
  readonly optimiser: Optimiser;
  readonly executor: Executor;
  readonly feeder: Feeder;
  readonly stepper: Stepper;
  readonly evaluation: Evaluation | undefined;
  /** Of the loss. */
  readonly partNames: readonly string[];
  readonly stepsPerEpoch: number;
  /** What is evaluated after every epoch. */
  readonly validation: readonly BatchPlace[];
  readonly identity: Identity;
  end(): Promise<void>;
}

/** @throws AxocError (user) when the data does not fit the objective or the batch */
export async function rigOf(objective: Objective, data: TrainingData, options: FitOptions): Promise<FitRig> {
  const layout = layoutOf(objective.parameters);
  const optimiser = optimiserOf(options.optimiser);
  const executor = await chooseExecutor(options.executor);
  const inputs = objective.inputs.map(({ name, shape, source }) => ({ name, source, width: elementCountOf(shape) }));
  const ends: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(ends.map((each) => each()));
  };
  try {
    const feeder = await Feeder.start({ ...options, data, inputs });
    ends.push(() => feeder.end());
    checkData(objective, data, options, feeder);
    const stepper =
      options.workers > 1
        ? await parallelStepper(objective, layout, optimiser, executor, options, feeder.slots)
        : await singleStepper(objective, layout, optimiser, options.batch, executor);
    ends.push(() => stepper.dispose());
    const validation = validationPlaces(options, feeder);
    const evaluation =
      validation[0] === undefined ? undefined : await evaluationOf(objective, layout, validation[0].count, executor);
    if (evaluation !== undefined) ends.push(() => evaluation.dispose());
    return {
      layout,
      optimiser,
      executor,
      feeder,
      stepper,
      evaluation,
      partNames: partNames(lossNodes(objective, layout, options.batch, true)),
      stepsPerEpoch: Math.floor(feeder.size.training.count / options.batch),
      validation,
      identity: identityOf(objective, options, executor, feeder),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function checkData(objective: Objective, data: TrainingData, { batch }: FitOptions, { size }: Feeder): void {
  const wanted = objective.inputs
    .filter(({ source }) => source === 'data')
    .reduce((sum, { shape }) => sum + elementCountOf(shape), 0);
  for (const [descriptor, found] of [
    [data.training, size.training],
    [data.validation, size.validation],
  ] as const) {
    if (descriptor === undefined || found === undefined || found.width === wanted) continue;
    throw userError(
      'wrong-width',
      `${descriptor.path}: ${descriptor.dataset}`,
      `a row has ${found.width} values, the model takes ${wanted}`,
      'prepare the data with the same configuration as the model',
    );
  }
  if (size.training.count < batch)
    throw userError(
      'too-few-rows',
      `${data.training.path}: ${data.training.dataset}`,
      `${size.training.count} rows do not fill a batch of ${batch}`,
      `set batch_size to at most ${size.training.count}, or give more events`,
    );
}

type ValidationPlace = Extract<BatchPlace, { kind: 'validation' }>;

/** Whole batches of the size of training; of fewer rows than that one batch of all of them. */
function validationPlaces({ batch, validationRows }: FitOptions, { size }: Feeder): readonly ValidationPlace[] {
  const rows = Math.min(validationRows, size.validation?.count ?? 0);
  if (rows === 0) return [];
  const count = Math.min(batch, rows);
  return Array.from({ length: Math.floor(rows / count) }, (_, index) => ({
    kind: 'validation',
    from: index * count,
    count,
  }));
}

/** Everything that the numbers of a fit depend on, but for how long it goes on. */
function identityOf(objective: Objective, options: FitOptions, executor: Executor, { size }: Feeder): Identity {
  const { seed, batch, workers, optimiser, schedule, validationRows, shuffleMemory, plateau, earlyStopping } = options;
  return {
    seed,
    batch,
    workers,
    optimiser,
    schedule,
    validationRows,
    shuffleMemory,
    plateau: plateau ?? null,
    earlyStopping: earlyStopping ?? null,
    executor: executor.name,
    rows: size,
    ...options.dependsOn,
    parameters: objective.parameters.map(({ name, shape, trainable }) => [name, shape, trainable]),
    inputs: objective.inputs,
  };
}
