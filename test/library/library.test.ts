/** axoc as a library, imported by its name as from any other package: what it exports, runs with firmware and reports, generators. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { root, Workplace } from '../support/command.js';
import { smallOptions, writeSampleShowers } from '../zdc/sample-showers.js';

const place = new Workplace();
afterAll(() => place.remove());

beforeAll(() => {
  mkdirSync(place.path('node_modules'));
  symlinkSync(root, place.path('node_modules/axoc'));
});

/** What a module that imports axoc gives as JSON. */
function runModule(lines: readonly string[]): unknown {
  writeFileSync(place.path('user.mjs'), ["import * as axo from 'axoc';", ...lines].join('\n'));
  const printed = execFileSync(process.execPath, ['user.mjs'], {
    cwd: place.directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(printed);
}

it('exports what docs/configuration.md, training-model.md, artefact.md and generators.md show', () => {
  expect(runModule(['console.log(JSON.stringify(Object.keys(axo).sort()));'])).toEqual([
    'AxocError',
    'L1ADBaseLoss',
    'evaluateGenerator',
    'exportGenerator',
    'importGenerator',
    'longitudinalMomentum',
    'main',
    'master',
    'ops',
    'readArtefact',
    'readGenerator',
    'resolveConfig',
    'trainGenerator',
    'version',
    'writeGenerator',
  ]);
});

it('options that main does not know are errors, not a run on the defaults', () => {
  const lines = [
    'const told = async (given) => axo.main(given).then(() => "ran", (error) => error.message);',
    "console.log(JSON.stringify([await told({ slav: {} }), await told('mine.yaml'), await told(null)]));",
  ];
  const hint = '\n  help: write axo.main({ slave: { ... } }) or axo.main({ config: path })';
  expect(runModule(lines)).toEqual([
    'error[unknown-key]: axo.main: slav: unknown option\n  help: did you mean "slave"?',
    `error[bad-option]: axo.main: an object expected, found "mine.yaml"${hint}`,
    `error[bad-option]: axo.main: an object expected, found null${hint}`,
  ]);
});

it('a run gives the firmware and the reports that its configuration asks for', () => {
  const slave = {
    data_config: { Synthesis: { background: 2000, signal: 100 } },
    model: { encoder_config: { nodes: [4] }, decoder_config: { nodes: [57] }, latent_dim: 2 },
    train: { common: { batch_size: 200, n_epochs: 1, validation_events: 0 } },
    store: { build_model_path: 'firmware', skip_saving_complete: true },
    report: { html_report: { generate: true } },
  };
  const found = runModule([
    `const run = await axo.main({ slave: ${JSON.stringify(slave)}, directory: 'run' });`,
    'const artefact = await axo.readArtefact(run.lite);',
    'console.log(JSON.stringify([run.firmware, run.reports, artefact.trimmedEncoder.name]));',
  ]);
  expect(found).toEqual(['run/firmware', ['run/report.html'], 'anomaly_encoder']);
  expect(place.read('run/firmware/manifest.json').toString()).toContain('"anomaly_encoder"');
  expect(place.read('run/report.html').toString()).toMatch(/^<!doctype html>/i);
});

it('a generator is trained, evaluated, read and exported', async () => {
  await writeSampleShowers(place.path('Showers.h5'));
  writeFileSync(
    place.path('zdc.yaml'),
    stringify({ train: { ...smallOptions, checkpoint_seconds: 0 }, evaluate: { repeats: 2 } }),
  );
  const found = runModule([
    "const sources = { showers: 'Showers.h5', config: 'zdc.yaml' };",
    "const run = await axo.trainGenerator({ ...sources, out: 'generator', epochs: 1 });",
    "const evaluation = await axo.evaluateGenerator('generator/generator.h5', sources);",
    "const { calorimeter } = await axo.readGenerator('generator/generator.h5');",
    "const out = 'channels.onnx';",
    "const exported = await axo.exportGenerator('generator/generator.h5', { out, output: 'channels', scaler: 'embedded' });",
    'console.log(JSON.stringify([run.end, run.history.length, evaluation.contenders.length, calorimeter, exported.outputs]));',
  ]);
  expect(found).toMatchObject(['finished', 1, 3, 'ZP', [{ name: 'channels', type: 'float32' }]]);
  expect(place.read('channels.onnx').length).toBeGreaterThan(1000);
});

it('a generator is taken over from Keras', () => {
  const keras = path.join(root, 'fixtures/keras/keras3-vae.h5');
  const found = runModule([
    `const source = { keras: ${JSON.stringify(keras)}, submodel: 'decoder', name: 'small', out: 'imported.h5' };`,
    'const { artefact, assumptions } = await axo.importGenerator(source);',
    "const { name } = await axo.readGenerator('imported.h5');",
    'console.log(JSON.stringify([artefact.name, name, assumptions.length]));',
  ]);
  expect(found).toEqual(['small', 'small', 2]);
});
