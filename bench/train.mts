/**
 * How fast training is: a step alone on each executor, whole epochs of 2,000,000 rows with one worker and with two, peak memory.
 * See README.md here. Each contestant has a process of its own; `tsx bench/train.mts` starts them.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Executor } from '../src/tensor/executor.js';
import { onnxRuntime, onnxRuntimeWeb } from '../src/tensor/executors/onnxruntime.js';
import { tensorFlowNative, tensorFlowWasm } from '../src/tensor/executors/tensorflow.js';
import { elementCountOf } from '../src/tensor/graph.js';
import { Feeder } from '../src/train/feed/feeder.js';
import { fit } from '../src/train/fit.js';
import { defaultShuffleMemory, type FitOptions, optimiserDefaults } from '../src/train/fit-options.js';
import { optimiserOf } from '../src/train/optimisers.js';
import { initialValues, layoutOf } from '../src/train/step/layout.js';
import { type StepState, singleStepper } from '../src/train/step/stepper.js';
import { purpose, streamOf } from '../src/train/stream.js';
import { inTurn, printTable, run, StepFailed, verdict } from './measure.mjs';
import { makeRows, productionObjective } from './train-problem.mjs';

const rows = 2_000_000;
const epochs = 3;
const rounds = 2;
const batches = [16384, 1024] as const;
const file = join(fileURLToPath(new URL('../', import.meta.url)), 'build', 'bench', `train-${rows}.h5`);

const executors = {
  onnxruntime: { title: 'ONNX Runtime, node package', open: onnxRuntime },
  onnxruntimeWeb: { title: 'ONNX Runtime, WebAssembly package', open: onnxRuntimeWeb },
  tensorflowWasm: { title: 'TensorFlow.js, WebAssembly', open: tensorFlowWasm },
  tensorflowNative: { title: 'TensorFlow.js, native (tfjs-node)', open: () => tensorFlowNative(process.env.TFJS_NODE) },
} as const;
type ExecutorKey = keyof typeof executors;

interface StepFigures {
  /** Milliseconds of the shortest step, and of a step on average. */
  readonly least: number;
  readonly mean: number;
}

interface FitFigures {
  readonly startSeconds: number;
  /** Of each epoch. */
  readonly epochSeconds: readonly number[];
  readonly peakMegabytes: number;
  readonly loss: number;
}

