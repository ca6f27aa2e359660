/** Keras files: what Keras wrote computes here what it computes there, and all that cannot be imported is named at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { type ImportedModel, importKeras } from '../../src/compile/import-keras/import-keras.js';
import { writeHdf5File } from '../../src/data/hdf5/write.js';
import { layerShapes } from '../../src/network/layers/shapes.js';
import { onnxRuntime } from '../../src/tensor/executors/onnxruntime.js';
import { constant, input } from '../../src/tensor/ops.js';
import { expandLayers } from '../../src/train/layers/expand.js';
import { root } from '../support/command.js';
import { evaluateLayers } from '../support/layer-oracle.js';
import { readNpzArrays } from '../support/npz-arrays.js';
import { requireSharedData } from '../support/shared-data.js';
import { functional, inputLayer, layer, writeKeras } from './keras-file.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-keras-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = (name: string): string => path.join(work, name);
const fixture = (name: string): string => path.join(root, 'fixtures/keras', name);

/** Every output of the network, flat, for a batch. */
async function run({ network, weights }: ImportedModel, feeds: readonly Float32Array[], batch: number) {
  const inputs = network.inputs.map(({ name, shape }) => input(name, [batch, ...shape]));
  const values = [...weights].map(([name, { shape, values }]) => [name, constant(values, shape)] as const);
  const fed = new Map(inputs.map((node) => [node.name, node]));
  const { outputs } = expandLayers(network, new Map(values), fed, { isTraining: false });
  const named = [...outputs.values()].map((node, index) => [`output${index}`, node] as const);
  const executable = await (await onnxRuntime()).compile({ inputs, outputs: new Map(named) });
  const found = await executable.run(new Map(inputs.map(({ name }, index) => [name, feeds[index]!])));
  await executable.dispose();
  return [...found.values()];
}

async function messageFor(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user')
      return error.message.replaceAll(`${path.dirname(file('x'))}/`, '');
    throw error;
  }
  throw new Error('accepted');
}

describe('files that Keras wrote', () => {
  it.each([
    ['keras2-generator', 'keras 2.21.0, keras2-generator.h5', 15],
    // Seven convolutions behind each other, whose roundings add up.
    ['keras2-convolutions', 'keras 2.21.0, keras2-convolutions.h5', 12, 1e-5],
    ['keras3-convolutions', 'keras 3.15.1, keras3-convolutions.h5', 12, 1e-5],
    ['keras2-functions', 'keras 2.21.0, keras2-functions.h5', 34, 3e-6],
    ['keras3-functions', 'keras 3.15.1, keras3-functions.h5', 44, 3e-6],
    ['keras3-vae', 'keras 3.15.1, keras3-vae.h5', 13],
    ['keras3-sequential', 'keras 3.15.1, keras3-sequential.h5', 5],
  ])('%s computes what Keras computed', async (name, source, layers, allowed = 1e-6) => {
    const imported = await importKeras(fixture(`${name}.h5`));
    expect(imported.source).toBe(source);
    expect(imported.network.layers.length).toBe(layers);
    const arrays = readNpzArrays(fixture(`${name}.npz`));
    const feeds = imported.network.inputs.map((_, index) => arrays.get(`input${index}`)!.values as Float32Array);
    const found = await run(imported, feeds, 3);
    expect(found.length).toBe([...arrays.keys()].filter((key) => key.startsWith('output')).length);
    for (const [index, values] of found.entries()) {
      const wanted = arrays.get(`output${index}`)!.values;
      expect(values.length).toBe(wanted.length);
      const differences = Array.from(
        values,
        (value, at) => Math.abs(value - wanted[at]!) / Math.max(1, Math.abs(wanted[at]!)),
      );
      expect(Math.max(...differences)).toBeLessThan(allowed);
    }
  });

  it('a model inside a model is taken alone, or with all around it', async () => {
    const whole = await importKeras(fixture('keras3-vae.h5'));
    expect(whole.network.inputs.map(({ name }) => name)).toEqual(['pixels', 'conditions']);
    expect(whole.network.outputs).toEqual(['encoder/deviation', 'decoder/reshape']);
    expect(whole.network.layers.map(({ name }) => name)).toContain('encoder/relu_call_2');
    const decoder = await importKeras(fixture('keras3-vae.h5'), 'decoder');
    expect(decoder.network.inputs.map(({ name }) => name)).toEqual(['code', 'decoder_particle']);
    expect(decoder.weights.get('hidden/kernel')).toEqual(whole.weights.get('decoder/hidden/kernel'));
    expect(await messageFor(importKeras(fixture('keras3-vae.h5'), 'decodr'))).toMatch(
      /error\[bad-option\].*there is no model "decodr" inside the model\n {2}help: did you mean "decoder"\?/,
    );
  });

  it('the published decoder of the proton calorimeter gives its reference images', async (ctx) => {
    const zdc = path.join(requireSharedData(ctx), 'zdc');
    const imported = await importKeras(path.join(zdc, 'proton_vae_decoder.h5'));
    const arrays = readNpzArrays(path.join(zdc, 'proton_vae_reference.npz'));
    const of = (shape: string): Float32Array =>
      [...arrays.values()].find((array) => String(array.shape) === shape)!.values as Float32Array;
    const [found] = await run(imported, [of('16,10'), of('16,9')], 16);
    const wanted = of('16,56,30,1');
    expect(found!.length).toBe(wanted.length);
    // The reference itself is 1.7e-6 from the exact image where that is 2.6: float32 sums of 2048 products round so.
    const differences = Array.from(wanted, (value, index) => Math.abs(value - found![index]!) / Math.max(1, value));
    expect(Math.max(...differences)).toBeLessThan(2e-6);
    expect(Math.max(...wanted)).toBeGreaterThan(1);
  });
});

