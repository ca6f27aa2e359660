/** What a training is made of: the split, the scaler, the layers of a configuration, the rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { withHdf5File } from '../../../src/data/hdf5/file.js';
import { layerShapes } from '../../../src/network/layers/shapes.js';
import { weightCounts } from '../../../src/network/layers/weights.js';
import { calorimeters } from '../../../src/zdc/calorimeter.js';
import { readZdcConfig } from '../../../src/zdc/config.js';
import { openShowers } from '../../../src/zdc/prepare/prepared.js';
import { groupParticles } from '../../../src/zdc/train/groups.js';
import { networksOf } from '../../../src/zdc/train/networks.js';
import { checkNetworks } from '../../../src/zdc/train/objective.js';
import { defaultTrainOptions, trainOptionsSchema } from '../../../src/zdc/train/options.js';
import { fitScaler, scaleRow, scalesText } from '../../../src/zdc/train/scaler.js';
import { splitShowers } from '../../../src/zdc/train/split.js';
import { writeTrainingFile } from '../../../src/zdc/train/training-file.js';
import { sample, writeSampleShowers } from '../sample-showers.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-zdc-pieces-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('splitShowers', () => {
  /** Forty showers of ten particles, each four times; a row is two numbers. */
  const particles = Float64Array.from({ length: 80 }, (_, place) => Math.floor(place / 8) + (place % 2) / 10);

  it('by showers: every shower once, as many in the test as asked for, rounded up', () => {
    const { train, test } = splitShowers(particles, 2, { test_fraction: 0.21, by: 'showers' }, 1);
    expect(test.length).toBe(9);
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
    expect([...test]).toEqual([...test].sort((a, b) => a - b));
  });

  it('by particles: all showers of a particle are on one side', () => {
    const { train, test } = splitShowers(particles, 2, { test_fraction: 0.21, by: 'particles' }, 1);
    expect(test.length).toBe(12);
    const of = (rows: Uint32Array): Set<number> => new Set([...rows].map((row) => Math.floor(row / 4)));
    expect([...of(train)].filter((particle) => of(test).has(particle))).toEqual([]);
  });

  it('depends on the seed alone', () => {
    const test = (seed: number): string =>
      splitShowers(particles, 2, { test_fraction: 0.2, by: 'showers' }, seed).test.join();
    expect(test(5)).toBe(test(5));
    expect(test(5)).not.toBe(test(6));
  });

  it('is refused where a set would be empty', () => {
    expect(() => splitShowers(particles.slice(0, 8), 2, { test_fraction: 0.2, by: 'particles' }, 1)).toThrow(
      'error[too-few-rows]: configuration: train.split: 4 showers of 1 particles cannot be split',
    );
  });
});

describe('groupParticles', () => {
  it('numbers particles in the order in which they appear, and tells numbers apart that differ in the last place', () => {
    const values = [1, 2, 3, 1 + Number.EPSILON, 2, 3, 1, 2, 3];
    expect(groupParticles(Float64Array.from(values), 3)).toEqual({
      groupOf: Int32Array.of(0, 1, 0),
      firstRows: [0, 1],
    });
  });
});

describe('fitScaler', () => {
  const particles = Float64Array.of(1, 5, 7000.1, 3, 5, 7000.1, 100, 9, 0, 8, 5, 7000.1);

  it('has the means and the deviations of the chosen rows, and 1 where nothing changes', () => {
    const { means, scales } = fitScaler(particles, 3, Uint32Array.of(0, 1, 3));
    expect(means[0]).toBe(4);
    expect(scales[0]).toBeCloseTo(Math.sqrt((9 + 1 + 16) / 3), 14);
    expect([means[1], scales[1]]).toEqual([5, 1]);
    expect(scales[2]).toBe(1);
  });

  it('scales a row in place', () => {
    const into = new Float32Array(4).fill(-7);
    scaleRow({ means: [4, 5, 0], scales: [2, 1, 10] }, particles, 3, into, 1);
    expect([...into]).toEqual([-7, 2, 0, Math.fround(700.01)]);
  });

  it('is written as O2 reads it: two blocks with an empty line between, numbers that read back exactly', () => {
    const scaler = { means: [0.1 + 0.2, -1.5e-8, 4], scales: [1190.123456789012, 1, 5e-6] };
    const lines = scalesText(scaler).split('\n');
    expect(lines).toEqual([
      '#means',
      '0.30000000000000004',
      '-1.5e-8',
      '4',
      '',
      '#scales',
      '1190.123456789012',
      '1',
      '0.000005',
      '',
    ]);
    expect(lines.slice(1, 4).map(Number)).toEqual(scaler.means);
    expect(lines.slice(6, 9).map(Number)).toEqual(scaler.scales);
  });
});

