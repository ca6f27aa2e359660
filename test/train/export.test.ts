/** Exported descriptions: by hand, after training, with the hardware's scaling, and what cannot be exported. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { deployedStages } from '../../src/network/architecture.js';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { describeTrained } from '../../src/train/export.js';
import type { TrainedScaling } from '../../src/train/export-scaling.js';
import { mae, mse } from '../../src/train/losses/generic.js';
import { buildObjective } from '../../src/train/model/build-objective.js';
import { buildModel, type Model, weightsGraph } from '../../src/train/model/model.js';
import { decoderLayers, defaultModelOptions, denseLayers, type ModelOptions } from '../../src/train/model/options.js';
import { requireSharedData } from '../support/shared-data.js';
import { deviates, trainBriefly } from './brief-training.js';
import { runGraph, testExecutors } from './executors.js';
import { compareWithFirmware } from './firmware.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

const small: ModelOptions = {
  ...defaultModelOptions,
  features: 3,
  encoder: denseLayers([2], false),
  latent: 1,
  decoder: decoderLayers([3], false),
};

const smallWeights = new Map<string, Float32Array>([
  ['encoder1/kernel', Float32Array.of(0.5, -0.3, 9, 0.0625, -9, 0.1875)],
  ['encoder1/bias', Float32Array.of(0.2, 100)],
  ['latent_mean/kernel', Float32Array.of(-0.06, 1.24)],
  ['latent_mean/bias', Float32Array.of(0.07)],
]);

const describeSmall = async (model: Model, scaling?: TrainedScaling): Promise<ReturnType<typeof describeTrained>> => {
  const weights = await runGraph(executors[0]!, weightsGraph(model), smallWeights);
  return describeTrained({
    name: 'small',
    architecture: model.architecture,
    weights,
    ...(scaling === undefined ? {} : { scaling }),
  });
};

describe('by hand', () => {
  it('kernel, bias and types of a small network', async () => {
    expect(await describeSmall(buildModel(small))).toEqual({
      name: 'small',
      inputs: 3,
      input_format: 'ap_fixed<8,6,AP_RND_CONV,AP_SAT>',
      layers: [
        {
          kind: 'dense',
          name: 'encoder1',
          // Steps of 1/8, ties to even, ends -4 and 3.875.
          weights: [
            [0.5, -0.25],
            [3.875, 0],
            [-4, 0.25],
          ],
          bias: [0.25, 63.875],
          weight_format: 'ap_fixed<6,3,AP_RND_CONV,AP_SAT>',
          bias_format: 'ap_fixed<10,7,AP_RND_CONV,AP_SAT>',
          // 3 products of at most 128 * 32 units of 2^-5, and 512 * 4: at most 14336.
          result_format: 'ap_fixed<15,10>',
        },
        { kind: 'relu', name: 'encoder1_relu', result_format: 'ap_ufixed<10,6,AP_RND_CONV,AP_SAT>' },
        {
          kind: 'dense',
          name: 'latent_mean',
          weights: [[0], [1.25]],
          bias: [0.125],
          weight_format: 'ap_fixed<6,3,AP_RND_CONV,AP_SAT>',
          bias_format: 'ap_fixed<10,7,AP_RND_CONV,AP_SAT>',
          result_format: 'ap_fixed<10,7,AP_RND_CONV,AP_SAT>',
        },
      ],
      // 512^2 units of 2^-6 is 2^18: 19 bits.
      score: { kind: 'sum-of-squares', of: 'latent_mean', result_format: 'ap_ufixed<19,13>' },
    });
  });

  it('batch normalisation is folded: only kernel and bias are left', async () => {
    const options = { ...small, encoder: denseLayers([2], true) };
    const model = buildModel(options);
    const parameters = new Map([
      ...smallWeights,
      ['encoder1/gamma', Float32Array.of(2, 1)],
      ['encoder1/beta', Float32Array.of(1, -1)],
      ['encoder1/moving_mean', Float32Array.of(3, 8)],
      ['encoder1/moving_variance', Float32Array.of(4 - 1e-3, 0.25 - 1e-3)],
    ] as const);
    const weights = await runGraph(executors[0]!, weightsGraph(model), parameters);
    const { layers } = describeTrained({ name: 'folded', architecture: model.architecture, weights });
    // gamma / sqrt(variance + 0.001) is 1 and 2; the bias 1 - 3 * 1 and -1 - 8 * 2.
    expect(layers[0]).toMatchObject({
      weights: [
        [0.5, -0.625],
        [3.875, 0.125],
        [-4, 0.375],
      ],
      bias: [-2, -17],
    });
    expect(layers.map(({ name }) => name)).toEqual(['encoder1', 'encoder1_relu', 'latent_mean']);
  });

  it('a scaling by powers of two becomes offset, shift and a type that rounds nothing', async () => {
    const scaling = { scale: [8, 0.5, 64], bias: [21, -3, 70] };
    expect(await describeSmall(buildModel(small), scaling)).toMatchObject({
      hardware_format: 'ap_fixed<18,13>',
      lsb: [0.5, 1, 1],
      // pt counts halves: half the bias, and a shift of one less.
      offset: [10.5, -3, 70],
      shift: [2, -1, 6],
      // 6 more bits below the point for the longest shift right, one above it for the shift left.
      scaled_format: 'ap_fixed<25,14>',
      input_format: 'ap_fixed<8,6,AP_RND_CONV,AP_SAT>',
    });
  });

  it('another scaling leaves the normalised values as inputs', async () => {
    const description = await describeSmall(buildModel(small), { scale: [8, 0.3, 64], bias: [21, -3, 70] });
    expect(Object.keys(description)).toEqual(['name', 'inputs', 'input_format', 'layers', 'score']);
  });

  it('a clip that the input type does not repeat is refused', async () => {
    const scaling = { scale: [1, 1, 1], bias: [0, 0, 0] };
    await describeSmall(buildModel(small), { ...scaling, clip: [-32, 31.75] });
    await expect(describeSmall(buildModel(small), { ...scaling, clip: [-16, 15.5] })).rejects.toThrow(
      'error[bad-scaling]: normalisation: data are clipped to -16 to 15.5; the type of the inputs, ' +
        'ap_fixed<8,6,AP_RND_CONV,AP_SAT>, holds -32 to 31.75',
    );
    const wrapping = buildModel({ ...small, overrides: { input: 'ap_fixed<8,6>' } });
    await expect(describeSmall(wrapping, { ...scaling, clip: [-32, 31.75] })).rejects.toThrow('and wraps beyond');
  });

  it('an offset off the grid of the hardware type is refused', async () => {
    const scaling = { scale: [1, 1, 1], bias: [0, 0.01, 0] };
    await expect(describeSmall(buildModel(small), scaling)).rejects.toThrow(
      /error\[bad-scaling\]: normalisation of input 1: the offset 0.01 does not lie in the hardware type/,
    );
  });

  it('every tensor that is not quantised is named', async () => {
    const model = buildModel({
      ...small,
      overrides: { 'encoder1/kernel': 'none', 'encoder1_relu/result': 'none', input: 'none' },
    });
    await expect(describeSmall(model)).rejects.toThrow(
      /not-quantised\]: input: [\s\S]*not-quantised\]: encoder1\/kernel: [\s\S]*give it a quantiser/,
    );
  });
});

describe('after training', () => {
  const features = 12;
  /** Two hidden numbers and some noise: something to learn. */
  const eventsOf = (random: Random, count: number): Float32Array => {
    const [hidden, noise] = [deviates(2 * count, random), deviates(features * count, random)];
    return noise.map((value, index) => {
      const [row, column] = [Math.floor(index / features), index % features];
      return 3 * hidden[2 * row]! * Math.cos(column) + 3 * hidden[2 * row + 1]! * Math.sin(column) + value / 2;
    });
  };
  const image = { features, inputShape: [3, 4, 1] } as const;
  const base: ModelOptions = {
    ...defaultModelOptions,
    features,
    encoder: denseLayers([8, 5], true),
    latent: 3,
    decoder: decoderLayers([8, features], true),
    batchNorm: { momentum: 0.8, epsilon: 1e-3 },
  };
  const learnedBits = { weights: true, activations: true, minimum: 2, maximum: 8, penalty: 1e-4, rate: 20 };
  const convolution: ModelOptions['encoder'] = [
    { kind: 'conv2d', filters: 3, size: [2, 3], strides: [1, 2], padding: 'same' },
    { kind: 'batch_norm' },
    { kind: 'relu' },
    ...denseLayers([6], false),
  ];

  it.each<[string, ModelOptions]>([
    ['a VAE', base],
    ['an AE', { ...base, kind: 'AE' }],
    [
      'an AE scored by its latent vector',
      { ...base, kind: 'AE', scoreKind: 'sum-of-squares', score: 'ap_ufixed<12,9,AP_TRN,AP_SAT>' },
    ],
    ['a VAE with learned bits', { ...base, learnedBits }],
    ['an AE with learned bits', { ...base, kind: 'AE', learnedBits }],
    ['a convolution', { ...base, ...image, encoder: convolution }],
    ['a convolution with learned bits', { ...base, ...image, encoder: convolution, learnedBits }],
    [
      'kernels of 16 bits',
      { ...base, overrides: { 'encoder1/kernel': [20, 3], encoder1_relu: [20, 6], encoder2_relu: [16, 4] } },
    ],
  ])('%s equals its firmware on all events', async (_, options) => {
    const random = Random.seeded(11);
    const onnx = executors[0]!;
    const model = buildModel(options, onnx.exactBits);
    const objective = buildObjective(model, { reconstruction: mse, alpha: 1, beta: 0.1 });
    const events = eventsOf(random, 256);
    const { weights, losses } = await trainBriefly(objective, onnx, events, 60, 0.01, random);
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
    const rows = Array.from({ length: 256 }, (_, row) =>
      Array.from(events.subarray(features * row, features * (row + 1))),
    );
    const { values, differences } = await compareWithFirmware(model, onnx, weights, rows);
    expect(differences.slice(0, 3)).toEqual([]);
    expect(values).toBeGreaterThan(256 * 20);
  });

  it('learned widths are those of the exported types', async () => {
    const random = Random.seeded(11);
    const model = buildModel({ ...base, learnedBits: { ...learnedBits, maximum: 12, penalty: 0.01 } }, 53);
    const objective = buildObjective(model, { reconstruction: mse, alpha: 1, beta: 0.1 });
    const { weights } = await trainBriefly(objective, executors[0]!, eventsOf(random, 256), 60, 0.01, random);
    const found = await runGraph(executors[0]!, weightsGraph(model), weights);
    const { layers } = describeTrained({ name: 'learned', architecture: model.architecture, weights: found });
    const relu = layers.find(({ name }) => name === 'encoder1_relu')!;
    const fraction = found.get('encoder1_relu/result/fraction_bits')![0]!;
    expect(relu.result_format).toBe(`ap_ufixed<${6 + fraction},6,AP_RND_CONV,AP_SAT>`);
    // The penalty has taken bits away.
    const start = deployedStages(model.architecture).find(({ name }) => name === 'encoder1_relu')!.result!.learned!
      .initial;
    expect(fraction).toBeLessThan(start);
  });
});