describe('how Keras 2 writes what the fixtures do not have', () => {
  const inner = functional(
    'body',
    [inputLayer('a', [2]), layer('Dense', 'same', { units: 2 }, ['a'])],
    ['a'],
    ['same'],
  );

  it('a model that is called twice counts its calls from 1', async () => {
    const body = {
      ...inner,
      name: 'body',
      inbound_nodes: [[['x', 0, 0, {}]], [['body', 1, 0, {}]]],
    };
    const model = {
      class_name: 'Functional',
      config: {
        name: 'outer',
        layers: [inputLayer('x', [2]), body],
        input_layers: [['x', 0, 0]],
        output_layers: [
          ['body', 2, 0],
          ['body', 1, 0],
        ],
      },
    };
    const weights = { 'body/same/kernel:0': [2, 2], 'body/same/bias:0': [2] };
    await writeKeras(file('twice.h5'), { model, weights });
    const { network, weights: read } = await importKeras(file('twice.h5'));
    expect(network.outputs).toEqual(['body_call_2/same', 'body/same']);
    expect(read.get('body_call_2/same/kernel')).toEqual(read.get('body/same/kernel'));
    const values = evaluateLayers(network, read, new Map([['x', [1, 0]]]));
    // Kernel [[-1, -15/16], [-14/16, -13/16]], bias [-1, -15/16].
    expect(values.get('body/same')!.values).toEqual([-2, -1.875]);
    expect(values.get('body_call_2/same')!.values).toEqual([2 + 1.640625 - 1, 1.875 + 1.5234375 - 0.9375]);
  });

  it('Sequential models as a list, the shape in the first layer, settings that are absent', async () => {
    const sequential = (config: unknown) => ({ class_name: 'Sequential', config });
    const layers = [
      { class_name: 'Dense', config: { name: 'one', units: 4, activation: null, batch_input_shape: [null, 3] } },
      { class_name: 'Custom>LeakyReLU', config: { name: 'two' } },
      { class_name: 'Reshape', config: { name: 'three', target_shape: [2, -1, 1] } },
      { class_name: 'Conv2D', config: { name: 'four', filters: 1, kernel_size: 2, strides: 1 } },
    ];
    const weights = {
      'one/one/kernel:0': [3, 4],
      'one/one/bias:0': [4],
      'four/x/kernel:0': [2, 2, 1, 1],
      'four/x/bias:0': [1],
    };
    await writeKeras(file('list.h5'), { model: sequential(layers), weights });
    await writeKeras(file('named.h5'), { model: sequential({ name: 'model', layers }), weights });
    const list = await importKeras(file('list.h5'));
    expect(list.network).toEqual((await importKeras(file('named.h5'))).network);
    expect(list.network.layers).toEqual([
      { kind: 'dense', name: 'one', inputs: ['model_input'], units: 4, hasBias: true, activation: 'linear' },
      { kind: 'leaky_relu', name: 'two', inputs: ['one'], slope: 0.3 },
      { kind: 'reshape', name: 'three', inputs: ['two'], shape: [2, 2, 1] },
      {
        kind: 'conv2d',
        name: 'four',
        inputs: ['three'],
        filters: 1,
        kernelSize: [2, 2],
        strides: [1, 1],
        padding: 'valid',
        hasBias: true,
        activation: 'linear',
      },
    ]);
  });

  it('zeros around and cutting off: for all sides, for rows and columns, for each side', async () => {
    const layers = [
      inputLayer('x', [5, 6, 1]),
      layer('ZeroPadding2D', 'a', { padding: 1 }, ['x']),
      layer('ZeroPadding2D', 'b', { padding: [2, 3] }, ['a']),
      layer(
        'Cropping2D',
        'c',
        {
          cropping: [
            [1, 2],
            [3, 4],
          ],
          data_format: 'channels_last',
        },
        ['b'],
      ),
    ];
    await writeKeras(file('sides.h5'), { model: functional('m', layers, ['x'], ['c']) });
    const { network } = await importKeras(file('sides.h5'));
    expect(network.layers).toMatchObject([
      { padding: [1, 1, 1, 1] },
      { padding: [2, 2, 3, 3] },
      { cropping: [1, 2, 3, 4] },
    ]);
    expect(layerShapes(network, 'test').get('c')).toEqual([8, 7, 1]);
  });

  it('a function as an object, an activation that is a layer', async () => {
    const byName = { module: 'builtins', class_name: 'function', config: 'tanh', registered_name: 'function' };
    const leaky = { module: 'keras.layers', class_name: 'LeakyReLU', config: { name: 'leaky', alpha: 0.5 } };
    const layers = [
      inputLayer('x', [2]),
      layer('Dense', 'a', { units: 1, use_bias: false, activation: byName }, ['x']),
      layer('Dense', 'b', { units: 1, use_bias: false, activation: leaky }, ['a']),
      layer('Softmax', 'c', {}, ['b']),
    ];
    const weights = { 'a/a/kernel:0': [2, 1], 'b/b/kernel:0': [1, 1] };
    await writeKeras(file('activations.h5'), { model: functional('m', layers, ['x'], ['c']), weights });
    const { network } = await importKeras(file('activations.h5'));
    expect(
      network.layers.map((made) => [made.name, made.inputs[0], 'activation' in made ? made.activation : made.kind]),
    ).toEqual([
      ['a', 'x', 'tanh'],
      ['b', 'a', 'linear'],
      ['b/activation', 'b', 'leaky_relu'],
      ['c', 'b/activation', 'softmax'],
    ]);
  });
});

