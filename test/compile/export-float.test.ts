/** The float profile: what is written gives what the training graph gives, is fed as O2 feeds it, and is refused where it cannot be right. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { compareWithGraph } from '../../src/compile/export-check.js';
import { floatOnnx, plainOnnx } from '../../src/compile/export-float.js';
import { generatorPart } from '../../src/compile/export-generator.js';
import type { FloatPart } from '../../src/compile/float-part.js';
import { importGenerator } from '../../src/compile/import-keras/import-generator.js';
import { anyBatch, checkBatch } from '../../src/emit/onnx/float-batch.js';
import type { Activation } from '../../src/network/layers/layers.js';
import type { OnnxModel } from '../../src/onnx/model.js';
import { readOnnx } from '../../src/onnx/read.js';
import { loadRuntime, openSession, type Runtime } from '../../src/onnx/runtime.js';
import { writeOnnx } from '../../src/onnx/write.js';
import type { Graph, Node } from '../../src/tensor/graph.js';
import { toOnnx } from '../../src/tensor/onnx/to-onnx.js';
import * as op from '../../src/tensor/ops.js';
import { rewriteFast } from '../../src/tensor/rewrites/fast/fast.js';
import { activate } from '../../src/train/layers/activate.js';
import { type CalorimeterName, calorimeters, conditions } from '../../src/zdc/calorimeter.js';
import { channelGraph, channelSums } from '../../src/zdc/channels.js';
import { readNpzArrays } from '../support/npz-arrays.js';
import { randomGenerator, scaler } from '../support/random-generator.js';
import { requireSharedData } from '../support/shared-data.js';
import { referenceValues } from '../tensor/reference.js';

async function differenceOf(part: FloatPart, opset = 13): Promise<readonly number[]> {
  const runtime = await loadRuntime();
  const session = await openSession(runtime, writeOnnx(floatOnnx(part, opset)), true);
  const differences = await compareWithGraph(part, session, runtime, 7);
  return differences.map(({ largest }) => largest);
}

const finish = (name: CalorimeterName) => ({
  name: 'channels',
  description: 'photons',
  apply: (image: Node) => channelGraph(name, image),
});

const operatorsOf = ({ graph }: OnnxModel): readonly string[] => graph.nodes.map(({ operator }) => operator);

describe.each(['ZN', 'ZP'] as const)('the described generator of %s', (name) => {
  const generator = randomGenerator(name);

  it('every part agrees with the training graph at any number of events', async () => {
    for (const part of ['decoder', 'encoder', 'all'] as const)
      for (const difference of await differenceOf(generatorPart(generator, 'g', { part, scaler: 'none' })))
        expect(difference).toBeLessThan(5e-6);
    const embedded = generatorPart(generator, 'g', { part: 'decoder', scaler: 'embedded', finish: finish(name) });
    expect((await differenceOf(embedded, 18))[0]).toBeLessThanOrEqual(1);
  });

  it('its decoder is written as phase convolutions, without transposes for the layout', () => {
    const whole = generatorPart(randomGenerator(name, 1), 'g', { part: 'decoder', scaler: 'none' });
    const model = floatOnnx(whole, 13);
    const operators = operatorsOf(model);
    for (const gone of ['Resize', 'Mul', 'Sub', 'Div', 'Sqrt', 'MatMul']) expect(operators).not.toContain(gone);
    const convolutions = model.graph.nodes.filter(({ operator }) => operator === 'Conv');
    // Four phases in three blocks and the last one; what comes last is added in groups of channels: 64 of ZP's four phases, 128 that ZN's last reads.
    const [alone, groups] = name === 'ZP' ? [9, 4 * 8] : [12, 16];
    expect(convolutions).toHaveLength(alone + groups);
    // Alone they hold their bias; groups are added first.
    expect(convolutions.filter(({ inputs }) => inputs.length === 3)).toHaveLength(alone);
    expect(operators.filter((operator) => operator === 'Relu')).toHaveLength(13);
    // Two for each block of upsampling that moves its results into place; the last kernel of ZN, 5 x 5, reads them where they are.
    expect(operators.filter((operator) => operator === 'Transpose')).toHaveLength(name === 'ZN' ? 4 : 6);
    expect(operatorsOf(plainOnnx(whole, 13))).toContain('Resize');
  });

  it('gives the same bytes, and says what it is', () => {
    const options = { part: 'decoder', scaler: 'embedded', finish: finish(name) } as const;
    const bytes = writeOnnx(floatOnnx(generatorPart(generator, 'g', options), 13));
    expect(Buffer.from(writeOnnx(floatOnnx(generatorPart(generator, 'g', options), 13))).equals(bytes)).toBe(true);
    const model = readOnnx(bytes, 'g.onnx');
    expect([model.irVersion, model.opsets]).toEqual([8, { '': 13 }]);
    expect(model.graph.inputs.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ['noise', 'float32', ['batch', 10]],
      ['conditions', 'float32', ['batch', 9]],
    ]);
    expect(model.graph.outputs.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ['channels', 'float32', ['batch', 5]],
    ]);
    expect(model.metadata).toMatchObject({
      'axoc.profile': 'float',
      'axoc.part': 'decoder',
      'axoc.calorimeter': name,
      'axoc.scaler': 'embedded',
      'axoc.scaler.means': JSON.stringify(scaler.means),
      'axoc.conditions.note': 'charge in units of the elementary charge: 1 for a proton, not 3',
      'axoc.configuration.sha256': createHash('sha256').update('{"epochs":1}').digest('hex'),
    });
    expect(model.metadata['axoc.conditions']).toContain('{"name":"charge","unit":"e"}');
  });
});

/** How O2 runs a generator: names and shapes from the file, negative lengths are its one shower, flat buffers by position. */
async function runAsO2(
  bytes: Uint8Array,
  buffers: readonly Float32Array[],
  runtime: Runtime,
): Promise<readonly Float32Array[]> {
  const { graph } = readOnnx(bytes, 'model');
  const session = await openSession(runtime, bytes, true);
  const lengths = (shape: readonly (number | string)[]): number[] =>
    shape.map((length) => (typeof length === 'string' || length < 0 ? 1 : length));
  const feeds = Object.fromEntries(
    session.inputNames.map((name, position) => {
      const shape = lengths(graph.inputs[position]!.shape);
      expect(graph.inputs[position]!.name).toBe(name);
      expect(shape.reduce((a, b) => a * b, 1)).toBe(buffers[position]!.length);
      return [name, new runtime.library.Tensor('float32', buffers[position]!, shape)];
    }),
  );
  const results = await session.run(feeds);
  return session.outputNames.map((name, position) => {
    const flat = results[name]!.data as Float32Array;
    expect(flat.length).toBe(lengths(graph.outputs[position]!.shape).reduce((a, b) => a * b, 1));
    return flat;
  });
}

