/** Configuration: what overrides what, and every way of getting it wrong. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { merge } from '../../src/l1/config/merge.js';
import { configHash, printConfig } from '../../src/l1/config/print.js';
import { master, resolveConfig } from '../../src/l1/config/resolve.js';
import type { Slave } from '../../src/l1/config/schema.js';
import { modelOptionsOf } from '../../src/l1/run/model-options.js';
import { messageOf } from '../base/thrown.js';
import { expectGolden } from '../support/golden.js';

const fixtures = fileURLToPath(new URL('../../fixtures/config/', import.meta.url));
const work = mkdtempSync(path.join(tmpdir(), 'axoc-config-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function written(text: string, name = 'slave.yaml'): string {
  const file = path.join(work, name);
  writeFileSync(file, text);
  return file;
}

describe('MASTER', () => {
  it('has the published defaults', () => {
    expect(resolveConfig()).toEqual(master);
    expect(master.model.encoder_config.nodes).toEqual([28, 15]);
    expect(master.model.decoder_config.nodes).toEqual([24, 32, 64, 128, 57]);
    expect(master.model).toMatchObject({
      latent_dim: 8,
      features: 57,
      ap_fixed_kernel: [6, 2],
      ap_fixed_bias: [10, 6],
      ap_fixed_activation: [10, 6],
      ap_fixed_data: [8, 5],
    });
    expect(master.train).toMatchObject({
      train_mode: 'VAE',
      VAE_config: { alpha: 1, beta: 0.604108559135001 },
      common: {
        batch_size: 16384,
        n_epochs: 5,
        optimiser: 'lion',
        weight_decay: 0,
        reconstruction_loss: 'cyl_PtPz_mae',
      },
    });
    expect(master.callback.lr_schedule).toEqual({
      name: 'CosineDecayRestarts_Warmup',
      initial_learning_rate: 1e-4,
      first_decay_steps: 32,
      t_mul: 2,
      m_mul: 0.65,
      alpha: 1e-6,
      warmup_epochs: 10,
    });
    expect(master.threshold).toEqual({
      target_rate: [0.15, 0.2, 0.3, 0.6, 1, 2, 3, 5, 10],
      bc_khz: 28608.8064,
      ht_threshold: 280,
      precision: [8, 5],
    });
    const { BACKGROUND, SIGNAL } = master.data_config.Read_configs;
    expect(BACKGROUND.object_ranges).toEqual({ met: 0, egs: [1, 13], muons: [13, 21], jets: [21, 33] });
    expect(Object.values(BACKGROUND.constituents).map((used) => [used.length, used.filter(Boolean).length])).toEqual([
      [1, 1],
      [12, 4],
      [8, 4],
      [12, 10],
    ]);
    expect(SIGNAL.constituents).toEqual(BACKGROUND.constituents);
    expect(SIGNAL.MAX_NUM_SIGNALS).toBe(200_000);
    expect(master.data_config).toMatchObject({
      Saturation_configs: { saturation_mode: 'mask' },
      Normalisation_configs: { scheme: 'RobustScaler_pow2(5,95,-2,2)', norm_ignore_zeros: true },
      Quantization_configs: { quantize_bits: [8, 5] },
      Processed_data_path: './Data.h5',
    });
    expect(master.determinism).toEqual({ global_seed: 123 });
  });

  it('cannot be changed', () => {
    const config = resolveConfig({ slave: { model: { latent_dim: 4 } } });
    expect(() => (config.model.encoder_config.nodes as number[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign(master.train, { train_mode: 'AE' })).toThrow(TypeError);
  });
});

describe('the score', () => {
  const scored = (score: string, mode = 'VAE') =>
    resolveConfig({ slave: { model: { score }, train: { train_mode: mode as 'VAE' | 'AE' } } });

  it('is a name, or an expression that goes into the model', () => {
    expect(modelOptionsOf(master).scoreKind).toBeUndefined();
    expect(modelOptionsOf(scored('sum-of-squares')).scoreKind).toBe('sum-of-squares');
    expect(modelOptionsOf(scored('sum(abs(mu))')).scoreKind).toEqual({ expression: 'sum(abs(mu))' });
    const difference = 'max(abs(reconstruction - input))';
    expect(modelOptionsOf(scored(difference, 'AE')).scoreKind).toEqual({ expression: difference });
  });

  it('is refused before anything is read', () => {
    expect(messageOf(() => scored('sum-of-sqares'))).toContain(
      'model.score: auto, sum-of-squares, sum-of-squared-difference or an expression such as sum(mu^2) expected, found the text "sum-of-sqares"',
    );
    expect(messageOf(() => scored('sum(nu^2)'))).toBe(
      'error[unknown-layer]: configuration: model.score: no layer "nu" is there for the score\n  help: did you mean "mu"?',
    );
    expect(messageOf(() => scored('sum((reconstruction - input)^2)'))).toContain(
      'a VAE is deployed up to its latent mean',
    );
  });
});

describe('overriding', () => {
  it('takes the public example', () => {
    const { model, train } = resolveConfig({ slave: { model: { encoder_config: { nodes: [28, 64, 128] } } } });
    expect(model.encoder_config.nodes).toEqual([28, 64, 128]);
    expect({ ...model, encoder_config: master.model.encoder_config }).toEqual(master.model);
    expect(train).toEqual(master.train);
  });

  it('file, then object, then options in order', () => {
    const config = written('train: {common: {n_epochs: 1, batch_size: 10, workers: 2}}\nmodel: {latent_dim: 3}');
    const slave = { train: { common: { n_epochs: 2, batch_size: 20 } } };
    const set = ['train.common.n_epochs=3', 'train.common.n_epochs=4', 'store.lite_path=a=b.h5'];
    const resolved = resolveConfig({ config, slave, set });
    expect(resolved.train.common).toMatchObject({ n_epochs: 4, batch_size: 20, workers: 2, optimiser: 'lion' });
    expect([resolved.model.latent_dim, resolved.store.lite_path]).toEqual([3, 'a=b.h5']);
  });

  it('replaces lists whole, and joins maps by key', () => {
    const { model, data_config, threshold } = resolveConfig({
      config: written('model: {quantisers: {score: none, "encoder1/kernel": "quantized_bits(4,1)"}}'),
      set: [
        'model.quantisers.encoder1/kernel=ap_fixed<6,3,AP_RND,AP_SAT>',
        'threshold.target_rate=[7]',
        'data_config.Read_configs.BACKGROUND.object_ranges.met=[0, 1]',
        'data_config.Read_configs.BACKGROUND.object_ranges.taus=[33, 45]',
      ],
    });
    expect(model.quantisers).toEqual({ score: 'none', 'encoder1/kernel': 'ap_fixed<6,3,AP_RND,AP_SAT>' });
    expect(threshold.target_rate).toEqual([7]);
    const { object_ranges } = data_config.Read_configs.BACKGROUND;
    expect(object_ranges).toEqual({ met: [0, 1], egs: [1, 13], muons: [13, 21], jets: [21, 33], taus: [33, 45] });
  });

  it('puts detailed layers in the place of nodes, with their defaults', () => {
    const { encoder_config } = resolveConfig({ config: path.join(fixtures, 'every-kind-of-layer.json') }).model;
    expect(encoder_config.nodes).toEqual([]);
    expect(encoder_config.layers).toEqual([
      { conv2d: { filters: 4, kernel: [1, 3], strides: [1, 1], padding: 'valid' } },
      { batch_norm: true },
      { dense: 12 },
    ]);
  });

  it('reads the example of the documentation', () => {
    const { data_config, callback } = resolveConfig({ config: path.join(fixtures, 'quickstart.yaml') });
    expect(data_config.Synthesis).toEqual({ ...master.data_config.Synthesis, background: 160000, signal: 4000 });
    expect(callback.lr_schedule.initial_learning_rate).toBe(2e-3);
  });

  it.each(['', '# nothing\n', '{}', '---\n'])('is not changed by the file %j', (text) => {
    expect(resolveConfig({ config: written(text) })).toEqual(master);
  });

  it('ignores undefined, which programs leave behind', () => {
    expect(resolveConfig({ slave: { model: undefined, train: { common: { n_epochs: undefined } } } as never })).toEqual(
      master,
    );
  });

  it('merge keeps both arguments as they are', () => {
    const [base, over] = [{ a: { b: 1, c: [1, 2] } }, { a: { c: [3], d: {} } }];
    expect(merge(base, over)).toEqual({ a: { b: 1, c: [3], d: {} } });
    expect([base, over]).toEqual([{ a: { b: 1, c: [1, 2] } }, { a: { c: [3], d: {} } }]);
    expect(merge({ a: [1] }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
    expect(merge({ a: { b: 1 } }, { a: null })).toEqual({ a: null });
  });
});

describe('an option', () => {
  it.each([
    ['callback.csv_log.path=log.csv', 'log.csv'],
    ['callback.csv_log.path="1"', '1'],
    ['callback.csv_log.path=null', null],
    ['callback.csv_log.path=', null],
  ])('%s', (option, value) => {
    expect(resolveConfig({ set: ['callback.csv_log.path=x', option] }).callback.csv_log.path).toBe(value);
  });
});

describe('errors', () => {
  const directory = path.join(fixtures, 'errors');
  const names = readdirSync(directory).filter((name) => !name.endsWith('.txt'));

  it('has fixtures', () => expect(names.length).toBeGreaterThan(15));

  it.each(names)('%s', (name) => {
    const message = messageOf(() => resolveConfig({ config: path.join(directory, name) }));
    expectGolden(path.join(directory, `${name}.txt`), `${message}\n`);
  });

  it('of all sources are shown together, each with its place', () => {
    const message = messageOf(() =>
      resolveConfig({
        config: written('model:\n  latent_dims: 3\n'),
        slave: { train: { comon: {} } } as never,
        set: ['model.latent_dim=x', 'thresholds.bc_khz=1'],
      }),
    );
    expect(message.split('\n')).toEqual([
      'error[unknown-key]: slave.yaml: line 2, column 3: model.latent_dims: unknown key',
      '  help: did you mean "model.latent_dim"?',
      'error[unknown-key]: slave: train.comon: unknown key',
      '  help: did you mean "train.common"?',
      'error[bad-value]: --set model.latent_dim: a number expected, found the text "x"',
      '  help: model.latent_dim: Latent variables. (default: 8)',
      'error[unknown-key]: --set thresholds: unknown key',
      '  help: did you mean "threshold"?',
    ]);
  });

  it.each([
    ['model.latent_dim', 'KEY=VALUE expected'],
    ['=3', 'KEY=VALUE expected'],
    ['model..latent_dim=3', 'KEY=VALUE expected'],
  ])('--set %s is not one', (option, reason) => {
    expect(messageOf(() => resolveConfig({ set: [option] }))).toBe(
      `error[bad-option]: --set ${option}: ${reason}\n  help: write --set train.common.n_epochs=100`,
    );
  });

  it('of YAML in an option', () => {
    expect(messageOf(() => resolveConfig({ set: ['model.latent_dim=[1', 'model.features=&a 3'] }))).toBe(
      'error[config-syntax]: --set model.latent_dim=[1: line 1, column 3: ' +
        'flow sequence must end with a ]\n' +
        '  help: correct the YAML there\n' +
        'error[config-syntax]: --set model.features=&a 3: line 1, column 4: an anchor (&a)\n' +
        '  help: leave it out; aliases are not read',
    );
  });

  it('of an object that is none, or nests for ever', () => {
    expect(messageOf(() => resolveConfig({ slave: [] as never }))).toContain(
      'slave: configuration: an object expected',
    );
    expect(messageOf(() => resolveConfig({ slave: 3 as never }))).toContain('found 3');
    const cyclic: Record<string, unknown> = {};
    cyclic.model = cyclic;
    expect(messageOf(() => resolveConfig({ slave: cyclic as never }))).toContain('slave: model.model: unknown key');
    const deep = '['.repeat(100_000);
    expect(messageOf(() => resolveConfig({ config: written(deep) }))).toMatch(/^error\[config-syntax\]: slave\.yaml/);
  });

  it('never reach a prototype', () => {
    const slave = JSON.parse('{"model": {"quantisers": {"__proto__": {"polluted": 1}}}, "__proto__": {"polluted": 1}}');
    const message = messageOf(() =>
      resolveConfig({ slave, set: ['__proto__.polluted=1', 'model.__proto__.polluted=1'] }),
    );
    expect(message.match(/error\[unknown-key\]: [^\n]*__proto__: no key can have this name/g)).toHaveLength(4);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    // A name that objects inherit is an ordinary name in a map.
    const set = ['data_config.Read_configs.SIGNAL.object_ranges.toString=7'];
    const { object_ranges } = resolveConfig({ set }).data_config.Read_configs.SIGNAL;
    expect(Object.entries(object_ranges)).toContainEqual(['toString', 7]);
  });

  it.each([
    ['model.quantisers.encoder1/kernal=none', 'unknown-key', 'model.quantisers.encoder1/kernal', 'encoder1/kernel'],
    [
      'model.encoder_config={nodes: [], layers: [{batch_norm: true}, {dense: 4}]}',
      'bad-layer',
      'model.encoder_config.layers[0]',
      'after',
    ],
    [
      'model.encoder_config={input_shape: [19, 3, 1], layers: [{dense: 4}, {batch_norm: true}, {conv2d: {filters: 2, kernel: [1, 1]}}]}',
      'wrong-shape',
      'model.encoder_config.layers[2]',
      'no dense',
    ],
    [
      'model.encoder_config={input_shape: [19, 3, 1], layers: [{conv2d: {filters: 2, kernel: [1, 5]}}]}',
      'wrong-shape',
      'model.encoder_config.layers[0].conv2d.kernel',
      'smaller kernel',
    ],
    [
      'data_config.Quantization_configs.quantize_bits=[6, 4]',
      'config-conflict',
      'data_config.Quantization_configs.quantize_bits',
      'same [bits, integer] pair',
    ],
    [
      'model.quantisers.input=ap_fixed<8,6>',
      'config-conflict',
      'data_config.Quantization_configs.quantize_bits',
      'same [bits, integer] pair',
    ],
    [
      'train.common.reconstruction_loss=cyl_ptpz_mae',
      'unknown-loss',
      'train.common.reconstruction_loss',
      'cyl_PtPz_mae',
    ],
    [
      'train.common.optimiser_options.beta1=1.5',
      'config-conflict',
      'train.common.optimiser_options.beta1',
      'usual value is 0.9',
    ],
    ['train.common={workers: 8, batch_size: 4}', 'config-conflict', 'train.common.workers', 'an event'],
    ['callback.lr_schedule.t_mul=0.5', 'bad-value', 'callback.lr_schedule.t_mul', 'Length of a cycle'],
  ])('are told before any event is read: %s', (set, code, key, hint) => {
    const [head, help] = messageOf(() => resolveConfig({ set: [set] })).split('\n');
    expect(head).toMatch(new RegExp(`^error\\[${code}\\]: `));
    expect(head).toContain(`${key}: `);
    expect(help).toContain(hint);
  });

  it('tell that no epoch would record what is to be followed', () => {
    const set = ['train.common.validation_events=0', 'callback.plateau.enabled=true'];
    expect(messageOf(() => resolveConfig({ set }))).toMatchInlineSnapshot(`
      "error[config-conflict]: configuration: callback.plateau.monitor: follows validation_loss, and no events are taken for validation
        help: give train.common.validation_events, or follow loss"
    `);
    const elsewhere = [...set, 'callback.plateau.monitor=loss'];
    expect(resolveConfig({ set: elsewhere }).callback.plateau.monitor).toBe('loss');
  });

  it('name a file that is not there', () => {
    expect(messageOf(() => resolveConfig({ config: path.join(work, 'absent.yaml') }))).toContain(
      'error[unreadable-file]',
    );
  });
});

describe('printing', () => {
  const traps = [
    'yes',
    'null',
    '1e3',
    '0x10',
    '~',
    '- a',
    'a: b',
    '#',
    ' x ',
    "'",
    '"',
    '<<',
    '&a',
    '*a',
    '!t',
    'a\nb',
    '\u0085',
    '\ufeff',
  ];
  const text = fc.oneof(fc.constantFrom(...traps), fc.string({ minLength: 1, unit: 'binary' }));
  const rate = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  const slaves: fc.Arbitrary<Slave> = fc.record({
    determinism: fc.record({ global_seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
    data_config: fc.record({
      Processed_data_path: text,
      Read_configs: fc.constant({ BACKGROUND: { file_path: null } }),
    }),
    store: fc.record({ lite_path: text, build_model_path: fc.option(text, { nil: null }) }),
    callback: fc.record({ lr_schedule: fc.record({ initial_learning_rate: rate }) }),
    threshold: fc.record({
      target_rate: fc.array(rate, { minLength: 1 }),
      ht_threshold: fc.constantFrom(0, 280.5, 1e21),
    }),
    model: fc.record({
      quantisers: fc.dictionary(
        fc.constantFrom('score', 'encoder1', 'encoder1/kernel', 'encoder2_relu/result', 'latent_mean/bias'),
        fc.constantFrom('none', 'ap_fixed<8,3,AP_RND,AP_SAT>', 'quantized_bits(8, 5)'),
      ),
    }),
  });

  it.each(['yaml', 'json'] as const)('as %s reads back to the same', (syntax) => {
    fc.assert(
      fc.property(slaves, (slave) => {
        const config = resolveConfig({ slave });
        const printed = printConfig(config, syntax);
        const read = resolveConfig({ config: written(printed, `printed.${syntax}`) });
        expect(read).toEqual(config);
        expect(printConfig(read, syntax)).toBe(printed);
        expect(configHash(read)).toBe(configHash(config));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps detailed layers, which empty the nodes', () => {
    const config = resolveConfig({ config: path.join(fixtures, 'every-kind-of-layer.json') });
    expect(resolveConfig({ config: written(printConfig(config, 'yaml')) })).toEqual(config);
  });

  it('hashes content, not the order of keys', () => {
    expect(configHash({ a: 1, b: { c: [1, 2], d: 3 } })).toBe(configHash({ b: { d: 3, c: [1, 2] }, a: 1 }));
    expect(configHash({ a: [1, 2] })).not.toBe(configHash({ a: [2, 1] }));
    expect(configHash({ a: 1 })).not.toBe(configHash({ a: '1' }));
    expect(configHash({})).toMatch(/^[0-9a-f]{64}$/);
    const other = resolveConfig({ set: ['determinism.global_seed=124'] });
    expect(configHash(other)).not.toBe(configHash(master));
    expect(configHash(other.model)).toBe(configHash(master.model));
  });
});