const [task, ...args] = process.argv.slice(2);
try {
  if (task === 'step') console.log(JSON.stringify(await measureStep(args[0] as ExecutorKey, Number(args[1]))));
  else if (task === 'fit') console.log(JSON.stringify(await measureFit(Number(args[0]), Number(args[1]))));
  else if (task === 'feed') console.log(JSON.stringify(await measureFeeding(Number(args[0]))));
  else await bench();
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

async function bench(): Promise<void> {
  console.log(`${availableParallelism()} cores, Node ${process.version}; ${rows.toLocaleString('en')} rows of 57`);
  await makeRows(file, rows);
  for (const batch of batches) benchBatch(batch);
}

function benchBatch(batch: number): void {
  const steps = inTurn(rounds, executors, ({ title }) => child<StepFigures | null>('step', keyOf(title), batch));
  const others = inTurn(rounds, { feed: ['feed', batch] }, (task) => child<StepFigures>(...task));
  const fits = inTurn(rounds, { one: 1, two: 2 }, (workers) => child<FitFigures>('fit', workers, batch));
  const stepsPerEpoch = Math.floor(rows / batch);
  const own = steps.onnxruntime.map((figures) => figures!);
  console.log(`\nbatch ${batch}, ${stepsPerEpoch} steps an epoch, best of ${rounds} runs`);
  const row = (title: string, figures: readonly StepFigures[]): string[] => [
    title,
    leastOf(figures).toFixed(2),
    meanOf(figures).toFixed(2),
    verdict(leastOf(figures) / leastOf(own)),
  ];
  printTable(
    ['step alone', 'shortest, ms', 'mean, ms', 'ONNX Runtime is'],
    [
      ...(Object.keys(executors) as ExecutorKey[]).map((key) => {
        const found = steps[key].filter((figures) => figures !== null);
        return found.length === 0 ? [executors[key].title, 'not installed', '', ''] : row(executors[key].title, found);
      }),
      [...row('making a batch, in its own thread', others.feed).slice(0, 3), ''],
    ],
  );
  const best = (figures: readonly FitFigures[]): number =>
    Math.min(...figures.flatMap(({ epochSeconds }) => epochSeconds));
  printTable(
    ['fit', 's an epoch', 'all epochs', 'of mean step cost', 'start, s', 'peak MB', 'last loss'],
    (
      [
        ['one worker', fits.one],
        ['two workers', fits.two],
      ] as const
    ).map(([title, figures]) => [
      title,
      best(figures).toFixed(2),
      figures.flatMap(({ epochSeconds }) => epochSeconds.map((seconds) => seconds.toFixed(1))).join(' '),
      ((best(figures) * 1000) / (stepsPerEpoch * meanOf(own))).toFixed(2),
      Math.min(...figures.map(({ startSeconds }) => startSeconds)).toFixed(1),
      String(Math.max(...figures.map(({ peakMegabytes }) => peakMegabytes))),
      figures[0]!.loss.toPrecision(6),
    ]),
  );
  console.log(`two workers: an epoch is ${verdict(best(fits.one) / best(fits.two))} than with one`);
}

function leastOf(figures: readonly StepFigures[]): number {
  return Math.min(...figures.map(({ least }) => least));
}

function meanOf(figures: readonly StepFigures[]): number {
  return Math.min(...figures.map(({ mean }) => mean));
}

function keyOf(title: string): ExecutorKey {
  return (Object.keys(executors) as ExecutorKey[]).find((key) => executors[key].title === title)!;
}

/** Does a task in a process of its own, so that memory and caches are its own. */
function child<Result>(...task: readonly (string | number)[]): Result {
  const script = fileURLToPath(import.meta.url);
  const { stdout } = run({ program: process.execPath, args: ['--import', 'tsx', script, ...task.map(String)] });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Result;
}

/** @returns null where the executor is not installed */
async function measureStep(key: ExecutorKey, batch: number): Promise<StepFigures | null> {
  const executor: Executor | undefined = await executors[key].open();
  if (executor === undefined) return null;
  const objective = productionObjective(executor.exactBits);
  const layout = layoutOf(objective.parameters);
  const optimiser = optimiserOf(optimiserDefaults.lion);
  const stepper = await singleStepper(objective, layout, optimiser, batch, executor);
  const random = streamOf(1, purpose.initial);
  const values = initialValues(objective.parameters, random);
  let state: StepState = { ...values, slots: optimiser.slots.map(() => new Float32Array(values.weights.length)) };
  const tensors = objective.inputs.map(({ shape }) => {
    const tensor = new Float32Array(batch * elementCountOf(shape));
    random.fillNormal(tensor);
    return tensor;
  });
  const times: number[] = [];
  const started = performance.now();
  while (times.length < 20 || performance.now() - started < 4000) {
    const before = performance.now();
    const place = { kind: 'training', epoch: 0, index: 0, step: 0 } as const;
    const result = await stepper.step({ place, slot: 0, tensors }, state, [1e-4]);
    times.push(performance.now() - before);
    state = result.state;
  }
  await stepper.dispose();
  return figuresOf(times);
}

/** Making batches as fast as they can be made, with nothing else to do. */
async function measureFeeding(batch: number): Promise<StepFigures> {
  const inputs = productionObjective(53).inputs.map(({ name, shape, source }) => ({
    name,
    source,
    width: elementCountOf(shape),
  }));
  const data = { training: { path: file, dataset: 'rows' } };
  const feeder = await Feeder.start({ data, seed: 1, batch, inputs, shuffleMemory: defaultShuffleMemory });
  const count = Math.min(500, Math.floor(rows / batch));
  feeder.plan(Array.from({ length: count }, (_, index) => ({ kind: 'training', epoch: 0, index, step: index })));
  const times: number[] = [];
  for (let step = 0; step < count; step++) {
    const before = performance.now();
    feeder.release(await feeder.next());
    times.push(performance.now() - before);
  }
  await feeder.end();
  // The first waits for the file, and the memory of the set is touched for the first time after it.
  return figuresOf(times.slice(10));
}

function figuresOf(times: readonly number[]): StepFigures {
  return { least: Math.min(...times), mean: times.reduce((sum, time) => sum + time, 0) / times.length };
}

async function measureFit(workers: number, batch: number): Promise<FitFigures> {
  const options: FitOptions = {
    seed: 1,
    epochs,
    batch,
    workers,
    executor: 'onnxruntime',
    optimiser: optimiserDefaults.lion,
    schedule: { name: 'constant', rate: 1e-4 },
    validationRows: 0,
    shuffleMemory: defaultShuffleMemory,
  };
  const started = performance.now();
  const ends: number[] = [];
  const startProgress = () => {
    ends.push(performance.now());
    return { advance() {}, done() {} };
  };
  const { history } = await fit(productionObjective(53), { training: { path: file, dataset: 'rows' } }, options, {
    startProgress,
    afterEpoch: () => ends.push(performance.now()),
  });
  return {
    startSeconds: (ends[0]! - started) / 1000,
    epochSeconds: ends.slice(1).map((end, epoch) => (end - ends[epoch]!) / 1000),
    peakMegabytes: peakMegabytes(),
    loss: history.at(-1)!.loss!,
  };
}

/** From Linux's /proc: the most memory this process, threads included, has held. */
function peakMegabytes(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return Math.round(Number(kilobytes) / 1024);
}
