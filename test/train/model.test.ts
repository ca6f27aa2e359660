/** Models: what options mean and which are refused, the parts of the loss, gradients, batch normalisation, learned bits. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { printFormat } from '../../src/fixed/format.js';
import { allStages } from '../../src/network/architecture.js';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { gradients } from '../../src/tensor/gradients.js';
import type { Node } from '../../src/tensor/graph.js';
import { mse } from '../../src/train/losses/generic.js';
import { buildObjective } from '../../src/train/model/build-objective.js';
import { buildModel, encodeGraph, graphOf, reconstructGraph } from '../../src/train/model/model.js';
import { decoderLayers, defaultModelOptions, denseLayers, type ModelOptions } from '../../src/train/model/options.js';
import type { Objective } from '../../src/train/objective.js';
import { deviates, lossNodes, startWeights } from './brief-training.js';
import { runGraph, testExecutors } from './executors.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

const loss = { reconstruction: mse, alpha: 1, beta: 0.25 };

describe('options', () => {
  it('by default are the deployed network', () => {
    const { architecture, parameters } = buildModel(defaultModelOptions);
    const print = (quantiser: { format: Parameters<typeof printFormat>[0] } | undefined): string =>
      quantiser === undefined ? '-' : printFormat(quantiser.format);
    const shown = allStages(architecture).map((stage) =>
      stage.kind === 'relu'
        ? `${stage.name} ${print(stage.result)}`
        : `${stage.name} [${stage.kernelShape}] ${print(stage.kernel)} ${print(stage.bias)} ${print(stage.result)}${stage.hasBatchNorm ? ' bn' : ''}`,
    );
    const [kernel, bias] = ['ap_fixed<6,3,AP_RND_CONV,AP_SAT>', 'ap_fixed<10,7,AP_RND_CONV,AP_SAT>'];
    expect(print(architecture.input)).toBe('ap_fixed<8,6,AP_RND_CONV,AP_SAT>');
    expect(shown).toEqual([
      `encoder1 [57,28] ${kernel} ${bias} -`,
      'encoder1_relu ap_ufixed<10,6,AP_RND_CONV,AP_SAT>',
      `encoder2 [28,15] ${kernel} ${bias} -`,
      'encoder2_relu ap_ufixed<10,6,AP_RND_CONV,AP_SAT>',
      `latent_mean [15,8] ${kernel} ${bias} ${bias}`,
      `latent_log_variance [15,8] ${kernel} ${bias} ${bias}`,
      'decoder1 [8,24] - - - bn',
      'decoder1_relu -',
      'decoder2 [24,32] - - - bn',
      'decoder2_relu -',
      'decoder3 [32,64] - - - bn',
      'decoder3_relu -',
      'decoder4 [64,128] - - - bn',
      'decoder4_relu -',
      'decoder5 [128,57] - - -',
    ]);
    expect(
      parameters.filter(({ name }) => name.startsWith('decoder1')).map(({ name, trainable }) => [name, trainable]),
    ).toEqual([
      ['decoder1/kernel', true],
      ['decoder1/gamma', true],
      ['decoder1/beta', true],
      ['decoder1/moving_mean', false],
      ['decoder1/moving_variance', false],
    ]);
  });

  it('start the log-variance at 0, the decoder within 0.05, the encoder within its initialiser', () => {
    const weights = startWeights(buildObjective(buildModel(defaultModelOptions), loss), Random.seeded(1));
    const largest = (name: string): number => Math.max(...weights.get(name)!.map(Math.abs));
    expect(largest('latent_log_variance/kernel')).toBe(0);
    expect(largest('decoder3/kernel')).toBeGreaterThan(0.049);
    expect(largest('decoder3/kernel')).toBeLessThanOrEqual(Math.fround(0.05));
    expect(largest('encoder1/kernel') / Math.sqrt(3 / 57)).toBeGreaterThan(0.98);
    expect(largest('encoder1/kernel') / Math.sqrt(3 / 57)).toBeLessThanOrEqual(1);
    expect(largest('encoder1/bias')).toBe(0);
  });

  it('override a tensor, or the result of a layer by its name', () => {
    const overrides = {
      'encoder1/kernel': 'ap_fixed<4,2,AP_TRN>',
      encoder2_relu: 'quantized_relu(7,3)',
      'latent_mean/result': 'none',
    };
    const { encoder, latent } = buildModel({ ...defaultModelOptions, overrides }).architecture;
    expect((encoder[0] as { kernel: { format: object } }).kernel.format).toMatchObject({
      width: 4,
      integer: 2,
      rounding: 'AP_TRN',
    });
    expect(encoder[3]!.result!.format).toMatchObject({ signed: false, width: 7, integer: 3 });
    expect(latent.result).toBeUndefined();
  });

  it.each<[string, Partial<ModelOptions>, string]>([
    [
      'a decoder of the wrong length',
      { decoder: decoderLayers([24, 56], true) },
      'error[wrong-shape]: model.decoder: the decoder ends with dense of 56, an event has 57 features\n  help: let its last layer be dense with 57 units',
    ],
    ['a decoder that ends with a relu', { decoder: denseLayers([57], false) }, 'the decoder ends with relu of 57'],
    [
      'batch normalisation after a relu',
      { encoder: [{ kind: 'dense', units: 3 }, { kind: 'relu' }, { kind: 'batch_norm' }] },
      'error[bad-layer]: model.encoder[2]: batch_norm does not follow a dense or conv2d layer',
    ],
    [
      'a convolution of a row',
      { encoder: [{ kind: 'conv2d', filters: 2, size: [2, 2] }] },
      'error[wrong-shape]: model.encoder[0]: conv2d reads an image [height, width, channels], not 57 numbers in a row',
    ],
    [
      'a kernel larger than the image',
      { inputShape: [19, 3, 1], encoder: [{ kind: 'conv2d', filters: 2, size: [4, 4] }] },
      'error[wrong-shape]: model.encoder[0].size: a kernel of 4 x 4 does not fit in [19,3,1]',
    ],
    [
      'an image of another size',
      { inputShape: [19, 2, 1] },
      'model.inputShape: [19,2,1] holds 38 numbers, an event has 57',
    ],
    ['no units', { encoder: denseLayers([0], false) }, 'error[bad-value]: model.encoder[0].units: 0 is no count'],
    [
      'a name used twice',
      {
        encoder: [
          { kind: 'dense', units: 3, name: 'a' },
          { kind: 'dense', units: 3, name: 'a' },
        ],
      },
      'error[name-used-twice]: model.encoder[1].name: "a" is taken',
    ],
    [
      'an unknown tensor',
      { overrides: { 'encoder1/kernl': 'none' } },
      'error[unknown-key]: model.overrides[encoder1/kernl]: no tensor has this name\n  help: did you mean "encoder1/kernel"?',
    ],
    [
      'a text that is no quantiser',
      { overrides: { encoder1: 'quantised(3)' } },
      'error[bad-quantiser]: model.overrides[encoder1]: "quantised(3)" is not a quantiser',
    ],
    [
      'a VAE scored by its reconstruction',
      { scoreKind: 'sum-of-squared-difference' },
      'error[bad-layer]: model.scoreKind: the decoder of a VAE is floating point',
    ],
    [
      'learned bits of a wrapping type',
      {
        learnedBits: { weights: true, activations: false, minimum: 2, maximum: 8, penalty: 0, rate: 1 },
        overrides: { 'encoder1/kernel': 'ap_fixed<6,3>' },
      },
      'error[bad-layer]: model.overrides[encoder1/kernel]: the bits of a wrapping type cannot be learned',
    ],
    [
      'learned bits without a range',
      { learnedBits: { weights: true, activations: false, minimum: 9, maximum: 8, penalty: 0, rate: 1 } },
      'error[bad-value]: model.learnedBits: 9 to 8 bits are no range',
    ],
  ])('refuse %s', (_, changes, message) => {
    expect(() => buildModel({ ...defaultModelOptions, ...changes })).toThrow(message);
  });

  it('report all problems together', () => {
    const changes: Partial<ModelOptions> = {
      decoder: denseLayers([3], true),
      overrides: { nothing: 'none' },
      latent: -1,
    };
    expect(() => buildModel({ ...defaultModelOptions, ...changes })).toThrow(
      /model\.latent: [\s\S]*model\.decoder: [\s\S]*nothing/,
    );
  });
});

describe('exactness', () => {
  const wide: ModelOptions = { ...defaultModelOptions, overrides: { 'encoder2/kernel': [20, 3] } };

  it('of sums beyond 24 bits needs an executor with float64, and says so', () => {
    expect(() => encodeGraph(buildModel(wide, 24), 1)).toThrow(
      // 10 bits of activations, 20 of weights, 28 products: 10 + 19 + 5 bits, and the sum with the bias one more.
      /error\[not-exact\]: encoder2: its sums need 34 bits \(20 of them after the binary point\); this executor is exact up to 24\n {2}help: take 10 bits or more from the kernel, the bias or what the layer reads, or train with ONNX Runtime, which has 53/,
    );
    encodeGraph(buildModel(wide, 53), 1);
  });

  it('beyond 53 bits is refused everywhere', () => {
    const wider = { ...wide, overrides: { 'encoder2/kernel': 'ap_fixed<50,3>' } };
    expect(() => encodeGraph(buildModel(wider, 53), 1)).toThrow(
      /error\[not-exact\]: encoder2: its sums need \d+ bits .*exact up to 53\n.*take 11 bits or more/,
    );
  });
});

/** Differentiable everywhere but at the kinks of its relus: quantisers off. */
const float: ModelOptions = {
  ...defaultModelOptions,
  features: 6,
  encoder: [{ kind: 'dense', units: 5 }, { kind: 'batch_norm' }, { kind: 'relu' }],
  latent: 2,
  decoder: decoderLayers([4, 6], true),
  quantisers: { data: 'none', kernel: 'none', bias: 'none', activation: 'none', latent: 'none' },
};

