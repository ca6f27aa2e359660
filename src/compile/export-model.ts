/** `axoc export-onnx` as a function: from a model to an ONNX model that was run and compared before it was written. */
import { AxocError } from '../base/diagnostic.js';
import { writeFileWhole } from '../base/files.js';
import { version } from '../base/version.js';
import { exactModel } from '../emit/onnx/exact-model.js';
import { toDecimal } from '../fixed/dyadic.js';
import type { InputStage } from '../network/network.js';
import { lsbsOf } from '../network/quantise-events.js';
import type { ValueInfo } from '../onnx/model.js';
import { loadRuntime } from '../onnx/runtime.js';
import { writeOnnx } from '../onnx/write.js';
import { type ExactSession, onnxLeg, openExact } from '../verify/onnx-leg.js';
import type { Vector } from '../verify/vectors.js';
import type { LegResult } from '../verify/verify.js';
import type { Model } from './model.js';
import { type CompareOptions, compareLegs } from './verify-model.js';

export interface ExportOptions extends CompareOptions {
  readonly out: string;
  readonly opset: number;
}

export interface Exported {
  readonly legs: readonly LegResult[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: number;
  readonly bytes: number;
  readonly runtime: string;
  /** On one thread, `batch` events at a time: the best of a few batches. */
  readonly eventsPerSecond: number;
  readonly batch: number;
}

/** Events at a time: more do not fit the cache. */
const batch = 1024;
const timedBatches = 20;

/**
 * The exact profile. Every named value is compared in a model that has them all as outputs, then the outputs of the very bytes that are written.
 * @throws AxocError (user) for what int64 does not hold; (mismatch) should ONNX Runtime compute anything else than the interpreter
 */
export async function exportExact(model: Model, given: readonly Vector[], options: ExportOptions): Promise<Exported> {
  const { program, lowered, network } = model;
  const { opset } = options;
  const exact = exactModel(program, {
    opset,
    trace: false,
    name: network.name,
    version,
    facts: factsOf(network.input),
  });
  const bytes = writeOnnx(exact.model);
  const runtime = await loadRuntime();
  const session = await openExact(program, exact, bytes, runtime);
  const leg = await onnxLeg(program, { opset, runtime });
  const { legs, vectors, outputs } = await compareLegs(lowered.program, given, [leg], options);
  await checkOutputs(program.outputs, session, vectors, outputs);
  const eventsPerSecond = await measure(session, vectors);
  writeFileWhole(options.out, bytes);
  const { graph } = exact.model;
  return {
    legs,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: graph.nodes.length,
    bytes: bytes.length,
    runtime: runtime.name,
    eventsPerSecond,
    batch,
  };
}

/** The value of one unit of the hardware integers that axoc reads from event files: for each input, in order, as JSON. */
function factsOf(input: InputStage): Readonly<Record<string, string>> {
  if (input.scaling === undefined) return {};
  const lsbs = lsbsOf(input).map(({ mantissa, fraction }) => toDecimal(mantissa, fraction));
  return { 'axoc.hardware_lsb': `[${lsbs.join(',')}]` };
}

/** The types of a program's outputs are those of the lowered one, so their raw integers are too. */
async function checkOutputs(
  ids: readonly string[],
  session: ExactSession,
  vectors: readonly Vector[],
  expected: readonly (readonly bigint[])[],
): Promise<void> {
  for (let start = 0; start < vectors.length; start += batch) {
    const traces = await session.traces(vectors.slice(start, start + batch));
    for (const [row, trace] of traces.entries()) {
      const found = ids.flatMap((id) => trace.get(id)!);
      const wanted = expected[start + row]!;
      const element = wanted.findIndex((raw, index) => found[index] !== raw);
      if (element < 0 && found.length === wanted.length) continue;
      const message = `output ${element} is ${found[element]}, the reference gives ${wanted[element]} (raw integers)`;
      throw new AxocError('mismatch', [{ code: 'mismatch', place: `the ONNX model, vector ${start + row}`, message }]);
    }
  }
}

async function measure(session: ExactSession, vectors: readonly Vector[]): Promise<number> {
  const feeds = session.feeds(Array.from({ length: batch }, (_, row) => vectors[row % vectors.length]!));
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < timedBatches; n++) {
    const started = performance.now();
    await session.run(feeds);
    best = Math.min(best, (performance.now() - started) / 1000);
  }
  return batch / best;
}
