/** Runs a tensor graph as one ONNX model in ONNX Runtime: its Node package where that loads, its WebAssembly one elsewhere. */
import type * as Runtime from 'onnxruntime-web';
import { userError } from '../../base/diagnostic.js';
import { writeOnnx } from '../../onnx/write.js';
import { checkFeeds } from '../check.js';
import type { Executable, Executor, Values } from '../executor.js';
import type { Graph } from '../graph.js';
import { topologicalOrder } from '../order.js';
import { rewrite } from '../rewrites/rewrites.js';
import { toOnnx } from '../to-onnx.js';

/**
 * One thread: sums come out in one order, and for graphs of this size more threads are slower. No optimisation by the runtime: it runs what was
 * written, so nothing can change how a quantiser rounds (one of its rules turns 1/x*y into y/x); after our own rewrites its rules gain less than
 * the scatter of the measurement.
 */
const sessionOptions: Runtime.InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'disabled',
};

export async function onnxRuntime(): Promise<Executor> {
  return (await onnxRuntimeNode()) ?? onnxRuntimeWeb();
}

/** @returns undefined where the package is not installed or its native library does not load */
export async function onnxRuntimeNode(): Promise<Executor | undefined> {
  try {
    const runtime = await import('onnxruntime-node');
    return executorOf('onnxruntime-node', runtime, ['cpu']);
  } catch {
    return undefined;
  }
}

export async function onnxRuntimeWeb(): Promise<Executor> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = 1;
  return executorOf('onnxruntime-web', runtime, ['wasm']);
}

function executorOf(
  name: string,
  runtime: Pick<typeof Runtime, 'InferenceSession' | 'Tensor' | 'env'>,
  executionProviders: readonly string[],
): Executor {
  return {
    name: `${name} ${runtime.env.versions.common}`,
    exactBits: 53,
    async compile(graph) {
      refuseMissingKernels(graph);
      const options = { ...sessionOptions, executionProviders };
      const session = await runtime.InferenceSession.create(writeOnnx(toOnnx(rewrite(graph))), options);
      return executableOf(graph, session, runtime);
    },
  };
}

/** The standard allows these in float64; ONNX Runtime's CPU kernels do not exist. */
const float32Only: ReadonlySet<string> = new Set([
  'sinh',
  'cosh',
  'conv2d',
  'conv2d_input_gradient',
  'conv2d_kernel_gradient',
]);

function refuseMissingKernels(graph: Graph): void {
  for (const { kind, dtype } of topologicalOrder(graph.outputs.values()))
    if (dtype === 'float64' && float32Only.has(kind))
      throw userError(
        'no-float64',
        'executor onnxruntime',
        `ONNX Runtime cannot compute ${kind} in float64`,
        'convert its operands to float32',
      );
}

function executableOf(
  graph: Graph,
  session: Runtime.InferenceSession,
  runtime: Pick<typeof Runtime, 'Tensor'>,
): Executable {
  const shapes = new Map(graph.inputs.map(({ name, shape }) => [name, [...shape]]));
  return {
    async run(feeds) {
      checkFeeds(graph, feeds);
      const tensors: Record<string, Runtime.Tensor> = {};
      for (const [name, values] of feeds) tensors[name] = tensorOf(values, shapes.get(name)!, runtime);
      const results = await session.run(tensors);
      return new Map([...graph.outputs.keys()].map((name) => [name, results[name]!.data as Values]));
    },
    async dispose() {
      await session.release();
    },
  };
}

function tensorOf(
  values: Values,
  shape: readonly number[],
  { Tensor }: Pick<typeof Runtime, 'Tensor'>,
): Runtime.Tensor {
  const own = values.buffer instanceof ArrayBuffer ? values : values.slice();
  return own instanceof Float32Array ? new Tensor('float32', own, shape) : new Tensor('float64', own, shape);
}
