/** Artefacts: written and read to the same, by any tool, whole or not at all. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readArtefact, readTrimmedEncoder } from '../../src/artefact/read-artefact.js';
import { writeComplete, writeLite } from '../../src/artefact/write-artefact.js';
import { Random } from '../../src/base/random.js';
import { loadModel } from '../../src/compile/model.js';
import { withHdf5File } from '../../src/data/hdf5/file.js';
import { printProgram } from '../../src/ir/print.js';
import { lower } from '../../src/lower/lower.js';
import { checkDescription, type Description } from '../../src/network/description.js';
import { parsePrecision } from '../../src/network/precision.js';
import { networkOf } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { axol1tlVersions, readAxol1tl } from '../support/axol1tl.js';
import { DescriptionGenerator } from '../support/random-description.js';
import { requireSharedData } from '../support/shared-data.js';
import { sampleArtefact, sampleDescription, sampleEvents, writePreparedData } from './sample.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-artefact-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = (name: string): string => path.join(work, name);
const options = { precision: parsePrecision([]), checkEachPass: false };

async function readBack(description: Description): Promise<Description> {
  await writeLite(file('back.h5'), { ...sampleArtefact, trimmedEncoder: description });
  return readTrimmedEncoder(file('back.h5'));
}

describe('round trips', () => {
  it('a complete artefact keeps everything, entries in their order', async () => {
    await writeComplete(file('complete.h5'), sampleArtefact);
    const read = await readArtefact(file('complete.h5'));
    expect(read).toEqual(sampleArtefact);
    expect([...read.history.keys()]).toEqual([...sampleArtefact.history.keys()]);
    expect([...read.encoder!.tensors.keys()]).toEqual([...sampleArtefact.encoder!.tensors.keys()]);
    expect([...read.scoreTables!.keys()]).toEqual([...sampleArtefact.scoreTables!.keys()]);
  });

  it('a lite artefact has neither float models nor data', async () => {
    await writeLite(file('lite.h5'), sampleArtefact);
    const { encoder, decoder, ...deployed } = sampleArtefact;
    expect([encoder, decoder]).not.toContain(undefined);
    expect(await readArtefact(file('lite.h5'))).toEqual(deployed);
  });

  it('what a run has not found yet stays absent', async () => {
    const { thresholds, scoreTables, histograms, encoder, decoder, ...bare } = sampleArtefact;
    await writeComplete(file('bare.h5'), bare);
    expect(await readArtefact(file('bare.h5'))).toEqual(bare);
  });

  it('random descriptions come back the same', async () => {
    const generator = new DescriptionGenerator(Random.seeded(20));
    let textNumbers = 0;
    for (let count = 0; count < 100; count++) {
      const description = generator.next().description as unknown as Description;
      if (/\[[^\]]*"-?\d+/.test(JSON.stringify(description.layers))) textNumbers++;
      expect(await readBack(description)).toEqual(description);
    }
    // Weights wider than a double are texts: the run must have met some.
    expect(textNumbers).toBeGreaterThan(2);
  });

  it('score expressions, in both forms', async () => {
    for (const score of [
      '0.5*max(abs(mu)) - sum("{\\"a\\":1}"^2)',
      { kind: 'expression', expression: 'sum(relu)', result_format: 'ap_ufixed<8,5>' },
    ]) {
      const description = checkDescription({ ...sampleDescription, score }, 'net');
      expect(description.score?.kind).toBe('expression');
      expect(await readBack(description)).toEqual(description);
      const [written, stored] = [description, await readBack(description)].map((given) =>
        printProgram(lower(networkOf(given, 'net', parsePrecision([]))).program),
      );
      expect(stored).toBe(written);
    }
  });

  it('convolutions, awkward names, numbers of more digits than a double', async () => {
    const description = checkDescription(
      {
        name: 'a\0b',
        inputs: 4,
        layers: [
          {
            kind: 'conv2d',
            name: '../x',
            input_shape: [2, 2, 1],
            weights: [[[[0.5, -0.25]]], [[['1152921504606846977', 1]]]],
            bias: ['12.375', 0],
            strides: [1, 1],
            padding: [0, 1, 0, 0],
          },
          { kind: 'dense', name: '日本', weights: [[1], [2]], input: '../x' },
          ...Array.from({ length: 10 }, (_, index) => ({ kind: 'relu', name: `relu ${9 - index}` })),
        ],
      },
      'net',
    );
    expect(await readBack(description)).toEqual(description);
  });

  it('a description may gain keys', async () => {
    const later = { ...sampleDescription, scaled_type: 'x', nested: { a: [1, { b: null }] }, empty: [] } as never;
    await expect(readBack(later)).rejects.toThrow('back.h5: scaled_type: unknown key');
    await expect(readBack(later)).rejects.toThrow('back.h5: nested: unknown key');
    await expect(readBack(later)).rejects.toThrow('back.h5: empty: unknown key');
  });
});

describe('the file', () => {
  it('is laid out as documented', async () => {
    await writePreparedData(file('Data.h5'));
    await writeComplete(file('laid-out.h5'), sampleArtefact, file('Data.h5'));
    await withHdf5File(file('laid-out.h5'), (stored) => {
      expect(stored.datasets).toEqual([
        'data/Background_data/Test/ET',
        'data/Background_data/Train/DATA',
        'data/Background_data/Train/L1bits',
        'data/Normalisation/norm_bias',
        'data/Normalisation/norm_scale',
        'data/Signal_data/HHHTo6B/DATA',
        'history/%2E%2E',
        'history/efficiency%2FHHHTo6B',
        'history/loss',
        'layout/objects',
        'model/encoder/encoder1/bias',
        'model/encoder/z/kernel',
        'model/trimmed_encoder/layers/0_first_dense/bias',
        'model/trimmed_encoder/layers/0_first_dense/kernel',
        'model/trimmed_encoder/lsb',
        'model/trimmed_encoder/offset',
        'model/trimmed_encoder/shift',
        'normalisation/bias',
        'normalisation/scale',
        'results/axo_scores/0.15/AXO SCORE',
        'results/axo_scores/0.15/Signal Name',
        'results/axo_scores/10/AXO Improvement',
        'results/axo_scores/10/AXO SCORE',
        'results/axo_scores/10/AXO pure SCORE',
        'results/axo_scores/10/HT SCORE',
        'results/axo_scores/10/L1 SCORE',
        'results/axo_scores/10/Signal Name',
        'results/score_hist/background/bin',
        'results/score_hist/background/count',
        'results/score_hist/signal/100%25%2Fa/bin',
        'results/score_hist/signal/100%25%2Fa/count',
        'results/threshold/integer',
        'results/threshold/key',
        'results/threshold/kind',
        'results/threshold/value',
      ]);
      expect(stored.attributes('').get('config')).toBe(sampleArtefact.configuration);
      const kernel = stored.dataset('model/trimmed_encoder/layers/0_first_dense/kernel');
      expect([kernel.type, kernel.shape, [...kernel.readAll()]]).toEqual([
        'float64',
        [3, 2],
        [0.5, -1, 0, 0.25, 1.5, 0],
      ]);
      expect([...stored.attributes('model/trimmed_encoder/layers/1_relu')]).toEqual([
        ['kind', 'relu'],
        ['name', 'relu'],
        ['result_format', 'ap_ufixed<9,6>'],
      ]);
    });
  });

  it('holds the prepared events, whatever their number', async () => {
    await writePreparedData(file('Data.h5'));
    await writeComplete(file('events.h5'), sampleArtefact, file('Data.h5'));
    await withHdf5File(file('Data.h5'), (prepared) =>
      withHdf5File(file('events.h5'), (stored) => {
        const copied = prepared.datasets.filter((name) => !name.startsWith('private'));
        expect(copied).toHaveLength(6);
        for (const name of copied) {
          const [from, to] = [prepared.dataset(name), stored.dataset(`data/${name}`)];
          expect([to.shape, to.type]).toEqual([from.shape, from.type]);
          expect(Buffer.from(to.readAll().buffer).equals(Buffer.from(from.readAll().buffer))).toBe(true);
        }
        expect(stored.dataset('data/Background_data/Train/DATA').shape).toEqual([sampleEvents, 19, 3]);
        expect(stored.attributes('data/Signal_data/HHHTo6B/DATA').get('synthetic')).toBe(1);
      }),
    );
  });

  it('has the same bytes whenever it is written', async () => {
    await writePreparedData(file('Data.h5'));
    await writeComplete(file('early.h5'), sampleArtefact, file('Data.h5'));
    await setTimeout(1100);
    await writeComplete(file('late.h5'), sampleArtefact, file('Data.h5'));
    expect(readFileSync(file('early.h5')).equals(readFileSync(file('late.h5')))).toBe(true);
  });

  it('replaces an older one only when it is complete', async () => {
    await writeComplete(file('kept.h5'), sampleArtefact);
    const before = readFileSync(file('kept.h5'));
    await expect(writeComplete(file('kept.h5'), sampleArtefact, file('absent.h5'))).rejects.toThrow(
      'error[unreadable-file]',
    );
    const failing = { ...sampleArtefact, history: new Map([['loss', null as never]]) };
    await expect(writeLite(file('kept.h5'), failing)).rejects.toThrow(TypeError);
    expect(readFileSync(file('kept.h5')).equals(before)).toBe(true);
    expect(readdirSync(work).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

describe('as a model', () => {
  const example = fileURLToPath(new URL('../../fixtures/networks/dimuon-trigger.json', import.meta.url));

  it('gives the program of its description', async () => {
    await writeLite(file('model.h5'), { ...sampleArtefact, trimmedEncoder: JSON.parse(readFileSync(example, 'utf8')) });
    const [stored, described] = [await loadModel(file('model.h5'), options), await loadModel(example, options)];
    expect(printProgram(stored.program)).toBe(printProgram(described.program));
    expect(stored.source).toBe('model.h5');
  });

  it.for(axol1tlVersions)('AXOL1TL %s gives the official scores', async (version, ctx) => {
    const directory = requireSharedData(ctx);
    const { description, events, scores } = readAxol1tl(directory, version);
    await writeLite(file(`${version}.h5`), { ...sampleArtefact, trimmedEncoder: description as never });
    const model = await loadModel(file(`${version}.h5`), options);
    const described = await loadModel(path.join(directory, 'axol1tl', `axol1tl-${version}.json`), options);
    expect(printProgram(model.program)).toBe(printProgram(described.program));
    const simulate = interpreterOf(model.program);
    const found = events.slice(0, 200).map((event) => simulate(event).get(model.program.outputs[0]!)![0]!);
    expect(found).toEqual(scores.slice(0, 200));
  });

  it('passes the same checks as a description in JSON', async () => {
    const layers = [{ kind: 'dense', name: 'mu', weights: [[0.1]], weight_format: 'ap_fixed<6,3>' }] as const;
    await writeLite(file('off.h5'), { ...sampleArtefact, trimmedEncoder: { name: 'off', inputs: 1, layers } as never });
    await expect(loadModel(file('off.h5'), options)).rejects.toThrow('error[weight-off-grid]: off.h5: layers[0]');
  });
});

it('the file of a reader is not disturbed by one that writes', async () => {
  await writeLite(file('read.h5'), sampleArtefact);
  await withHdf5File(file('read.h5'), async (open) => {
    await writeLite(file('read.h5'), { ...sampleArtefact, layout: ['JET1'] });
    expect(open.dataset('layout/objects').readStrings()).toEqual(['MET']);
  });
  expect((await readArtefact(file('read.h5'))).layout).toEqual(['JET1']);
});
