/** generator.h5: nothing is lost, the bytes are the same each time, and a file that is damaged says so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GeneratorArtefact, TrainedNetwork } from '../../src/artefact/generator.js';
import { isGenerator, readGenerator, writeGenerator } from '../../src/artefact/generator-file.js';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { withHdf5File } from '../../src/data/hdf5/file.js';
import { type Hdf5Writer, writeHdf5File } from '../../src/data/hdf5/write.js';
import type { LayerNetwork } from '../../src/network/layers/layers.js';
import { weightRoles } from '../../src/network/layers/weights.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-generator-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = (name: string): string => path.join(work, name);

/** Every kind of layer, and names that are no HDF5 paths. */
const decoderNetwork: LayerNetwork = {
  name: 'Protonengenerator ü',
  inputs: [
    { name: 'noise', shape: [2] },
    { name: 'c', shape: [1], units: ['GeV'] },
  ],
  layers: [
    { kind: 'concatenate', name: 'a/b', inputs: ['noise', 'c'], axis: 0 },
    { kind: 'dense', name: 'vae/dense.1', inputs: ['a/b'], units: 8, hasBias: true, activation: 'selu' },
    { kind: 'reshape', name: '..', inputs: ['vae/dense.1'], shape: [2, 2, 2] },
    { kind: 'up_sampling2d', name: 'up', inputs: ['..'], factors: [2, 1] },
    {
      kind: 'conv2d_transpose',
      name: 't%',
      inputs: ['up'],
      filters: 3,
      kernelSize: [2, 3],
      strides: [1, 2],
      padding: 'valid',
      hasBias: false,
      activation: 'linear',
    },
    {
      kind: 'batch_normalisation',
      name: 'bn',
      inputs: ['t%'],
      momentum: 0.99,
      epsilon: 0.1 + 0.2,
      hasScale: false,
      hasCentre: true,
    },
    { kind: 'leaky_relu', name: 'leaky', inputs: ['bn'], slope: 0.1 },
    { kind: 'relu', name: 'limited', inputs: ['leaky'], slope: 0, threshold: 0.5, maxValue: 6 },
    { kind: 'dropout', name: 'drop', inputs: ['limited'], rate: 0.25 },
    { kind: 'add', name: 'sum', inputs: ['limited', 'drop'] },
    {
      kind: 'conv2d',
      name: 'conv',
      inputs: ['sum'],
      filters: 1,
      kernelSize: [1, 3],
      strides: [1, 1],
      padding: 'same',
      hasBias: true,
      activation: 'relu',
    },
    { kind: 'activation', name: 'act', inputs: ['conv'], activation: 'tanh' },
    { kind: 'flatten', name: 'flat', inputs: ['act'] },
  ],
  outputs: ['act', 'flat'],
};

const encoderNetwork: LayerNetwork = {
  name: 'encoder',
  inputs: [{ name: 'image', shape: [2, 2, 1] }],
  layers: [
    { kind: 'flatten', name: 'flat', inputs: ['image'] },
    { kind: 'dense', name: 'mean', inputs: ['flat'], units: 2, hasBias: true, activation: 'linear' },
  ],
  outputs: ['mean'],
};

function trained(network: LayerNetwork, seed: number): TrainedNetwork {
  const random = Random.seeded(seed);
  const weights = [...weightRoles(network, 'test')].map(([name, { shape }]) => {
    const length = shape.reduce((product, count) => product * count, 1);
    return [name, { shape, values: Float32Array.from({ length }, () => random.normal()) }] as const;
  });
  return { network, weights: new Map(weights) };
}

const sample: GeneratorArtefact = {
  name: 'β-VAE of protons',
  calorimeter: 'ZP',
  decoder: trained(decoderNetwork, 1),
  encoder: trained(encoderNetwork, 2),
  scaler: { means: [1067.123456789012], scales: [1e-300] },
  conditions: [{ name: 'Energy', unit: 'GeV' }],
  configuration: '{"seed": 1,\n "text": "ü"}',
  source: '',
};

/** Without what may be absent. */
const least: GeneratorArtefact = { name: '', decoder: sample.decoder, conditions: [], source: 'test' };

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

/** Copies the sample without names that match, then adds what `change` does. */
async function changed(name: string, leftOut: RegExp, change: (to: Hdf5Writer) => void = () => {}): Promise<string> {
  await writeGenerator(file('sample.h5'), sample);
  await withHdf5File(file('sample.h5'), (from) =>
    writeHdf5File(file(name), (to) => {
      for (const dataset of from.datasets.filter((dataset) => !leftOut.test(dataset))) {
        const { type, shape, readAll, readStrings } = from.dataset(dataset);
        if (type === 'string') to.strings(dataset, readStrings());
        else to.dataset(dataset, readAll(), shape);
      }
      for (const [key, value] of from.attributes('')) if (!leftOut.test(`@${key}`)) to.attribute('', key, value);
      change(to);
    }),
  );
  return messageFor(readGenerator(file(name)));
}

