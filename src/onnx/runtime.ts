/** ONNX Runtime: its Node package where that loads, its WebAssembly one elsewhere. Loaded only where it is used. */
import type * as OnnxRuntime from 'onnxruntime-web';

export type Tensor = OnnxRuntime.Tensor;

export interface Runtime {
  /** What it really is, for messages and reports: `onnxruntime-node 1.30.0`. */
  readonly name: string;
  readonly executionProviders: readonly string[];
  readonly library: Pick<typeof OnnxRuntime, 'InferenceSession' | 'Tensor'>;
}

export async function loadRuntime(): Promise<Runtime> {
  return (await loadNodeRuntime()) ?? loadWebRuntime();
}

/** In a constant of type string, so that the project compiles where the optional package is not installed. */
const nativePackage: string = 'onnxruntime-node';

/** @returns undefined where the package is not installed or its native library does not load */
export async function loadNodeRuntime(): Promise<Runtime | undefined> {
  try {
    const library: typeof OnnxRuntime = await import(nativePackage);
    return { name: `onnxruntime-node ${library.env.versions.common}`, executionProviders: ['cpu'], library };
  } catch {
    return undefined;
  }
}

export async function loadWebRuntime(): Promise<Runtime> {
  const library = await import('onnxruntime-web');
  library.env.wasm.numThreads = 1;
  return { name: `onnxruntime-web ${library.env.versions.common}`, executionProviders: ['wasm'], library };
}

/**
 * A session on one thread: sums come out in one order, and for models of a trigger's size more threads are slower.
 * @param rewrites whether the runtime may rewrite the graph, as it does unless told otherwise
 */
export function openSession(
  { library, executionProviders }: Runtime,
  model: Uint8Array,
  rewrites: boolean,
): Promise<OnnxRuntime.InferenceSession> {
  return library.InferenceSession.create(model, {
    executionProviders,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: rewrites ? 'all' : 'disabled',
  });
}
