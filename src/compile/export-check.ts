/** What was written as ONNX against the training graph: the same events through both, at several numbers of events; and how long each takes. */
import type { InferenceSession } from 'onnxruntime-web';
import { AxocError } from '../base/diagnostic.js';
import { Random } from '../base/random.js';
import { openSession, type Runtime } from '../onnx/runtime.js';
import type { Executor, Values } from '../tensor/executor.js';
import { onnxRuntime } from '../tensor/executors/onnxruntime.js';
import { elementCountOf, type Graph, type Input } from '../tensor/graph.js';
import { withDisturbedWeights } from './disturbed-weights.js';
import type { FloatPart } from './float-part.js';

/** Numbers of events: one, as the fast simulation asks, and others. */
const checkedBatches = [1, 3, 64] as const;

/** Events that the user gave: a tensor for every input, in order. */
export interface GivenInputs {
  readonly count: number;
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

export interface Difference {
  readonly output: string;
  /** Largest absolute difference, and the value of the training graph there. */
  readonly largest: number;
  readonly at: number;
  readonly values: number;
  /** The most that rounding was seen to change on these events; 0 where nothing may be rounded. */
  readonly rounding: number;
}

/**
 * @param drawn events drawn for each number of events besides those given
 * @throws AxocError (mismatch) where a value is further off than the part's tolerance
 */
export async function compareWithGraph(
  part: FloatPart,
  session: InferenceSession,
  runtime: Runtime,
  seed: number,
  given?: GivenInputs,
): Promise<readonly Difference[]> {
  const executor = await onnxRuntime();
  const differences = new Map<string, Difference>();
  const drawn = checkedBatches.map(
    (batch): GivenInputs => ({
      count: batch,
      tensors: drawInputs(part, batch, Random.seeded(seed + batch)),
    }),
  );
  for (const { count, tensors } of [...drawn, ...(given === undefined ? [] : [given])]) {
    const graph = part.plain(count);
    const wanted = await resultsOf(graph, tensors, executor);
    const allowsRounding = [...wanted.keys()].some((output) => part.toleranceOf(output).allowsRounding);
    const disturbed = allowsRounding
      ? await resultsOf(withDisturbedWeights(graph, Random.seeded(seed)), tensors, executor)
      : wanted;
    const found = await session.run(feedsOf(graph.inputs, count, tensors, runtime));
    for (const [output, values] of wanted) {
      const tolerance = part.toleranceOf(output);
      const rounding = tolerance.allowsRounding ? largestChange(values, disturbed.get(output)!) : 0;
      const allowed = (value: number): number =>
        Math.max(tolerance.absolute + tolerance.relative * Math.abs(value), rounding);
      const difference = largestDifference(output, values, found[output]!.data as Float32Array, allowed);
      differences.set(output, joined(differences.get(output), { ...difference, rounding }));
    }
  }
  return [...differences.values()];
}

async function resultsOf(graph: Graph, tensors: GivenInputs['tensors'], executor: Executor) {
  const executable = await executor.compile(graph);
  const results = await executable.run(tensors);
  await executable.dispose();
  return results;
}

function joined(before: Difference | undefined, now: Difference): Difference {
  if (before === undefined) return now;
  return {
    ...(now.largest > before.largest ? now : before),
    values: before.values + now.values,
    rounding: Math.max(before.rounding, now.rounding),
  };
}

/** Where both are finite: what overflows says nothing of rounding. */
function largestChange(before: Values, after: Values): number {
  let largest = 0;
  before.forEach((value, index) => {
    const change = Math.abs(value - after[index]!);
    if (Number.isFinite(change)) largest = Math.max(largest, change);
  });
  return largest;
}

function largestDifference(
  output: string,
  wanted: Values,
  found: Float32Array,
  allowed: (value: number) => number,
): Omit<Difference, 'rounding'> {
  let [largest, at] = [0, 0];
  if (found.length !== wanted.length) throw mismatch(output, `${found.length} values, not ${wanted.length}`);
  wanted.forEach((value, index) => {
    const difference = Math.abs(found[index]! - value);
    // What is not a number in both is no difference; in one of them it is.
    if (Number.isNaN(value) && Number.isNaN(found[index]!)) return;
    if (!(difference <= allowed(value)) && found[index] !== value)
      throw mismatch(
        output,
        `value ${index} is ${found[index]}, the training graph gives ${value}; allowed is a difference of ${allowed(value).toExponential(1)}`,
      );
    if (difference > largest) [largest, at] = [difference, value];
  });
  return { output, largest, at, values: wanted.length };
}

function mismatch(output: string, message: string): Error {
  return new AxocError('mismatch', [{ code: 'mismatch', place: `the ONNX model, output ${output}`, message }]);
}

/** Normal deviates, moved to where an input's values lie. */
function drawInputs(part: FloatPart, batch: number, random: Random): ReadonlyMap<string, Float32Array> {
  return new Map(
    part.plain(batch).inputs.map(({ name, shape }) => {
      const values = new Float32Array(elementCountOf(shape));
      random.fillNormal(values);
      const drawn = part.drawn.get(name);
      if (drawn === undefined) return [name, values];
      const width = drawn.means.length;
      return [name, values.map((value, index) => drawn.means[index % width]! + drawn.scales[index % width]! * value)];
    }),
  );
}

function feedsOf(
  inputs: readonly Input[],
  batch: number,
  tensors: ReadonlyMap<string, Float32Array>,
  { library }: Runtime,
): InferenceSession.FeedsType {
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      new library.Tensor('float32', tensors.get(name)!, [batch, ...shape.slice(1)]),
    ]),
  );
}

/** Repetitions, and what they may take in all, in milliseconds. */
const repetitions = { least: 3, most: 40, milliseconds: 1500 } as const;

/**
 * Milliseconds for one event, `batch` at a time on one thread: the best of several runs, models in turn, so that a busy machine slows all of them.
 * @param models bytes, of the same inputs
 */
export async function timesOf(
  part: FloatPart,
  models: readonly Uint8Array[],
  runtime: Runtime,
  batch: number,
): Promise<readonly number[]> {
  const sessions = await Promise.all(models.map((bytes) => openSession(runtime, bytes, true)));
  const feeds = feedsOf(part.plain(1).inputs, batch, drawInputs(part, batch, Random.seeded(1)), runtime);
  const best = models.map(() => Number.POSITIVE_INFINITY);
  const started = performance.now();
  for (let n = 0; n < repetitions.most; n++) {
    if (n >= repetitions.least && performance.now() - started > repetitions.milliseconds) break;
    for (const [index, session] of sessions.entries()) {
      const before = performance.now();
      await session.run(feeds);
      best[index] = Math.min(best[index]!, (performance.now() - before) / batch);
    }
  }
  for (const session of sessions) await session.release();
  return best;
}