describe('networks', () => {
  it.each([
    ['ZP', 498_881],
    ['ZN', 520_065],
  ] as const)('the default decoder of %s has the published number of parameters', (name, count) => {
    const { encoder, decoder } = networksOf(defaultTrainOptions, calorimeters[name]);
    expect(weightCounts(decoder, name).all).toBe(count);
    expect(layerShapes(decoder, name).get(decoder.outputs[0]!)).toEqual([...calorimeters[name].shape, 1]);
    expect(encoder.outputs.map((output) => layerShapes(encoder, name).get(output))).toEqual([[10], [10]]);
  });

  it('are what the configuration lists, numbered as Keras does', () => {
    const options = trainOptionsSchema.parse({
      latent: 4,
      decoder: [
        { layer: 'Dense', units: 12, activation: 'relu' },
        { layer: 'Dense', units: 1680, use_bias: false },
        { layer: 'Reshape', target_shape: [56, 30, 1] },
      ],
    });
    const { decoder } = networksOf(options, calorimeters.ZP);
    expect(decoder.inputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['noise', 4],
      ['conditions', 9],
    ]);
    expect(decoder.layers.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ['joined', 'noise', 'conditions'],
      ['dense', 'joined'],
      ['dense_1', 'dense'],
      ['reshape', 'dense_1'],
    ]);
    expect(weightCounts(decoder, 'ZP').all).toBe(13 * 12 + 12 + 12 * 1680);
  });

  it('that give another image are refused', () => {
    const options = trainOptionsSchema.parse({ decoder: [{ layer: 'Dense', units: 5 }] });
    expect(() => checkNetworks(networksOf(options, calorimeters.ZN), calorimeters.ZN)).toThrow(
      'error[bad-layer]: configuration: train.decoder: it ends with 5, an image of ZN is 44 x 44 x 1',
    );
  });

  it('of the configuration that is shipped give the image of the proton calorimeter', () => {
    const { config } = readZdcConfig(fileURLToPath(new URL('../../../fixtures/zdc/train-dense.yaml', import.meta.url)));
    checkNetworks(networksOf(config.train, calorimeters.ZP), calorimeters.ZP);
    expect(config.evaluate.sampling).toBe('poisson');
  });

  it('say which key of a layer is wrong', () => {
    const issues = (layer: object) =>
      trainOptionsSchema.safeParse({ decoder: [layer] }).error!.issues.map(({ path: place, code }) => [place, code]);
    expect(issues({ layer: 'Conv2D', filters: 2 })[0]![0]).toEqual(['decoder', 0, 'kernel_size']);
    expect(issues({ layer: 'Dense', units: 2, unit: 3 })).toEqual([[['decoder', 0], 'unrecognized_keys']]);
    expect(issues({ layer: 'LSTM', units: 2 })[0]![0]).toEqual(['decoder', 0, 'layer']);
  });
});

describe('writeTrainingFile', () => {
  it('holds log(photons + 1) and scaled conditions of each set, and is made anew only when something changed', async () => {
    const [showersPath, rows] = [path.join(work, 'Showers.h5'), path.join(work, 'rows.h5')];
    await writeSampleShowers(showersPath);
    const showers = await openShowers(showersPath);
    const particles = showers.readParticles(0, showers.count);
    const split = splitShowers(particles, 9, { test_fraction: 0.2, by: 'showers' }, 3);
    const scaler = fitScaler(particles, 9, split.train);
    let written = 0;
    const write = (identity: string): Promise<void> =>
      writeTrainingFile(rows, showers, particles, split, scaler, identity, () => ({
        advance: (count) => {
          written += count;
        },
        done() {},
      }));
    await write('a');
    expect(written).toBe(sample.particles * sample.showers);
    await write('a');
    expect(written).toBe(sample.particles * sample.showers);
    await write('b');
    expect(written).toBe(2 * sample.particles * sample.showers);
    await withHdf5File(rows, (file) => {
      for (const [name, chosen] of [
        ['train', split.train],
        ['test', split.test],
      ] as const) {
        const dataset = file.dataset(name);
        expect(dataset.shape).toEqual([chosen.length, 1680 + 9]);
        for (const [place, row] of chosen.entries()) {
          const found = dataset.read(place, place + 1);
          const photons = showers.readResponses(row, row + 1);
          const differences = photons.map((count, pixel) => Math.abs(found[pixel]! - Math.log(count + 1)));
          expect(Math.max(...differences)).toBeLessThan(1e-6);
          const scaled = (particles[row * 9]! - scaler.means[0]!) / scaler.scales[0]!;
          expect(found[1680]).toBeCloseTo(scaled, 5);
        }
      }
    });
    showers.close();
  });
});
