/** Runs a tensor graph as one ONNX model in ONNX Runtime. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { userError } from '../../base/diagnostic.js';
import { loadNodeRuntime, loadRuntime, loadWebRuntime, openSession, type Runtime } from '../../onnx/runtime.js';
import { writeOnnx } from '../../onnx/write.js';
import { checkFeeds } from '../check.js';
import type { Executable, Executor, Values } from '../executor.js';
import type { Graph } from '../graph.js';
import { toOnnx } from '../onnx/to-onnx.js';
import { topologicalOrder } from '../order.js';
import { rewrite } from '../rewrites/rewrites.js';

export async function onnxRuntime(): Promise<Executor> {
  return executorOf(await loadRuntime());
}

/** @returns undefined where the package is not installed or its native library does not load */
export async function onnxRuntimeNode(): Promise<Executor | undefined> {
  const runtime = await loadNodeRuntime();
  return runtime === undefined ? undefined : executorOf(runtime);
}

export async function onnxRuntimeWeb(): Promise<Executor> {
  return executorOf(await loadWebRuntime());
}

function executorOf(runtime: Runtime): Executor {
  return {
    name: runtime.name,
    exactBits: 53,
    async compile(graph) {
      refuseMissingKernels(graph);
      // No optimisation by the runtime: it runs what was written, so nothing can change how a quantiser rounds (one of its rules turns 1/x*y
      // into y/x); after our own rewrites its rules gain less than the scatter of the measurement.
      const session = await openSession(runtime, writeOnnx(toOnnx(rewrite(graph))), false);
      return executableOf(graph, session, runtime);
    },
  };
}

/** The standard allows these in float64; ONNX Runtime's CPU kernels do not exist. */
const float32Only: ReadonlySet<string> = new Set([
  'sinh',
  'cosh',
  'erf',
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

function executableOf(graph: Graph, session: InferenceSession, { library }: Runtime): Executable {
  const shapes = new Map(graph.inputs.map(({ name, shape }) => [name, [...shape]]));
  return {
    async run(feeds) {
      checkFeeds(graph, feeds);
      const tensors: Record<string, Tensor> = {};
      for (const [name, values] of feeds) tensors[name] = tensorOf(values, shapes.get(name)!, library);
      const results = await session.run(tensors);
      return new Map([...graph.outputs.keys()].map((name) => [name, results[name]!.data as Values]));
    },
    async dispose() {
      await session.release();
    },
  };
}

function tensorOf(values: Values, shape: readonly number[], { Tensor }: Runtime['library']): Tensor {
  const own = values.buffer instanceof ArrayBuffer ? values : values.slice();
  return own instanceof Float32Array ? new Tensor('float32', own, shape) : new Tensor('float64', own, shape);
}