describe('the deployed shape', () => {
  it('trained on real Level-1 events equals its firmware, scaling of the hardware included', async (ctx) => {
    const random = Random.seeded(2);
    const events = readEvents(requireSharedData(ctx)).slice(0, 1500);
    const scaling = normalisationOf(events);
    const model = buildModel(defaultModelOptions, executors[0]!.exactBits);
    const objective = buildObjective(model, { reconstruction: mae, alpha: 1, beta: 0.6 });
    const [low, high] = [-32, 31.75];
    const normalised = events.flatMap((event) =>
      event.map((value, index) =>
        Math.min(Math.max((value - scaling.bias[index]!) / scaling.scale[index]!, low), high),
      ),
    );
    const { weights, losses } = await trainBriefly(
      objective,
      executors[0]!,
      Float32Array.from(normalised),
      30,
      0.003,
      random,
    );
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    for (const executor of executors) {
      const { values, differences } = await compareWithFirmware(model, executor, weights, events, {
        ...scaling,
        clip: [low, high],
      });
      expect(differences.slice(0, 3)).toEqual([]);
      expect(values).toBeGreaterThan(1500 * 100);
    }
  }, 60_000);

  it('weights are the same on both executors', async () => {
    const random = Random.seeded(4);
    const model = buildModel({ ...defaultModelOptions, encoder: denseLayers([28, 15], true) });
    const parameters = new Map<string, Values>(
      model.parameters.map(({ name, shape, initial }) => [
        name,
        initial(random).map((value) => value + 0.3 + random.nextWord() / 2 ** 32 + shape.length),
      ]),
    );
    const [onnx, tensorflow] = await Promise.all(
      executors.map((executor) => runGraph(executor, weightsGraph(model), parameters)),
    );
    expect(onnx!.size).toBe(6);
    expect(tensorflow).toEqual(onnx);
  });
});

function readEvents(directory: string): number[][] {
  const bytes = gunzipSync(readFileSync(path.join(directory, 'axol1tl', 'events.json.gz')));
  return (JSON.parse(bytes.toString('utf8')) as { events: number[][] }).events;
}

/** As RobustScaler_pow2 does, without its care: powers of two, whole offsets. */
function normalisationOf(events: readonly (readonly number[])[]): {
  readonly scale: number[];
  readonly bias: number[];
} {
  const columns = events[0]!.map((_, index) => events.map((event) => event[index]!).toSorted((a, b) => a - b));
  const at = (column: readonly number[], share: number): number => column[Math.floor(share * (column.length - 1))]!;
  return {
    scale: columns.map((column) => 2 ** Math.ceil(Math.log2(Math.max(1, (at(column, 0.95) - at(column, 0.05)) / 4)))),
    bias: columns.map((column) => Math.round((at(column, 0.95) + at(column, 0.05)) / 2)),
  };
}
