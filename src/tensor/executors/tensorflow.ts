/** Runs a tensor graph operation by operation in TensorFlow.js: the native package where it is installed, WebAssembly or plain JavaScript elsewhere. */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { userError } from '../../base/diagnostic.js';
import { checkFeeds, checkGraph } from '../check.js';
import type { Executable, Executor, Values } from '../executor.js';
import { type Graph, type Node, operandsOf } from '../graph.js';
import { topologicalOrder } from '../order.js';
import { rewrite } from '../rewrites/rewrites.js';
import { evaluate } from './tensorflow-operations.js';

type Library = typeof TensorFlow;

/** An optional peer of axoc, so not among its dependencies: its installer needs a download. */
const nativePackage: string = '@tensorflow/tfjs-node';

/** The best backend that loads: native, then WebAssembly, then plain JavaScript. */
export async function tensorFlow(): Promise<Executor> {
  return (await tensorFlowNative()) ?? (await tensorFlowWasm()) ?? tensorFlowPlain();
}

/**
 * @param module where the package is, when it is not installed beside this one
 * @returns undefined where it is not installed or does not load
 */
export async function tensorFlowNative(module: string = nativePackage): Promise<Executor | undefined> {
  try {
    const tf = libraryOf(await import(module));
    return await executorOf(tf, 'tensorflow', '@tensorflow/tfjs-node');
  } catch {
    return undefined;
  }
}

/** @returns undefined where the engine has no WebAssembly SIMD */
export async function tensorFlowWasm(): Promise<Executor | undefined> {
  const tf = libraryOf(await import('@tensorflow/tfjs-core'));
  await import('@tensorflow/tfjs-backend-wasm');
  try {
    return await executorOf(tf, 'wasm', '@tensorflow/tfjs');
  } catch {
    return undefined;
  }
}

export async function tensorFlowPlain(): Promise<Executor> {
  const tf = libraryOf(await import('@tensorflow/tfjs-core'));
  await import('@tensorflow/tfjs-backend-cpu');
  return executorOf(tf, 'cpu', '@tensorflow/tfjs');
}

/** The packages are CommonJS: all they export is in `default`. */
function libraryOf(loaded: unknown): Library {
  return (loaded as { default?: Library }).default ?? (loaded as Library);
}

async function executorOf(tf: Library, backend: string, name: string): Promise<Executor> {
  const use = async (): Promise<void> => {
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend}`);
  };
  // Without it the plain backend prints an advertisement, and every operation checks its arguments again.
  tf.enableProdMode();
  await use();
  return {
    name: `${name} ${tf.version_core} (${backend})`,
    exactBits: 24,
    async compile(graph) {
      checkGraph(graph);
      const rewritten = rewrite(graph);
      const order = topologicalOrder(rewritten.outputs.values());
      refuseFloat64([...graph.inputs, ...order]);
      return executableOf(rewritten, order, tf, use);
    },
  };
}

function refuseFloat64(nodes: readonly Node[]): void {
  const node = nodes.find(({ dtype }) => dtype === 'float64');
  if (node === undefined) return;
  throw userError(
    'no-float64',
    'executor tensorflow',
    `TensorFlow.js computes in float32 only, and this graph has a ${node.kind} in float64`,
    'use the executor onnxruntime',
  );
}

function executableOf(graph: Graph, order: readonly Node[], tf: Library, use: () => Promise<void>): Executable {
  const constants = new Map<Node, TensorFlow.Tensor>();
  const outputs = new Set(graph.outputs.values());
  const steps = order.filter(({ kind }) => kind !== 'input' && kind !== 'constant');
  const lastUses = lastUsesOf(steps, outputs);
  const inputs = new Set<Node>(graph.inputs);

  const runSteps = (values: Map<Node, TensorFlow.Tensor>): void => {
    steps.forEach((node, index) => {
      const operands = operandsOf(node).map((operand) => values.get(operand)!);
      values.set(
        node,
        tf.tidy(() => evaluate(tf, node, operands)),
      );
      for (const finished of lastUses[index]!) {
        values.get(finished)!.dispose();
        values.delete(finished);
      }
    });
  };

  return {
    async run(feeds) {
      checkFeeds(graph, feeds);
      await use();
      for (const node of order)
        if (node.kind === 'constant' && !constants.has(node))
          constants.set(node, tf.tensor(Float32Array.from(node.values), [...node.shape], 'float32'));
      const values = new Map<Node, TensorFlow.Tensor>(constants);
      for (const input of inputs)
        if (input.kind === 'input') values.set(input, tf.tensor(feeds.get(input.name)!, [...input.shape], 'float32'));
      try {
        runSteps(values);
        // A copy: the plain backend would hand out the array that was fed.
        return new Map(
          [...graph.outputs].map(([name, node]): [string, Values] => [
            name,
            Float32Array.from(values.get(node)!.dataSync()),
          ]),
        );
      } finally {
        for (const [node, tensor] of values) if (!constants.has(node)) tensor.dispose();
      }
    },
    async dispose() {
      for (const tensor of constants.values()) tensor.dispose();
      constants.clear();
    },
  };
}

/** For each step, the results that nobody needs after it. */
function lastUsesOf(steps: readonly Node[], outputs: ReadonlySet<Node>): readonly (readonly Node[])[] {
  const made = new Set(steps);
  const last = new Map<Node, number>();
  steps.forEach((node, index) => {
    for (const operand of operandsOf(node)) if (made.has(operand) && !outputs.has(operand)) last.set(operand, index);
  });
  const uses = steps.map((): Node[] => []);
  for (const [node, index] of last) uses[index]!.push(node);
  return uses;
}