describe('what is written is read', () => {
  it.each([
    ['everything', sample],
    ['the least', least],
  ])('%s', async (_, artefact) => {
    await writeGenerator(file('round.h5'), artefact);
    expect(await readGenerator(file('round.h5'))).toEqual(artefact);
    expect(await isGenerator(file('round.h5'))).toBe(true);
  });

  it('with the same bytes, whatever the order of the keys', async () => {
    await writeGenerator(file('a.h5'), sample);
    const { network } = sample.decoder;
    const layers = network.layers.map((layer) => Object.fromEntries(Object.entries(layer).reverse()));
    const reversed = { outputs: network.outputs, layers, inputs: network.inputs, name: network.name } as unknown;
    await writeGenerator(file('b.h5'), {
      ...sample,
      decoder: { ...sample.decoder, network: reversed as LayerNetwork },
    });
    expect(readFileSync(file('b.h5')).equals(readFileSync(file('a.h5')))).toBe(true);
    await writeGenerator(file('c.h5'), await readGenerator(file('b.h5')));
    expect(readFileSync(file('c.h5')).equals(readFileSync(file('a.h5')))).toBe(true);
  });

  it('refuses weights that are not those of the network', async () => {
    const weights = new Map([['mean/kernel', { shape: [3, 2], values: new Float32Array(6) }]]);
    const broken = { ...least, decoder: { network: encoderNetwork, weights } };
    expect(await messageFor(writeGenerator(file('never.h5'), broken))).toBe(
      'error[wrong-weights]: encoder: mean/kernel: of shape 3 x 2, where the layer has 4 x 2\n' +
        '  help: write the network with its weights again\n' +
        'error[wrong-weights]: encoder: mean/bias: missing: weights of shape 2\n' +
        '  help: write the network with its weights again',
    );
  });
});

describe('what is no generator, or no longer', () => {
  it('another HDF5 file', async () => {
    await writeHdf5File(file('events.h5'), (to) => to.dataset('events', new Float32Array(6), [2, 3]));
    expect(await isGenerator(file('events.h5'))).toBe(false);
    expect(await messageFor(readGenerator(file('events.h5')))).toBe(
      'error[not-an-artefact]: events.h5: an HDF5 file, but no generator of axoc\n' +
        '  help: give the generator.h5 of `axoc zdc train`, or make one from a Keras file with `axoc import`',
    );
  });

  it('one of another version', async () => {
    expect(await changed('new.h5', /@version/, (to) => to.attribute('', 'version', 9))).toContain(
      'error[artefact-version]: new.h5: a generator of version 9, this program reads version 1',
    );
  });

  it('weights that are missing or of another shape: all at once', async () => {
    const message = await changed('missing.h5', /bn\/beta|conv\/bias/, (to) =>
      to.dataset('decoder/weights/conv/bias', new Float32Array(2), [2]),
    );
    expect(message).toContain('error[wrong-weights]: missing.h5: decoder: bn/beta: missing: weights of shape 3');
    expect(message).toContain('decoder: conv/bias: of shape 2, where the layer has 1');
  });

  it('a number that was changed', async () => {
    const message = await changed('flipped.h5', /conv\/bias/, (to) =>
      to.dataset('decoder/weights/conv/bias', Float32Array.of(0.5), [1]),
    );
    expect(message).toBe(
      'error[bad-artefact]: flipped.h5: its content does not match its checksum (sha256)\n' +
        '  help: the file was changed or damaged: write it again',
    );
  });

  it('a network that is none', async () => {
    const message = await changed('layer.h5', /decoder\/network/, (to) =>
      to.strings('decoder/network', ['{"name":"x","inputs":[],"layers":[{"kind":"lambda"}],"outputs":[]}']),
    );
    expect(message).toContain('error[bad-artefact]: layer.h5: decoder/network: layers.0.kind: ');
    expect(await changed('json.h5', /header/, (to) => to.strings('header', ['{']))).toContain(
      'error[bad-artefact]: json.h5: header: a JSON text in it is not JSON',
    );
    expect(await changed('none.h5', /^encoder\/network/)).toContain('none.h5');
  });

  it('half a file', async () => {
    await writeGenerator(file('whole.h5'), sample);
    const bytes = readFileSync(file('whole.h5'));
    writeFileSync(file('half.h5'), bytes.subarray(0, bytes.length / 2));
    expect(await messageFor(readGenerator(file('half.h5')))).toContain('error[damaged-hdf5]: half.h5: ');
  });
});