it.each([
  ['hard_sigmoid', '2.14.0', 'hard_sigmoid_keras2'],
  ['hard_sigmoid', '3.0.5', 'hard_sigmoid'],
  ['hard_swish', '3.0.5', 'hard_silu'],
  ['silu', '2.14.0', 'swish'],
  ['celu', '3.0.5', 'elu'],
  ['hard_sigmoid', null, undefined],
])('the activation %s of Keras %s is %s', async (activation, version, wanted) => {
  const layers = [inputLayer('x', [2]), layer('Activation', 'it', { activation }, ['x'])];
  await writeKeras(file('named.h5'), { model: functional('m', layers, ['x'], ['it']), version });
  if (wanted === undefined)
    expect(await messageFor(importKeras(file('named.h5')))).toContain(
      'has the activation "hard_sigmoid", which is not',
    );
  else
    expect((await importKeras(file('named.h5'))).network.layers).toEqual([
      { kind: 'activation', name: 'it', inputs: ['x'], activation: wanted },
    ]);
});

describe('what cannot be imported', () => {
  /** The message about one layer that reads an image of 6 x 4 x 2. */
  const refusal = async (className: string, config: object): Promise<string> => {
    const layers = [inputLayer('image', [6, 4, 2]), layer(className, 'it', config, ['image'])];
    await writeKeras(file('one.h5'), { model: functional('m', layers, ['image'], ['it']) });
    const message = await messageFor(importKeras(file('one.h5')));
    return message.split('\n')[0]!.replace('error[keras-layer]: one.h5: it: the layer ', '');
  };
  const conv = { filters: 2, kernel_size: [3, 3] };

  it.each([
    ['Conv2D', { ...conv, data_format: 'channels_first' }, 'has data_format = "channels_first", which is not imported'],
    ['Conv2D', { ...conv, dilation_rate: 0 }, 'has dilation_rate = 0, which is not imported'],
    ['Conv2D', { ...conv, groups: 2 }, 'has groups = 2, which is not imported'],
    ['Conv2D', { ...conv, padding: 'causal' }, 'has padding = "causal", which is not imported'],
    ['Conv2D', { kernel_size: 3 }, 'has no "filters"'],
    ['Conv2DTranspose', { ...conv, output_padding: -1 }, 'has output_padding = -1, which is not imported'],
    ['UpSampling2D', { interpolation: 'bicubic' }, 'has interpolation = "bicubic", which is not imported'],
    ['BatchNormalization', { axis: [1] }, 'works along axis 1, where only the last one is imported (channels last)'],
    ['BatchNormalization', { renorm: true }, 'has renorm = true, which is not imported'],
    ['Flatten', { data_format: 'channels_first' }, 'has data_format = "channels_first", which is not imported'],
    ['Concatenate', { axis: 0 }, 'joins along axis 0, which is that of the batch'],
    ['ELU', { alpha: 'x' }, 'has alpha = "x", which is not imported'],
    ['PReLU', { shared_axes: [0] }, 'has shared_axes = [0], which is not imported'],
    ['Average', { axis: 1 }, 'has axis = 1, which is not imported'],
    ['Average', { axis: null }, 'has axis = null, which is not imported'],
    ['Rescaling', { scale: [[1]] }, 'has scale = [[1]], which is not imported'],
    ['Normalization', { mean: 1, variance: 2 }, 'has mean = 1, which is not imported'],
    ['LayerNormalization', { axis: [1, 2] }, 'has axis = [1,2], which is not imported'],
    ['LayerNormalization', { axis: 1 }, 'works along axis 1, where only the last one is imported (channels last)'],
    [
      'MaxPooling2D',
      { pool_size: 2, strides: 1 },
      'has strides of 1 x 1, where only those of its pool size are imported',
    ],
    [
      'AveragePooling2D',
      { pool_size: [4, 2], padding: 'same' },
      'pads images of 6 x 4 x 2 to blocks of 4 x 2, which is not imported',
    ],
    ['ReLU', { threshold: -1 }, 'has threshold = -1, which is not imported'],
    [
      'Activation',
      { activation: { class_name: 'PReLU', config: {} } },
      'has the activation {"class_name":"PReLU","config":{}}, which is not imported',
    ],
  ])('%s %j', async (className, config, message) => {
    expect(await refusal(className, config)).toBe(message);
  });

  it('a class and an activation that are not known list those that are', async () => {
    expect(await refusal('Lambda', {})).toBe(
      'is a Lambda layer, which is not imported; these are: Dense, Conv2D, Conv2DTranspose, UpSampling2D, ZeroPadding2D, Cropping2D, ' +
        'BatchNormalization, LeakyReLU, ReLU, ELU, PReLU, Softmax, Reshape, Flatten, Concatenate, ' +
        'Add, Subtract, Multiply, Average, Maximum, Minimum, Permute, RepeatVector, Rescaling, Normalization, LayerNormalization, ' +
        'AveragePooling2D, MaxPooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, Activation, Dropout, Identity',
    );
    expect(await refusal('Activation', { activation: 'sparsemax' })).toBe(
      'has the activation "sparsemax", which is not imported; these are: linear, relu, relu6, leaky_relu, elu, selu, exponential, sigmoid, tanh, ' +
        'softplus, softsign, swish, softmax, gelu, mish, hard_silu, hard_tanh, log_softmax, log_sigmoid, tanh_shrink, soft_shrink, hard_shrink, ' +
        'squareplus, sparse_plus, sparse_sigmoid, hard_sigmoid, silu, hard_swish, celu',
    );
  });

  it('is named all at once, also behind a layer that is not imported', async () => {
    const layers = [
      inputLayer('x', [4]),
      layer('Lambda', 'sampling', {}, ['x']),
      layer('Reshape', 'image', { target_shape: [2, 2, 1] }, ['sampling']),
      layer('UpSampling2D', 'up', { interpolation: 'bicubic' }, ['image']),
      layer('Reshape', 'wrong', { target_shape: [3, -1] }, ['x']),
    ];
    await writeKeras(file('many.h5'), { model: functional('m', layers, ['x'], ['up', 'wrong']) });
    const message = await messageFor(importKeras(file('many.h5')));
    expect(
      message
        .split('\n')
        .filter((line) => line.startsWith('error'))
        .map((line) => line.slice(0, 70)),
    ).toEqual([
      'error[keras-layer]: many.h5: sampling: the layer is a Lambda layer, wh',
      'error[keras-layer]: many.h5: up: the layer has interpolation = "bicubi',
      'error[keras-layer]: many.h5: wrong: the layer makes [3, -1] of 4 value',
    ]);
  });

  it('a model around models says how these are taken alone', async () => {
    const inner = functional('decoder', [inputLayer('z', [2]), layer('Flatten', 'flat', {}, ['z'])], ['z'], ['flat']);
    const body = { ...inner, name: 'decoder', inbound_nodes: [[['sampling', 0, 0, {}]]] };
    const layers = [inputLayer('x', [2]), layer('Lambda', 'sampling', {}, ['x']), body];
    await writeKeras(file('vae.h5'), { model: functional('vae', layers, ['x'], ['decoder']) });
    expect(await messageFor(importKeras(file('vae.h5')))).toContain(
      'and save it again; or take a model inside it: --submodel decoder',
    );
    expect((await importKeras(file('vae.h5'), 'decoder')).network.outputs).toEqual(['flat']);
  });

  it('dropout that is called as in training', async () => {
    const drop = {
      class_name: 'Dropout',
      name: 'd',
      config: { name: 'd', rate: 0.5 },
      inbound_nodes: [[['x', 0, 0, { training: true }]]],
    };
    await writeKeras(file('training.h5'), { model: functional('m', [inputLayer('x', [4]), drop], ['x'], ['d']) });
    expect(await messageFor(importKeras(file('training.h5')))).toContain(
      'error[keras-layer]: training.h5: d: the layer is called with training=True, which is not imported',
    );
  });

  it('a sum with a number, which Keras 3 writes as a layer Add', async () => {
    const tensor = {
      class_name: '__keras_tensor__',
      config: { shape: [null, 4], dtype: 'float32', keras_history: ['x', 0, 0] },
    };
    const node = (args: readonly unknown[]) => [{ args, kwargs: { training: false, mask: null } }];
    const sum = { class_name: 'Add', name: 's', config: { name: 's' } };
    const model = (args: readonly unknown[]) =>
      functional('m', [inputLayer('x', [4]), { ...sum, inbound_nodes: node(args) }], ['x'], ['s']);
    await writeKeras(file('number.h5'), { model: model([tensor, 1]) });
    expect(await messageFor(importKeras(file('number.h5')))).toContain(
      'error[keras-layer]: number.h5: s: the layer Add is called with numbers, as in x + 1, which is not imported',
    );
    await writeKeras(file('number.h5'), { model: model([tensor, tensor]) });
    expect((await importKeras(file('number.h5'))).network.layers[0]!.inputs).toEqual(['x', 'x']);
  });

  it('an input of unknown size', async () => {
    const layers = [inputLayer('x', [null, 4, 1]), layer('Flatten', 'f', {}, ['x'])];
    await writeKeras(file('open.h5'), { model: functional('m', layers, ['x'], ['f']) });
    expect(await messageFor(importKeras(file('open.h5')))).toBe(
      'error[keras-layer]: open.h5: x: the input has the shape [null,null,4,1]: only the batch may be left open\n' +
        '  help: give every other axis a length',
    );
  });

  it('weights that are missing or of another shape, with the dataset', async () => {
    const layers = [
      inputLayer('x', [4]),
      layer('Dense', 'd', { units: 3 }, ['x']),
      layer('BatchNormalization', 'b', {}, ['d']),
    ];
    const weights = {
      'd/d/kernel:0': [3, 4],
      'b/b/gamma:0': [3],
      'd/d/bias:0': [3],
      'b/b/beta:0': [3],
      'b/b/moving_mean:0': [3],
    };
    await writeKeras(file('weights.h5'), { model: functional('m', layers, ['x'], ['b']), weights });
    expect(await messageFor(importKeras(file('weights.h5')))).toBe(
      'error[keras-weights]: weights.h5: model_weights/d/d/kernel:0: of shape 3 x 4, where the layer needs 4 x 3\n' +
        '  help: save model and weights together again\n' +
        'error[keras-weights]: weights.h5: model_weights/b: no dataset is the moving_variance of b, of shape 3\n' +
        '  help: there are: model_weights/b/b/beta:0, model_weights/b/b/gamma:0, model_weights/b/b/moving_mean:0',
    );
  });

  it.each([
    [
      'weights alone',
      (to: string) => writeHdf5File(to, (h5) => h5.attribute('', 'layer_names', ['a'])),
      'it holds weights alone',
    ],
    [
      'another HDF5 file',
      (to: string) => writeHdf5File(to, (h5) => h5.dataset('x', new Float32Array(1), [1])),
      'no Keras model',
    ],
    ['an archive of Keras 3', async (to: string) => writeFileSync(to, 'PK\x03\x04rest'), 'it is an archive'],
    [
      'a model in Python code',
      (to: string) => writeKeras(to, { model: { class_name: 'MyVAE', config: {} } }),
      'the class MyVAE',
    ],
    [
      'no model',
      (to: string) => writeKeras(to, { model: { class_name: 'Functional', config: { name: 'm' } } }),
      'layers: ',
    ],
    ['a loop', loop, 'reads its own result'],
    ['a layer that is not there', absent, 'has no layer "y", which is used'],
  ] as const)('%s', async (name, write, message) => {
    await write(file('no.h5'));
    const text = await messageFor(importKeras(file('no.h5')));
    expect(text).toMatch(/^error\[keras-model\]: no\.h5/);
    expect(text, name).toContain(message);
  });

  function loop(to: string): Promise<void> {
    const layers = [inputLayer('x', [4]), layer('Add', 'a', {}, ['x', 'b']), layer('Flatten', 'b', {}, ['a'])];
    return writeKeras(to, { model: functional('m', layers, ['x'], ['b']) });
  }

  function absent(to: string): Promise<void> {
    return writeKeras(to, {
      model: functional('m', [inputLayer('x', [4]), layer('Flatten', 'f', {}, ['y'])], ['x'], ['f']),
    });
  }
});
