/** `axoc import`: from a Keras file to generator.h5, as a user runs it. */
import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readGenerator } from '../../src/artefact/generator-file.js';
import { root, Workplace } from '../support/command.js';

const place = new Workplace();
afterAll(() => place.remove());
const fixture = (name: string): string => path.join(root, 'fixtures/keras', name);

it('prints layers, parameters, inputs, outputs and what it assumed; writes the artefact', async () => {
  const args = [
    'import',
    fixture('keras3-vae.h5'),
    '--submodel',
    'decoder',
    '--encoder',
    fixture('keras2-generator.h5'),
  ];
  const { status, stdout, stderr } = place.axoc([...args, '--name', 'small', '--out', 'generator.h5']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain(`decoder
layer          kind         reads                   shape
concatenate_1  concatenate  code, decoder_particle  4
hidden         dense        concatenate_1           35
share          dense        hidden                  35
add            add          hidden, share           35
reshape        reshape      add                     5 x 7 x 1
5 layers, 1,435 parameters, 1,435 of them trained
  input   code: float32 [N, 2]
  input   decoder_particle: float32 [N, 2]
  output  reshape: float32 [N, 5, 7, 1]
assumed: no input has 9 values: it is not known which values are conditions
assumed: images of 5 x 7 x 1 are of no known calorimeter: channel sums cannot be exported
small: generator.h5
`);
  const { name, decoder, encoder, source } = await readGenerator(place.path('generator.h5'));
  expect([name, source]).toEqual(['small', 'keras 3.15.1, keras3-vae.h5']);
  expect([decoder.network.name, encoder!.network.name]).toEqual(['decoder', 'generator']);
});

it('axoc inspect shows the artefact as the import did; what takes trigger networks says where it goes', () => {
  const printed = place.axoc(['inspect', 'generator.h5']);
  expect([printed.status, printed.stderr]).toEqual([0, '']);
  expect(printed.stdout).toContain('5 layers, 1,435 parameters, 1,435 of them trained');
  const refused = place.axoc(['verify', 'generator.h5']);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('(a generator.h5 goes to `axoc inspect` and `axoc export-onnx --profile float`)');
});

it('the same command gives the same bytes, wherever the file lies', () => {
  copyFileSync(fixture('keras2-generator.h5'), place.path('keras2-generator.h5'));
  for (const [from, to] of [
    [fixture('keras2-generator.h5'), 'a.h5'],
    ['keras2-generator.h5', 'b.h5'],
  ] as const)
    expect(place.axoc(['import', from, '--out', to]).status).toBe(0);
  expect(place.read('a.h5').equals(place.read('b.h5'))).toBe(true);
});

it('what cannot be imported ends with 2 and leaves no file', () => {
  const { status, stderr } = place.axoc(['import', 'a.h5', '--out', 'no.h5']);
  expect(status).toBe(2);
  expect(stderr).toBe(
    'error[keras-model]: a.h5: an HDF5 file, but no Keras model: it has no attribute model_config\n' +
      '  help: save the whole model: model.save("model.h5")\n',
  );
  expect(existsSync(place.path('no.h5'))).toBe(false);
});