function feedsOf(objective: Objective, batch: number, random: Random): Map<string, Float32Array> {
  const weights = startWeights(objective, random);
  for (const { name, trainable } of objective.parameters)
    if (trainable)
      weights.set(
        name,
        weights.get(name)!.map((value) => value + (random.nextWord() / 2 ** 32 - 0.3)),
      );
  for (const { name, shape } of objective.inputs)
    weights.set(
      name,
      deviates(batch * shape[0]!, random).map((value) => 2 * value + 0.5),
    );
  return weights;
}

describe('the loss', () => {
  const batch = 32;

  it.each([true, false])(
    'has the gradient that finite differences give (training: %s)',
    async (isTraining) => {
      const random = Random.seeded(21);
      const objective = buildObjective(buildModel(float), loss);
      const { loss: nodes, parameters } = lossNodes(objective, batch, isTraining);
      const trained = objective.parameters.filter(({ trainable }) => trainable);
      const slopes = gradients(
        nodes.total,
        trained.map(({ name }) => parameters.get(name)!),
      );
      const feeds = feedsOf(objective, batch, random);
      const outputs = new Map<string, Node>(trained.map(({ name }, index) => [`slope ${name}`, slopes[index]!]));
      const exact = await runGraph(executors[0]!, graphOf(outputs), feeds);
      const value = await executors[0]!.compile(graphOf(new Map([['total', nodes.total]])));
      const names = graphOf(new Map([['total', nodes.total]])).inputs.map(({ name }) => name);
      const at = async (changed: ReadonlyMap<string, Values>): Promise<number> =>
        (await value.run(new Map(names.map((name) => [name, changed.get(name)!])))).get('total')![0]!;
      let compared = 0;
      for (const { name } of trained) {
        const tensor = feeds.get(name)!;
        for (let index = 0; index < tensor.length; index += Math.ceil(tensor.length / 6)) {
          const step = 1 / 256;
          const moved = (by: number): Promise<number> =>
            at(new Map([...feeds, [name, tensor.with(index, tensor[index]! + by)]]));
          const numeric = ((await moved(step)) - (await moved(-step))) / (2 * step);
          const slope = exact.get(`slope ${name}`)![index]!;
          expect(Math.abs(slope - numeric), `${name}[${index}]: ${slope}, ${numeric}`).toBeLessThan(
            0.02 + 0.02 * Math.abs(numeric),
          );
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(50);
    },
    30_000,
  );

  it('is alpha (1 - beta) reconstruction + beta kld, on both executors', async () => {
    const objective = buildObjective(buildModel(defaultModelOptions), { ...loss, alpha: 3 });
    const { loss: nodes } = lossNodes(objective, batch, true);
    const feeds = feedsOf(objective, batch, Random.seeded(3));
    const totals: number[] = [];
    for (const executor of executors) {
      const found = await runGraph(executor, graphOf(new Map([['total', nodes.total], ...nodes.parts])), feeds);
      const [total, reconstruction, kld] = ['total', 'reconstruction', 'kld'].map((name) => found.get(name)![0]!) as [
        number,
        number,
        number,
      ];
      expect(total / (3 * 0.75 * reconstruction + 0.25 * kld)).toBeCloseTo(1, 5);
      totals.push(total);
    }
    expect(totals[1]! / totals[0]!).toBeCloseTo(1, 4);
  });

  it('of an AE is alpha times the reconstruction, of what the quantised decoder gives', async () => {
    const model = buildModel({
      ...float,
      kind: 'AE',
      quantisers: defaultModelOptions.quantisers,
      decoder: decoderLayers([4, 6], false),
    });
    const objective = buildObjective(model, { ...loss, alpha: 3 });
    expect(objective.inputs.map(({ name }) => name)).toEqual(['events']);
    const { loss: nodes } = lossNodes(objective, batch, false);
    const feeds = feedsOf(objective, batch, Random.seeded(3));
    const total = (await runGraph(executors[0]!, graphOf(new Map([['total', nodes.total]])), feeds)).get('total')![0]!;
    const reconstruction = (await runGraph(executors[0]!, reconstructGraph(model, batch), feeds)).get(
      'reconstruction',
    )!;
    const events = feeds.get('events')!;
    const squares = events.reduce((sum, value, index) => sum + (value - reconstruction[index]!) ** 2, 0);
    expect(total / ((3 * squares) / events.length)).toBeCloseTo(1, 5);
    expect(reconstruction.every((value) => Number.isInteger(value * 8))).toBe(true);
  });
});

describe('batch normalisation', () => {
  const batch = 64;

  it.each(['float', 'quantised', 'convolution'])(
    'normalises by the statistics of the batch and moves its averages: %s',
    async (kind) => {
      const options: ModelOptions =
        kind === 'convolution'
          ? {
              ...float,
              inputShape: [2, 3, 1],
              encoder: [
                { kind: 'conv2d', filters: 5, size: [1, 3] },
                { kind: 'batch_norm' },
                { kind: 'relu' },
                { kind: 'flatten' },
              ],
            }
          : kind === 'quantised'
            ? { ...float, quantisers: defaultModelOptions.quantisers }
            : float;
      const objective = buildObjective(buildModel(options), loss);
      const { loss: nodes } = lossNodes(objective, batch, true);
      const feeds = feedsOf(objective, batch, Random.seeded(8));
      const moved = [...nodes.updates].map(([name, node]) => [`new ${name}`, node] as const);
      const updates = await runGraph(executors[0]!, graphOf(new Map(moved)), feeds);
      // By definition: the sums of the unquantised kernel with what the layer reads, their mean and variance.
      const kernel = feeds.get('encoder1/kernel')!;
      const rowLength = kernel.length / 5;
      const quantised = (value: number): number => {
        const floor = Math.floor(value * 4);
        const rest = value * 4 - floor;
        return Math.min(Math.max(rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor, -128), 127) / 4;
      };
      const inputs = Array.from(feeds.get('events')!, (value) => (kind === 'quantised' ? quantised(value) : value));
      for (let unit = 0; unit < 5; unit++) {
        const sums = Array.from({ length: inputs.length / rowLength }, (_, row) => {
          let sum = 0;
          for (let index = 0; index < rowLength; index++)
            sum += inputs[row * rowLength + index]! * kernel[index * 5 + unit]!;
          return sum;
        });
        const mean = sums.reduce((total, value) => total + value, 0) / sums.length;
        const variance = sums.reduce((total, value) => total + (value - mean) ** 2, 0) / sums.length;
        expect(updates.get('new encoder1/moving_mean')![unit]!).toBeCloseTo(0.01 * mean, 4);
        expect(updates.get('new encoder1/moving_variance')![unit]!).toBeCloseTo(0.99 + 0.01 * variance, 4);
      }
    },
  );

  it('in training and in inference give the same once the averages are those of the batch', async () => {
    const objective = buildObjective(buildModel({ ...float, batchNorm: { momentum: 0, epsilon: 1e-3 } }), loss);
    const feeds = feedsOf(objective, batch, Random.seeded(8));
    const training = lossNodes(objective, batch, true).loss;
    const moved = [...training.updates].map(([name, node]) => [`new ${name}`, node] as const);
    const first = await runGraph(executors[0]!, graphOf(new Map([['total', training.total], ...moved])), feeds);
    for (const name of training.updates.keys()) feeds.set(name, first.get(`new ${name}`) as Float32Array);
    const inference = lossNodes(objective, batch, false).loss;
    expect(inference.updates.size).toBe(0);
    const second = await runGraph(executors[0]!, graphOf(new Map([['total', inference.total]])), feeds);
    expect(second.get('total')![0]! / first.get('total')![0]!).toBeCloseTo(1, 4);
  });

  it('of inputs that never change is finite', async () => {
    const objective = buildObjective(buildModel(float), loss);
    const { loss: nodes, parameters } = lossNodes(objective, batch, true);
    const feeds = feedsOf(objective, batch, Random.seeded(8));
    feeds.set('events', feeds.get('events')!.fill(0.3));
    const [slope] = gradients(nodes.total, [parameters.get('encoder1/kernel')!]);
    const found = await runGraph(
      executors[0]!,
      graphOf(
        new Map([
          ['total', nodes.total],
          ['slope', slope!],
        ]),
      ),
      feeds,
    );
    expect([...found.get('total')!, ...found.get('slope')!].every(Number.isFinite)).toBe(true);
  });
});

describe('learned bits', () => {
  const learnedBits = { weights: true, activations: true, minimum: 2, maximum: 8, penalty: 0.001, rate: 4 };
  const options: ModelOptions = {
    ...float,
    quantisers: defaultModelOptions.quantisers,
    encoder: denseLayers([5], false),
    learnedBits,
  };
  const batch = 16;

  it('count the bit operations of the deployed part, and add them to the loss', async () => {
    const objective = buildObjective(buildModel(options), loss);
    const { loss: nodes } = lossNodes(objective, batch, true);
    const feeds = feedsOf(objective, batch, Random.seeded(8));
    // Fraction bits: 4 times these, rounded: 2 of the kernel (5 bits), 1 of the relu (7 bits), 4 of the latent kernel (7 bits).
    feeds.set('encoder1/kernel_fraction', Float32Array.of(0.51));
    feeds.set('encoder1_relu/result_fraction', Float32Array.of(0.25));
    feeds.set('latent_mean/kernel_fraction', Float32Array.of(0.98));
    feeds.set('latent_log_variance/kernel_fraction', Float32Array.of(0.5));
    const found = await runGraph(executors[0]!, graphOf(new Map([['total', nodes.total], ...nodes.parts])), feeds);
    const operations = 6 * 5 * 5 * 8 + 5 * 2 * 7 * 7;
    expect(found.get('bit_operations')![0]).toBe(operations);
    const rest = 0.75 * found.get('reconstruction')![0]! + 0.25 * found.get('kld')![0]!;
    expect(found.get('total')![0]!).toBeCloseTo(rest + 0.001 * operations, 3);
  });

  it('are led by the penalty downwards, by the range back inside', async () => {
    const objective = buildObjective(buildModel({ ...options, learnedBits: { ...learnedBits, penalty: 10 } }), loss);
    const { loss: nodes, parameters } = lossNodes(objective, batch, true);
    const slopeAt = async (value: number): Promise<number> => {
      const feeds = feedsOf(objective, batch, Random.seeded(8));
      for (const { name } of objective.parameters)
        if (name.endsWith('_fraction')) feeds.set(name, Float32Array.of(0.5));
      feeds.set('encoder1/kernel_fraction', Float32Array.of(value));
      const [slope] = gradients(nodes.total, [parameters.get('encoder1/kernel_fraction')!]);
      return (await runGraph(executors[0]!, graphOf(new Map([['slope', slope!]])), feeds)).get('slope')![0]!;
    };
    // The kernel's type has I = 3: 2 to 8 bits are -1 to 5 fraction bits, -0.25 to 1.25 in the parameter.
    expect(await slopeAt(0.7)).toBeGreaterThan(1000);
    // Outside the range nothing but the way back counts: 2 (4 p - limit) 4.
    expect(await slopeAt(-0.5)).toBeCloseTo(2 * (4 * -0.5 + 1) * 4, 3);
    expect(await slopeAt(1.5)).toBeCloseTo(2 * (4 * 1.5 - 5) * 4, 3);
  });
});
