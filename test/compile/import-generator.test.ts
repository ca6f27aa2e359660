/** A Keras decoder as a generator: what is told from it, what is assumed and said, what is refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type GeneratorSource, importGenerator } from '../../src/compile/import-keras/import-generator.js';
import { calorimeters, conditions } from '../../src/zdc/calorimeter.js';
import { functional, inputLayer, layer, writeKeras } from './keras-file.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-import-generator-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A decoder with inputs in this order, whose image has so many pixels. */
async function decoder(
  inputs: readonly (readonly [string, number])[],
  shape: readonly [number, number, 1],
): Promise<string> {
  const to = path.join(work, 'decoder.h5');
  const names = inputs.map(([name]) => name);
  const width = inputs.reduce((sum, [, length]) => sum + length, 0);
  const pixels = shape[0] * shape[1];
  const layers = [
    ...inputs.map(([name, length]) => inputLayer(name, [length])),
    layer('Concatenate', 'both', { axis: 1 }, names),
    layer('Dense', 'dense', { units: pixels, use_bias: false }, ['both']),
    layer('Reshape', 'image', { target_shape: shape }, ['dense']),
  ];
  const model = functional('generator', layers, names, ['image']);
  await writeKeras(to, { model, weights: { 'dense/dense/kernel:0': [width, pixels] } });
  return to;
}

const kind = { conditions, calorimeters: Object.values(calorimeters) };
const imported = (source: GeneratorSource) => importGenerator(source, kind);
const sentence =
  'Energy [GeV], Vx [cm], Vy [cm], Vz [cm], Px [GeV/c], Py [GeV/c], Pz [GeV/c], mass [MeV], charge [e], in this order, scaled';

it('the calorimeter is told from the images, the conditions from their number', async () => {
  const path = await decoder(
    [
      ['z', 10],
      ['c', 9],
    ],
    [56, 30, 1],
  );
  const { artefact, assumptions } = await imported({ path });
  expect(artefact).toMatchObject({
    name: 'generator',
    calorimeter: 'ZP',
    conditions,
    source: 'keras 2.14.0, decoder.h5',
  });
  expect(artefact.decoder.network.inputs.map(({ name }) => name)).toEqual(['z', 'c']);
  expect(artefact.decoder.network.inputs[1]!.units).toEqual([
    'GeV',
    'cm',
    'cm',
    'cm',
    'GeV/c',
    'GeV/c',
    'GeV/c',
    'MeV',
    'e',
  ]);
  expect(assumptions).toEqual([
    `the input c is ${sentence}`,
    'no scales are given: whoever feeds the conditions has to know them (--scales)',
    'images of 56 x 30 x 1 are of the calorimeter ZP',
  ]);
});

it('conditions that stand first are put last, and read what they read before', async () => {
  const path = await decoder(
    [
      ['c', 9],
      ['z', 4],
    ],
    [44, 44, 1],
  );
  const scaler = { means: Array<number>(9).fill(0), scales: Array<number>(9).fill(1) };
  const { artefact, assumptions } = await imported({ path, name: 'mine', calorimeter: 'ZN', scaler });
  expect(artefact).toMatchObject({ name: 'mine', calorimeter: 'ZN', scaler });
  expect(artefact.decoder.network.inputs.map(({ name }) => name)).toEqual(['z', 'c']);
  expect(artefact.decoder.network.layers[0]!.inputs).toEqual(['c', 'z']);
  expect(assumptions).toEqual([
    `the input c is ${sentence}`,
    'the inputs are put in the order noise, conditions; the file has c earlier',
  ]);
});

it('two inputs of nine values: the first is noise', async () => {
  const path = await decoder(
    [
      ['a', 9],
      ['b', 9],
    ],
    [56, 30, 1],
  );
  expect((await imported({ path })).assumptions).toContain(
    'the input a, of as many values, is noise, for it stands first',
  );
});

it('a generator of something else is taken over all the same', async () => {
  const path = await decoder([['z', 3]], [4, 4, 1]);
  const { artefact, assumptions } = await imported({ path });
  expect(artefact.conditions).toEqual([]);
  expect(artefact).not.toHaveProperty('calorimeter');
  expect(assumptions).toEqual([
    'no input has 9 values: it is not known which values are conditions',
    'images of 4 x 4 x 1 are of no known calorimeter: channel sums cannot be exported',
  ]);
});

it('a calorimeter or scales that cannot be those of the model', async () => {
  const path = await decoder(
    [
      ['z', 10],
      ['c', 9],
    ],
    [56, 30, 1],
  );
  await expect(imported({ path, calorimeter: 'ZN' })).rejects.toThrow(
    /error\[bad-option\]: --calorimeter ZN: the images of .*decoder.h5 are 56 x 30 x 1, those of ZN 44 x 44, of ZP 56 x 30/,
  );
  await expect(imported({ path, scaler: { means: [1, 2], scales: [1, 1] } })).rejects.toThrow(
    /error\[bad-option\].*the model has 9 conditions, the scales are for 2/,
  );
});
