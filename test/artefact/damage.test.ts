/** Files that are no artefacts, or no longer: one clear error each. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readArtefact, readTrimmedEncoder } from '../../src/artefact/read-artefact.js';
import { writeComplete } from '../../src/artefact/write-artefact.js';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { loadModel } from '../../src/compile/model.js';
import { type Hdf5File, withHdf5File } from '../../src/data/hdf5/file.js';
import { type Hdf5Writer, writeHdf5File } from '../../src/data/hdf5/write.js';
import { parsePrecision } from '../../src/network/precision.js';
import { sampleArtefact } from './sample.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-damage-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = (name: string): string => path.join(work, name);

/** The whole message, with the directory taken out. */
async function messageFor(name: string, read: (path: string) => Promise<unknown> = readArtefact): Promise<string> {
  try {
    await read(file(name));
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return error.message.replaceAll(`${work}/`, '');
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

/** Copies the sample, changed: `left out` names are dropped, then `change` adds what it likes. */
async function changed(name: string, leftOut: RegExp, change: (to: Hdf5Writer) => void = () => {}): Promise<void> {
  await writeComplete(file('sample.h5'), sampleArtefact);
  await withHdf5File(file('sample.h5'), (from) =>
    writeHdf5File(file(name), (to) => {
      for (const group of from.groups.filter((group) => !leftOut.test(group))) to.group(group);
      for (const dataset of from.datasets.filter((dataset) => !leftOut.test(dataset))) copy(from, to, dataset);
      for (const holder of ['', ...from.groups, ...from.datasets].filter((holder) => !leftOut.test(holder)))
        for (const [key, value] of from.attributes(holder))
          if (!leftOut.test(`${holder}@${key}`)) to.attribute(holder, key, value);
      change(to);
    }),
  );
}

function copy(from: Hdf5File, to: Hdf5Writer, name: string): void {
  const { type, shape, readAll, readStrings } = from.dataset(name);
  if (type === 'string') to.strings(name, readStrings());
  else to.dataset(name, readAll(), shape);
}

describe('a foreign file', () => {
  it('of HDF5', async () => {
    await writeHdf5File(file('foreign.h5'), (to) => to.dataset('events', new Float32Array(6), [2, 3]));
    const message =
      'error[not-an-artefact]: foreign.h5: an HDF5 file, but no artefact of axoc: it has no number "axoc_schema" among its attributes\n' +
      '  help: give the lite.h5 or complete.h5 of a training run (a generator.h5 goes to `axoc inspect` and `axoc export-onnx --profile float`)';
    expect(await messageFor('foreign.h5')).toBe(message);
    const options = { precision: parsePrecision([]), checkEachPass: false };
    expect(await messageFor('foreign.h5', (name) => loadModel(name, options))).toBe(message);
  });

  it('of another kind', async () => {
    writeFileSync(file('text.h5'), '{}');
    expect(await messageFor('text.h5')).toMatch(
      /^error\[damaged-hdf5\]: text.h5: cannot be read as HDF5: file signature not found\n/,
    );
    writeFileSync(file('empty.h5'), '');
    expect(await messageFor('empty.h5')).toMatch(/^error\[damaged-hdf5\]: empty.h5: /);
    expect(await messageFor('absent.h5')).toMatch(/^error\[unreadable-file\]: absent.h5: no such file/);
  });

  it.each([
    [2, 'use the newer axoc that wrote it'],
    [0, 'write it again with this version'],
  ])('of schema %i', async (version, remedy) => {
    await changed('version.h5', /^@axoc_schema$/, (to) => to.attribute('', 'axoc_schema', version));
    expect(await messageFor('version.h5')).toBe(
      `error[artefact-version]: version.h5: written with schema ${version}, this program reads schema 1\n  help: ${remedy}`,
    );
  });
});

describe('a file with a part', () => {
  const remedy = '\n  help: the file was changed or damaged: write it again';

  it('unchanged by the copy of this test is read', async () => {
    await changed('same.h5', /nothing/);
    expect(await readArtefact(file('same.h5'))).toEqual(sampleArtefact);
  });

  it.each([
    [/^@config$/, 'same: the attribute "config" is not a text'],
    [/^seeds/, 'same: seeds: there is no such group'],
    [/^model\/encoder@layers/, 'same: model/encoder: the attribute "layers.json" is not a text'],
    [/^model\/encoder@tensors/, 'same: model/encoder: the attribute "tensors.json" is not a text'],
    [/^history@/, 'same: history: the attribute "names.json" is not a text'],
    [/^model\/trimmed_encoder/, 'same: model/trimmed_encoder: there is no such group'],
    [/10\/AXO SCORE/, 'same: results/axo_scores/10: there is no dataset "AXO SCORE"'],
  ])('missing: %s', async (leftOut, message) => {
    await changed('missing.h5', leftOut);
    expect(await messageFor('missing.h5')).toBe(
      `error[bad-artefact]: ${message.replace('same', 'missing.h5')}${remedy}`,
    );
  });

  it.each([
    [/^layout/, 'has no dataset "layout/objects" among its'],
    [/^model\/encoder\/z/, 'has no dataset "model/encoder/z/kernel" among its'],
    [/^history\/loss/, 'has no dataset "history/loss" among its'],
    [/^results\/threshold\/value/, 'has no dataset "results/threshold/value" among its'],
  ])('missing: %s, a dataset', async (leftOut, message) => {
    await changed('missing.h5', leftOut);
    expect(await messageFor('missing.h5')).toContain(`error[hdf5-dataset]: missing.h5: ${message}`);
  });

  it('missing in the network', async () => {
    await changed('missing.h5', /0_first_dense\/kernel$/);
    expect(await messageFor('missing.h5')).toContain(
      'error[missing-key]: missing.h5: layers[0].weights: missing: a list is required here',
    );
    await changed('missing.h5', /trimmed_encoder\/layers/);
    expect(await messageFor('missing.h5', readTrimmedEncoder)).toContain('a network has at least one layer');
  });

  it.each<[RegExp, (to: Hdf5Writer) => void]>([
    [
      /0_first_dense\/kernel$/,
      (to) =>
        to.dataset(
          'model/trimmed_encoder/layers/0_first_dense/kernel',
          Float64Array.of(0.5, -1, 0, 0.5, 1.5, 0),
          [3, 2],
        ),
    ],
    [/^model\/encoder\/z\/kernel/, (to) => to.dataset('model/encoder/z/kernel', new Float32Array(6), [3, 2])],
    [/threshold\/integer/, (to) => to.strings('results/threshold/integer', ['195', '123456789012345678901'])],
    [/AXO pure/, () => {}],
    [/^history\/loss/, (to) => to.dataset('history/loss', Float64Array.of(3, 2.5, 2), [3])],
    [/^seeds@global/, (to) => to.attribute('seeds', 'global_seed', 124)],
    [/^@config/, (to) => to.attribute('', 'config', '{"model":{"latent_dim":3}}')],
  ])('changed so that it can still be read: %s', async (leftOut, change) => {
    await changed('other.h5', leftOut, change);
    const message = `error[bad-artefact]: other.h5: its content does not match its checksum (sha256)${remedy}`;
    expect(await messageFor('other.h5')).toBe(message);
    expect(await messageFor('other.h5', readTrimmedEncoder)).toBe(message);
    // On purpose, and said so.
    await changed('other.h5', new RegExp(`${leftOut.source}|^@sha256$`), change);
    expect(await readArtefact(file('other.h5'))).not.toEqual(sampleArtefact);
  });

  it('of another kind', async () => {
    await changed('kind.h5', /^seeds@global/, (to) => to.attribute('seeds', 'global_seed', 'x'));
    expect(await messageFor('kind.h5')).toBe(
      `error[bad-artefact]: kind.h5: seeds: the attribute "global_seed" is not a number${remedy}`,
    );
    await changed('kind.h5', /^history@/, (to) => to.attribute('history', 'names.json', '{'));
    expect(await messageFor('kind.h5')).toBe(
      `error[bad-artefact]: kind.h5: history: a JSON text in it is not JSON${remedy}`,
    );
    await changed('kind.h5', /^history@/, (to) => to.attribute('history', 'names.json', '[1]'));
    expect(await messageFor('kind.h5')).toBe(
      `error[bad-artefact]: kind.h5: history: the attribute "names" is not a list of names${remedy}`,
    );
    await changed('kind.h5', /threshold\/integer/, (to) => to.strings('results/threshold/integer', ['1', 'x']));
    expect(await messageFor('kind.h5')).toBe(
      `error[bad-artefact]: kind.h5: results/threshold: threshold 1 is not complete${remedy}`,
    );
    await changed('kind.h5', /history\/loss/, (to) => to.strings('history/loss', ['1', 'x']));
    expect(await messageFor('kind.h5')).toContain('error[hdf5-type]: kind.h5: history/loss: its elements are strings');
  });
});

describe('a damaged file', () => {
  it('cut short is an error, wherever', async () => {
    await writeComplete(file('sample.h5'), sampleArtefact);
    const bytes = readFileSync(file('sample.h5'));
    for (const share of [0.001, 0.1, 0.5, 0.9, 0.999]) {
      writeFileSync(file('cut.h5'), bytes.subarray(0, Math.floor(bytes.length * share)));
      expect(await messageFor('cut.h5')).toMatch(/^error\[damaged-hdf5\]: cut.h5: /);
    }
  });

  it('changed at random is an error, or is read as it was written, never a crash', async () => {
    await writeComplete(file('sample.h5'), sampleArtefact);
    const bytes = readFileSync(file('sample.h5'));
    const random = Random.seeded(4);
    let refused = 0;
    for (let count = 0; count < 60; count++) {
      const flipped = Uint8Array.from(bytes);
      for (let change = 0; change < 8; change++) flipped[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
      writeFileSync(file('flipped.h5'), flipped);
      const isRead = await readArtefact(file('flipped.h5')).then(
        (artefact) => {
          expect(artefact).toEqual(sampleArtefact);
          return true;
        },
        (error) => (error instanceof AxocError && error.kind === 'user' ? false : Promise.reject(error)),
      );
      if (!isRead) refused++;
    }
    expect(refused).toBeGreaterThan(5);
    // The library is still in order.
    expect(await readArtefact(file('sample.h5'))).toEqual(sampleArtefact);
  });
});
