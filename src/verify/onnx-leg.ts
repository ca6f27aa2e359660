/** The ONNX leg: the exact ONNX model of the program after all passes, in ONNX Runtime. */
import { version } from '../base/version.js';
import { type ExactModel, exactModel } from '../emit/onnx/exact-model.js';
import { elementCount, inputsOf, type Program } from '../ir/op.js';
import { defaultOpset } from '../onnx/model.js';
import { loadRuntime, openSession, type Runtime, type Tensor } from '../onnx/runtime.js';
import { writeOnnx } from '../onnx/write.js';
import type { Trace } from '../simulate/interpret.js';
import { fractionsOf, type Leg } from './leg.js';
import type { Vector } from './vectors.js';

export interface OnnxLegOptions {
  readonly opset?: number;
  /** The one that loads here when absent. */
  readonly runtime?: Runtime;
}

/**
 * @param program the program after the passes
 * @throws AxocError (user) for a program with integers that ONNX does not have
 */
export async function onnxLeg(program: Program, options: OnnxLegOptions = {}): Promise<Leg> {
  const { opset = defaultOpset } = options;
  const exact = exactModel(program, { opset, trace: true, name: program.name, version, facts: {} });
  const runtime = options.runtime ?? (await loadRuntime());
  const session = await openExact(program, exact, writeOnnx(exact.model), runtime);
  return {
    name: 'onnx',
    summary: `the exact ONNX model, opset ${opset}, in ${runtime.name}`,
    fractions: fractionsOf(program),
    run: session.traces,
  };
}

/** A model made ready to run, with the rewrites that the runtime does of its own. */
export interface ExactSession {
  /** The raw integers of all inputs of a batch. */
  feeds(vectors: readonly Vector[]): Readonly<Record<string, Tensor>>;
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** The outputs for each vector. */
  traces(vectors: readonly Vector[]): Promise<readonly Trace[]>;
}

export async function openExact(
  program: Program,
  { outputs }: ExactModel,
  bytes: Uint8Array,
  runtime: Runtime,
): Promise<ExactSession> {
  const session = await openSession(runtime, bytes, true);
  const inputs = inputsOf(program).map(({ id, type }) => ({ id, shape: type.shape, length: elementCount(type) }));
  const feeds: ExactSession['feeds'] = (vectors) => {
    let start = 0;
    return Object.fromEntries(
      inputs.map(({ id, shape, length }) => {
        const raws = BigInt64Array.from(vectors.flatMap((vector) => vector.slice(start, start + length)));
        start += length;
        return [id, new runtime.library.Tensor('int64', raws, [vectors.length, ...shape])];
      }),
    );
  };
  const run: ExactSession['run'] = (tensors) => session.run(tensors);
  const traces: ExactSession['traces'] = async (vectors) => {
    const results = await run(feeds(vectors));
    const columns = outputs.map(({ id, name }) => {
      const raws = results[name]!.data as BigInt64Array;
      return { id, raws, length: raws.length / vectors.length };
    });
    return vectors.map(
      (_, row) =>
        new Map(
          columns.map(({ id, raws, length }) => [id, Array.from(raws.subarray(row * length, (row + 1) * length))]),
        ),
    );
  };
  return { feeds, run, traces };
}