/** The file of scales as O2 reads it: a block of means, an empty line, a block of scales; each block begins with its name. */
function parseScales(text: string): { means: number[]; scales: number[] } {
  const [means, scales] = text.split('\n\n').map((block) =>
    block
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Math.fround(Number(line))),
  );
  return { means: means!, scales: scales! };
}

it.each(['ZN', 'ZP'] as const)(
  '%s as O2 runs it: noise, then conditions scaled in float32, one shower',
  async (name) => {
    const generator = randomGenerator(name);
    const runtime = await loadRuntime();
    const text = ['#means', ...scaler.means.map(String), '', '#scales', ...scaler.scales.map(String), ''].join('\n');
    const { means, scales } = parseScales(text);
    const raw = Float32Array.from([2760, 0, 0, 0.01, 0.2, -0.1, 2759, 939.565, 1]);
    const scaled = raw.map((value, index) => Math.fround(value - means[index]!) / scales[index]!);
    const noise = new Float32Array(10);
    Random.seeded(5).fillNormal(noise);
    const written = (options: Parameters<typeof generatorPart>[2]): Uint8Array =>
      writeOnnx(floatOnnx(generatorPart(generator, 'g', options), 13));
    const [image] = await runAsO2(written({ part: 'decoder', scaler: 'none' }), [noise, scaled], runtime);
    const [same] = await runAsO2(written({ part: 'decoder', scaler: 'embedded' }), [noise, raw], runtime);
    const photons = Array.from(image!, (value) => Math.expm1(value));
    const sums = channelSums(name, photons);
    expect(Math.max(...photons)).toBeGreaterThan(0.5);
    image!.forEach((value, index) => {
      expect(Math.abs(same![index]! - value)).toBeLessThan(2e-6);
    });
    const [channels] = await runAsO2(
      written({ part: 'decoder', scaler: 'embedded', finish: finish(name) }),
      [noise, raw],
      runtime,
    );
    expect(channels).toHaveLength(5);
    channels!.forEach((count, channel) => {
      expect(Number.isInteger(count)).toBe(true);
      expect(Math.abs(count - sums[channel]!)).toBeLessThanOrEqual(0.5 + 1e-3);
    });
  },
);

