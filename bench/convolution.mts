/**
 * One training step of the described conditional autoencoder of the proton calorimeter: forward and backward, batch 128. The graph as it is, the graph
 * whose upsampled images are convolved while they are small, and TensorFlow.js on the plain graph. Best of a few steps, in turn, one thread.
 *
 *   npx tsx bench/convolution.mts [batch] [--without-tensorflow]
 *
 * TFJS_NODE names the directory of @tensorflow/tfjs-node where that is installed (bench/tfjs-node.sh); else TensorFlow.js runs on WebAssembly.
 */
import { Random } from '../src/base/random.js';
import type { Executor, Values } from '../src/tensor/executor.js';
import { onnxRuntime } from '../src/tensor/executors/onnxruntime.js';
import { tensorFlowNative, tensorFlowWasm } from '../src/tensor/executors/tensorflow.js';
import { gradients } from '../src/tensor/gradients.js';
import { elementCountOf, type Graph, type Input, type Node } from '../src/tensor/graph.js';
import { add, exp, input, mean, multiply, square, subtract, sum } from '../src/tensor/ops.js';
import { rewriteForTraining } from '../src/tensor/rewrites/fast/fast.js';
import { expandLayers } from '../src/train/layers/expand.js';
import { parametersOf } from '../src/train/layers/parameters.js';
import { calorimeters } from '../src/zdc/calorimeter.js';
import { networksOf } from '../src/zdc/train/networks.js';
import { trainOptionsSchema } from '../src/zdc/train/options.js';

const batch = Number(process.argv[2] ?? 128);
/** TensorFlow.js on WebAssembly takes most of a minute for one. */
const steps = { onnxruntime: 4, tensorflow: 1 } as const;
const { encoder, decoder } = networksOf(trainOptionsSchema.parse({}), calorimeters.ZP);
const parameters = [...parametersOf(encoder, 'encoder/'), ...parametersOf(decoder, 'decoder/')];
const weights = new Map(parameters.map(({ name, shape }) => [name, input(name, shape)]));
const [image, conditions] = encoder.inputs.map(({ name, shape }) => input(name, [batch, ...shape]));
const noise = input('noise', [batch, ...decoder.inputs[0]!.shape]);

function lossOf(): Node {
  const encoded = expandLayers(encoder, weights, portsOf(image!, conditions!), { isTraining: true, scope: 'encoder/' });
  const [latent, logVariance] = [...encoded.outputs.values()] as [Node, Node];
  const code = add(latent, multiply(exp(multiply(logVariance, 0.5)), noise));
  const fed = new Map<string, Node>([...portsOf(conditions!), ['noise', code]]);
  const [generated] = expandLayers(decoder, weights, fed, { isTraining: true, scope: 'decoder/' }).outputs.values();
  const reconstruction = mean(sum(square(subtract(image!, generated!)), [1, 2, 3]));
  const divergence = subtract(add(square(latent), exp(logVariance)), add(logVariance, 1));
  return add(reconstruction, multiply(mean(sum(divergence, [1])), 0.35));
}

function portsOf(...inputs: readonly Input[]): ReadonlyMap<string, Node> {
  return new Map(inputs.map((node) => [node.name, node]));
}

function stepOf(loss: Node): Graph {
  const trained = parameters.filter(({ trainable }) => trainable).map(({ name }) => weights.get(name)!);
  const found = gradients(loss, trained);
  const outputs = new Map([
    ['loss', loss],
    ...found.map((node, index): [string, Node] => [`d ${trained[index]!.name}`, node]),
  ]);
  const used = parameters.filter(({ trainable }) => trainable).map(({ name }) => weights.get(name)!);
  return { inputs: [...used, image!, conditions!, noise], outputs };
}

const random = Random.seeded(1);
const feeds = new Map<string, Values>(
  parameters.filter(({ trainable }) => trainable).map((parameter) => [parameter.name, parameter.initial(random)]),
);
for (const { name, shape } of [image!, conditions!, noise]) {
  const values = new Float32Array(elementCountOf(shape));
  random.fillNormal(values);
  feeds.set(name, name === image!.name ? values.map((value) => Math.max(0, value - 1)) : values);
}

const plain = lossOf();
const fast = rewriteForTraining(new Map([['loss', plain]])).get('loss')!;
const isAlone = process.argv.includes('--without-tensorflow');
const tensorFlow = isAlone ? undefined : ((await tensorFlowNative(process.env.TFJS_NODE)) ?? (await tensorFlowWasm()));
const runtime = await onnxRuntime();
const contestants: readonly (readonly [string, Executor | undefined, Graph, number])[] = [
  ['rewritten', runtime, stepOf(fast), steps.onnxruntime],
  ['plain', runtime, stepOf(plain), steps.onnxruntime],
  ['plain', tensorFlow, stepOf(plain), steps.tensorflow],
];
console.log(`one step, forward and backward, batch ${batch}`);
let first: number | undefined;
for (const [title, executor, graph, count] of contestants) {
  if (executor === undefined) continue;
  const executable = await executor.compile(graph);
  let best = Number.POSITIVE_INFINITY;
  let loss = Number.NaN;
  for (let step = 0; step < count; step++) {
    const started = performance.now();
    const results = await executable.run(feeds);
    best = Math.min(best, performance.now() - started);
    loss = results.get('loss')![0]!;
  }
  await executable.dispose();
  first ??= best;
  const name = `${title}, ${executor.name}`.padEnd(44);
  console.log(
    `  ${name} ${best.toFixed(0).padStart(6)} ms, ${(best / first).toFixed(2)} times; loss ${loss.toPrecision(7)}`,
  );
}
