/** An artefact with every field, and the prepared events it copies. */
import type { Artefact } from '../../src/artefact/artefact.js';
import { writeHdf5File } from '../../src/data/hdf5/write.js';
import type { Description } from '../../src/network/description.js';

export const sampleDescription: Description = {
  name: 'sample',
  inputs: 3,
  hardware_format: 'ap_fixed<18,13>',
  offset_format: 'ap_fixed<10,10>',
  offset: [16, 0, 72],
  shift: [3, 0, -6],
  lsb: [0.5, 1, 1],
  scaled_format: 'ap_fixed<18,13>',
  input_format: 'ap_fixed<8,6,AP_RND_CONV,AP_SAT>',
  layers: [
    {
      kind: 'dense',
      name: 'first/dense',
      weights: [
        [0.5, -1],
        [0, 0.25],
        [1.5, 0],
      ],
      bias: [0.125, -2],
      weight_format: 'ap_fixed<6,3>',
      bias_format: 'ap_fixed<10,7>',
      accum_format: 'ap_fixed<20,12>',
      result_format: 'ap_fixed<10,7,AP_RND_CONV,AP_SAT>',
    },
    { kind: 'relu', name: 'relu', result_format: 'ap_ufixed<9,6>' },
    { kind: 'leaky_relu', name: '{"a":1}', input: 'first/dense', slope: 0.125 },
    { kind: 'cast', name: 'mu', input: 'relu', result_format: 'ap_fixed<10,7>' },
  ],
  score: { kind: 'sum-of-squared-difference', of: 'mu', minus: '{"a":1}', result_format: 'ap_ufixed<18,14>' },
};

export const sampleArtefact: Artefact = {
  configuration: '{"model":{"latent_dim":2}}',
  seeds: { global_seed: 123, synthesis: 4294967295 },
  versions: { axoc: '0.1.0' },
  layout: ['MET'],
  normalisation: { scale: [[8, 1, 64]], bias: [[32, 0, 72.5]] },
  trimmedEncoder: sampleDescription,
  encoder: {
    layers: '[{"kind":"dense","name":"encoder1"}]',
    tensors: new Map([
      ['z/kernel', { shape: [3, 2], values: Float32Array.of(0.1, -0.2, 3e-8, 4, 5, 6) }],
      ['encoder1/bias', { shape: [2], values: Float32Array.of(1, -0) }],
    ]),
  },
  decoder: { layers: '[]', tensors: new Map() },
  history: new Map([
    ['loss', [3, 2.5, Number.NaN]],
    ['efficiency/HHHTo6B', [0.1, 0.2, 0.3]],
    ['..', []],
  ]),
  thresholds: [
    { key: 10, kind: 'raw', value: 12.0625, integer: 194n },
    { key: 0.15, kind: 'pure', value: 99.5, integer: 123456789012345678901n },
  ],
  scoreTables: new Map([
    [
      '10',
      {
        signals: ['HHHTo6B', 'µµ'],
        axo: [0.72, 0.5],
        pure: [0.1, undefined],
        level1: [0.6, undefined],
        ht: [0.5, 0],
        improvement: [0.1, undefined],
      },
    ],
    ['0.15', { signals: ['HHHTo6B', 'µµ'], axo: [0.3, 0.1] }],
  ]),
  histograms: {
    background: { bins: [0, 1, 2], counts: [100, 7] },
    signals: new Map([['100%/a', { bins: [0, 1, 2], counts: [1, 9] }]]),
  },
};

export const sampleEvents = 40_000;

/** A small file in the layout of prepared events, with more rows than one slab has. */
export function writePreparedData(path: string): Promise<void> {
  return writeHdf5File(path, (file) => {
    file.attribute('', 'config', '{}');
    const data = Float32Array.from({ length: sampleEvents * 57 }, (_, index) => (index % 1021) / 4 - 32);
    const train = file.appender('Background_data/Train/DATA', 'float32', [19, 3], { gzip: 1 });
    train.append(data);
    file.dataset(
      'Background_data/Train/L1bits',
      Int8Array.from({ length: sampleEvents }, (_, index) => index % 2),
      [sampleEvents],
    );
    file.dataset('Background_data/Test/ET', new Float32Array(0), [0]);
    file.dataset('Signal_data/HHHTo6B/DATA', new Float32Array(57), [1, 19, 3]);
    file.attribute('Signal_data/HHHTo6B/DATA', 'synthetic', 1);
    file.dataset('Normalisation/norm_scale', new Float64Array(57).fill(2), [19, 3]);
    file.dataset('Normalisation/norm_bias', new Float64Array(57).fill(-1), [19, 3]);
    file.dataset('private/cache', new Float64Array(1), [1]);
  });
}