it('the published proton decoder: what was computed independently', async (ctx) => {
  const data = requireSharedData(ctx);
  const kind = { conditions, calorimeters: Object.values(calorimeters) };
  const { artefact } = await importGenerator({ path: `${data}/zdc/proton_vae_decoder.h5` }, kind);
  const reference = readNpzArrays(`${data}/zdc/proton_vae_reference.npz`);
  const wanted = reference.get('output')!.values;
  const part = generatorPart(artefact, 'proton', { part: 'decoder', scaler: 'none' });
  const runtime = await loadRuntime();
  const buffers = ['noise', 'cond'].map((name) => reference.get(name)!.values as Float32Array);
  const bytes = writeOnnx(floatOnnx(part, 13));
  let largest = 0;
  for (let shower = 0; shower < 16; shower++) {
    const rows = [buffers[0]!.slice(10 * shower, 10 * shower + 10), buffers[1]!.slice(9 * shower, 9 * shower + 9)];
    const [image] = await runAsO2(bytes, rows, runtime);
    image!.forEach((value, index) => {
      const truth = wanted[shower * image!.length + index]!;
      largest = Math.max(largest, Math.abs(value - truth));
    });
  }
  // The reference, in float32 too, is up to 1.7e-6 off the exact value.
  expect(largest).toBeLessThan(2e-6);
});

