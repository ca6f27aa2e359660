/** Generators that cannot be evaluated on showers are refused, with everything that does not fit. */
import { describe, expect, it } from 'vitest';
import type { TrainedNetwork } from '../../../src/artefact/generator.js';
import type { LayerInput } from '../../../src/network/layers/layers.js';
import { type CalorimeterName, calorimeters } from '../../../src/zdc/calorimeter.js';
import { checkGenerator } from '../../../src/zdc/evaluate/check-generator.js';

const scaler = { means: Array(9).fill(0), scales: Array(9).fill(1) };
const noise: LayerInput = { name: 'noise', shape: [10] };
const conditions: LayerInput = { name: 'conditions', shape: [9] };

function decoder(inputs: readonly LayerInput[], shape: readonly number[]): TrainedNetwork {
  const units = shape.reduce((product, length) => product * length, 1);
  const names = inputs.map(({ name }) => name);
  return {
    network: {
      name: 'decoder',
      inputs,
      layers: [
        { kind: 'concatenate', name: 'joined', inputs: names, axis: 0 },
        { kind: 'dense', name: 'all', inputs: ['joined'], units, hasBias: false, activation: 'linear' },
        { kind: 'reshape', name: 'image', inputs: ['all'], shape },
      ],
      outputs: ['image'],
    },
    weights: new Map(),
  };
}

const showersOf = (name: CalorimeterName) => ({ calorimeter: calorimeters[name], path: 'Showers.h5' });
const check =
  (inputs: readonly LayerInput[], shape: readonly number[], name: CalorimeterName = 'ZP') =>
  () =>
    checkGenerator({ decoder: decoder(inputs, shape), scaler }, showersOf(name), 'g.h5');

describe('checkGenerator', () => {
  it.each([[[56, 30, 1]], [[56, 30]], [[1680]]])('takes an image of %j', (shape) => {
    expect(check([noise, conditions], shape)()).toBe(scaler);
  });

  it('refuses images of another calorimeter, and transposed ones', () => {
    const message = /foreign-generator.*g.h5: it makes images of 56 x 30 x 1; Showers.h5 has showers in ZN, 44 x 44/;
    expect(check([noise, conditions], [56, 30, 1], 'ZN')).toThrow(message);
    expect(check([noise, conditions], [30, 56, 1])).toThrow('it makes images of 30 x 56 x 1');
  });

  it('refuses other inputs', () => {
    expect(check([conditions], [1680])).toThrow('it reads conditions (9), not noise and 9 conditions');
    expect(check([conditions, noise], [1680])).toThrow('it reads conditions (9), noise (10)');
  });

  it('refuses a generator without scales, together with all else', () => {
    const of = { decoder: decoder([noise], [1680]) };
    for (const part of ['no-scales', 'it reads noise (10)', 'it makes images of 1680'])
      expect(() => checkGenerator(of, showersOf('ZN'), 'g.h5')).toThrow(part);
  });
});