/** Activations that ONNX has an operator for, and what else they are made of. */
const fused: Readonly<Partial<Record<Activation, readonly string[]>>> = {
  relu: ['Relu'],
  leaky_relu: ['LeakyRelu'],
  elu: ['Elu'],
  selu: ['Elu', 'Mul'],
  sigmoid: ['Sigmoid'],
  tanh: ['Tanh'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
  swish: ['Sigmoid', 'Mul'],
  softmax: ['Softmax'],
  log_softmax: ['LogSoftmax'],
  hard_sigmoid: ['HardSigmoid'],
  hard_sigmoid_keras2: ['HardSigmoid'],
  sparse_sigmoid: ['HardSigmoid'],
  hard_silu: ['HardSigmoid', 'Mul'],
  mish: ['Softplus', 'Tanh', 'Mul'],
};

it.each(Object.entries(fused) as [Activation, readonly string[]][])(
  '%s is as few operators as ONNX allows',
  async (activation, wanted) => {
    const x = op.input('x', [3, 5]);
    const graph: Graph = { inputs: [x], outputs: new Map([['y', activate(x, activation)]]) };
    expect(operatorsOf(toOnnx(graph, { isFused: true }))).toEqual(wanted);
    const runtime = await loadRuntime();
    const values = Float32Array.from({ length: 15 }, (_, index) => (index - 7) / 2);
    const results = await Promise.all(
      [true, false].map(async (isFused) => {
        const session = await openSession(runtime, writeOnnx(toOnnx(graph, { isFused })), false);
        return (await session.run({ x: new runtime.library.Tensor('float32', values, [3, 5]) })).y!
          .data as Float32Array;
      }),
    );
    results[0]!.forEach((value, index) => {
      expect(Math.abs(value - results[1]![index]!)).toBeLessThan(1e-6);
    });
  },
);

it.each(Object.entries(fused) as [Activation, readonly string[]][])(
  '%s of a dense layer stays so few operators in what is rewritten',
  (activation, wanted) => {
    const x = op.input('x', [3, 5]);
    const sums = op.add(op.matmul(x, op.constant(0.5, [5, 36])), op.constant(1, [36]));
    const image = op.reshape(activate(sums, activation), [3, 3, 3, 4]);
    const y = op.conv2d(image, op.constant(1, [2, 2, 4, 1]), { strides: [1, 1], padding: [0, 0, 0, 0] });
    const graph = rewriteFast({ inputs: [x], outputs: new Map([['y', y]]) });
    // One over the last axis needs its channels last: three transposes. The line of a hard sigmoid is folded into the kernel; its ends are two steps.
    const more = activation.endsWith('softmax') ? 3 : wanted.includes('HardSigmoid') ? 1 : 0;
    const most = 4 + wanted.length + more;
    expect(operatorsOf(toOnnx(graph, { isFused: true })).length).toBeLessThanOrEqual(most);
  },
);

it.each(['softmax', 'log_softmax'] as const)('%s of a convolution goes over the channels', async (activation) => {
  const x = op.input('x', [1, 2, 3, 4]);
  const kernel = op.constant(
    Array.from({ length: 20 }, (_, index) => ((index * 7) % 11) / 4 - 1),
    [1, 1, 4, 5],
  );
  const y = activate(op.conv2d(x, kernel, { strides: [1, 1], padding: [0, 0, 0, 0] }), activation);
  const values = Float32Array.from({ length: 24 }, (_, index) => ((index * 5) % 13) / 4 - 1);
  const wanted = referenceValues([y], new Map([['x', values]])).get(y)!;
  const runtime = await loadRuntime();
  const model = writeOnnx(toOnnx({ inputs: [x], outputs: new Map([['y', y]]) }, { isFused: true }));
  const session = await openSession(runtime, model, false);
  const found = (await session.run({ x: new runtime.library.Tensor('float32', values, [1, 2, 3, 4]) })).y!.data;
  wanted.forEach((value, index) => {
    expect(Math.abs((found[index] as number) - value)).toBeLessThan(1e-6);
  });
});

it('a function that only looks like an activation stays as it is', () => {
  const x = op.input('x', [4]);
  const other = op.input('z', [4]);
  const operatorsOfNode = (node: Node): readonly string[] =>
    operatorsOf(toOnnx({ inputs: [x, other], outputs: new Map([['y', node]]) }, { isFused: true }));
  expect(operatorsOfNode(op.maximum(0.1, x))).toEqual(['Max']);
  expect(operatorsOfNode(op.select(op.less(0, other), x, op.multiply(x, 0.1)))).toContain('Where');
  expect(operatorsOfNode(op.select(op.less(0, x), x, op.multiply(other, 0.1)))).toContain('Where');
  expect(operatorsOfNode(op.divide(x, op.add(op.abs(other), 1)))).toContain('Div');
});

describe('what mixes events is refused', () => {
  const batch = anyBatch;
  const x = op.input('x', [batch, 4]);
  const messageOf = (y: Node, inputs: Graph['inputs'] = [x]): string => {
    try {
      checkBatch({ inputs, outputs: new Map([['y', y]]) }, 'model');
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  it.each([
    ['sum of [events, 4] goes over the events', op.broadcast(op.sum(x, [0], true), [1, 4])],
    ['sum of [events, 4] goes over the events', op.subtract(x, op.mean(x, [0]))],
    ['matmul of [events, 4] and [events, 4] goes over the events', op.matmul(x, x, { transposeLeft: true })],
    ['matmul of [events, 4] and [events, 4] pairs events with events', op.matmul(x, x, { transposeRight: true })],
    ['concat of [events, 4] and [events, 4] joins events', op.concat([x, x], 0)],
    ['slice of [events, 4] cuts the events', op.reshape(op.slice(x, [1, 0], [batch, 4]), [batch - 1, 4])],
    ['transpose of [events, 4] puts another axis before the events', op.transpose(x, [1, 0])],
    ['a constant of shape [events, 1]', op.add(x, op.constant(1, [batch, 1]))],
    ['output y does not have the events as its first axis', op.constant(1, [4])],
  ])('%s', (message, node) => {
    expect(messageOf(node)).toContain(message);
  });

  it('and what does not is accepted', () => {
    const image = op.reshape(op.matmul(x, op.constant(1, [4, 18])), [batch, 3, 3, 2]);
    const convolved = op.conv2d(image, op.constant(1, [2, 2, 2, 1]), { strides: [1, 1], padding: [0, 0, 0, 0] });
    expect(messageOf(op.sum(op.reshape(convolved, [batch, 4]), [1]))).toBe('accepted');
    expect(messageOf(op.reshape(op.exp(op.reshape(x, [2 * batch, 2])), [batch, 4]))).toBe('accepted');
  });
});

it('a difference above the tolerance is a mismatch', async () => {
  const part = generatorPart(randomGenerator('ZP'), 'g', { part: 'decoder', scaler: 'none' });
  const wrong = {
    ...part,
    rewrite: (graph: Graph) =>
      part.rewrite({
        ...graph,
        outputs: new Map([...graph.outputs].map(([name, node]) => [name, op.multiply(node, 1.001)])),
      }),
  };
  await expect(differenceOf(wrong)).rejects.toThrow(/^error\[mismatch\]: the ONNX model, output \S+: value \d+ is/);
});

it('large terms that cancel may be rounded, and no more', async () => {
  const generator = randomGenerator('ZP');
  const louder = new Map(
    [...generator.decoder.weights].map(([name, { shape, values }]) => [
      name,
      { shape, values: /^dense.*kernel/.test(name) ? values.map((value) => 3000 * value) : values },
    ]),
  );
  const loud = { ...generator, decoder: { ...generator.decoder, weights: louder } };
  const part = generatorPart(loud, 'g', { part: 'decoder', scaler: 'none' });
  const [difference] = await differenceOf(part);
  expect(difference).toBeGreaterThan(1e-5);
  const off = (graph: Graph): Graph => ({
    ...graph,
    outputs: new Map([...graph.outputs].map(([name, node]) => [name, op.multiply(node, 1.0001)])),
  });
  await expect(differenceOf({ ...part, rewrite: (graph) => part.rewrite(off(graph)) })).rejects.toThrow(
    /allowed is a difference of/,
  );
  const strict = { ...part, toleranceOf: (output: string) => ({ ...part.toleranceOf(output), allowsRounding: false }) };
  await expect(differenceOf(strict)).rejects.toThrow(/^error\[mismatch\]/);
});

it('an input that may hold conditions with the noise is not called noise', () => {
  const whole = randomGenerator('ZP');
  const describedIn = (generator: typeof whole) =>
    generatorPart(generator, 'g', { part: 'decoder', scaler: 'none' }).described.get('noise');
  expect(describedIn(whole)).toBe('normal deviates');
  expect(describedIn({ ...whole, conditions: [] })).toBe('as in training');
});

it('channels may be a photon off, latent variables beside them not', () => {
  const options = { part: 'all', scaler: 'none', finish: finish('ZP') } as const;
  const { toleranceOf } = generatorPart(randomGenerator('ZP'), 'g', options);
  expect([toleranceOf('channels').absolute, toleranceOf('mean').absolute]).toEqual([1, 1e-5]);
});

it('options that do not go together', () => {
  const { encoder: _, scaler: __, ...bare } = randomGenerator('ZP');
  const attempt = (options: Parameters<typeof generatorPart>[2]) => () => generatorPart(bare, 'bare.h5', options);
  expect(attempt({ part: 'all', scaler: 'none' })).toThrow('--part all: bare.h5 holds no encoder');
  expect(attempt({ part: 'decoder', scaler: 'embedded' })).toThrow(
    '--scaler embedded: bare.h5 does not know means and scales of its conditions',
  );
  const whole = () =>
    generatorPart(randomGenerator('ZP'), 'g', { part: 'encoder', scaler: 'none', finish: finish('ZP') });
  expect(whole).toThrow('--output channels: an encoder makes no image');
});
