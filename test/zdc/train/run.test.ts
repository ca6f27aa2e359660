/** A whole training on a few showers: what it writes, what it repeats, what it resumes, what it refuses; and its evaluation. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGenerator, writeGenerator } from '../../../src/artefact/generator-file.js';
import { Random } from '../../../src/base/random.js';
import type { LayerNetwork } from '../../../src/network/layers/layers.js';
import { figuresOf } from '../../../src/report/report.js';
import { channelSums } from '../../../src/zdc/channels.js';
import { evaluateGenerator } from '../../../src/zdc/evaluate/evaluate.js';
import { showerGenerator } from '../../../src/zdc/evaluate/generate.js';
import { evaluateOptionsSchema } from '../../../src/zdc/evaluate/options.js';
import { evaluationJson, evaluationReport } from '../../../src/zdc/evaluate/report.js';
import { openShowers } from '../../../src/zdc/prepare/prepared.js';
import type { TrainOptions } from '../../../src/zdc/train/options.js';
import { parseRecord } from '../../../src/zdc/train/record.js';
import { type GeneratorRun, trainGenerator } from '../../../src/zdc/train/run.js';
import { splitShowers } from '../../../src/zdc/train/split.js';
import { smallOptions, writeSampleShowers } from '../sample-showers.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-zdc-train-'));
const at = (...names: string[]): string => path.join(work, ...names);
const quiet = () => ({ advance() {}, done() {} });
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Stop {
  readonly signal: AbortSignal;
  readonly afterEpoch: () => void;
}

function train(out: string, options: TrainOptions = smallOptions, resume = false, stop?: Stop): Promise<GeneratorRun> {
  return trainGenerator({ showers: at('Showers.h5'), out: at(out), options, resume, startProgress: quiet, ...stop });
}

function stopAfter(epochs: number): Stop {
  const abort = new AbortController();
  let left = epochs;
  return {
    signal: abort.signal,
    afterEpoch: () => {
      left--;
      if (left === 0) abort.abort();
    },
  };
}

const written = ['generator.h5', 'history.csv', 'losses.svg', 'scales.txt'];
const bytesOf = (out: string): readonly Buffer[] => written.map((name) => readFileSync(at(out, name)));

beforeAll(async () => {
  await writeSampleShowers(at('Showers.h5'));
  await train('whole');
});

describe('trainGenerator', () => {
  it('writes generator, scales, history and figure, and no rows of training', () => {
    expect(readdirSync(at('whole')).sort()).toEqual([...written, 'work'].sort());
    expect(readdirSync(at('whole', 'work')).filter((name) => name.endsWith('.h5'))).toEqual([]);
    const lines = readFileSync(at('whole', 'history.csv'), 'utf8').trim().split('\n');
    expect(lines[0]).toBe(
      'epoch,step,learning_rate,loss,reconstruction,kld,validation_loss,validation_reconstruction,validation_kld',
    );
    expect(lines.length).toBe(4);
    expect(readFileSync(at('whole', 'losses.svg'), 'utf8')).toContain('KL divergence');
  });

  it('keeps the conditions, the scaler and its own record in the artefact', async () => {
    const artefact = await readGenerator(at('whole', 'generator.h5'));
    expect(artefact.calorimeter).toBe('ZP');
    expect(artefact.conditions.at(-1)).toEqual({ name: 'charge', unit: 'e' });
    const scales = readFileSync(at('whole', 'scales.txt'), 'utf8').split('\n');
    expect(scales.slice(1, 10).map(Number)).toEqual(artefact.scaler!.means);
    expect(scales.slice(12, 21).map(Number)).toEqual(artefact.scaler!.scales);
    const record = parseRecord(artefact.configuration, 'here');
    expect(record.train).toEqual(smallOptions);
    expect(record.split).toEqual({ train: 192, test: 48 });
    expect([record.epochs, record.steps]).toEqual([3, 36]);
  });

  it('lowers the loss', async () => {
    const { history } = await train('longer', { ...smallOptions, epochs: 6 });
    expect(history.at(-1)!.loss!).toBeLessThan(0.7 * history[0]!.loss!);
    expect(history.at(-1)!.validation_loss!).toBeLessThan(history[0]!.validation_loss!);
  });

  it('interrupted and resumed ends with the same bytes', async () => {
    const first = await train('cut', smallOptions, false, stopAfter(1));
    expect([first.end, first.history.length, first.files]).toEqual(['interrupted', 1, []]);
    expect(readdirSync(at('cut'))).toEqual(['work']);
    cpSync(at('cut'), at('cut-without-rows'), { recursive: true });
    rmSync(at('cut-without-rows', 'work', 'training.h5'));
    for (const out of ['cut', 'cut-without-rows']) {
      expect((await train(out, smallOptions, true)).end).toBe('finished');
      expect(bytesOf(out)).toEqual(bytesOf('whole'));
    }
  });

  it('begins where there is nothing to resume', async () => {
    await train('begun', smallOptions, true);
    expect(bytesOf('begun')).toEqual(bytesOf('whole'));
  });

  it('does not resume with another loss, network or split', async () => {
    await train('other', smallOptions, false, stopAfter(1));
    for (const changed of [
      { loss: { ...smallOptions.loss, kl_weight: 0.5 } },
      { latent: 4 },
      { split: { ...smallOptions.split, by: 'particles' as const } },
      { learning_rate: 2e-3 },
    ])
      await expect(train('other', { ...smallOptions, ...changed }, true)).rejects.toThrow('error[checkpoint-differs]');
    expect(existsSync(at('other', 'generator.h5'))).toBe(false);
  });

  it('trains with either loss, and with a schedule', async () => {
    const options = { ...smallOptions, schedule: 'cosine' as const, optimiser: 'adam' as const, validation_showers: 0 };
    const { history } = await train('poisson', { ...options, loss: { ...options.loss, reconstruction: 'poisson' } });
    expect(Object.keys(history[0]!)).not.toContain('validation_loss');
    expect(history.map(({ learning_rate }) => learning_rate!)).toEqual([
      1e-3,
      expect.closeTo(0.75e-3, 12),
      expect.closeTo(0.25e-3, 12),
    ]);
  });
});

describe('kl_start', () => {
  it.each([
    ['falls', 100, 4],
    ['rises', 0.01, 1],
  ])('%s to kl_weight by the same factor at each step, also when interrupted', async (name, kl_start, kl_weight) => {
    const loss = { ...smallOptions.loss, kl_start, kl_weight, kl_epochs: 2 };
    const { history } = await train(`kl-${name}`, { ...smallOptions, loss });
    // Twelve steps an epoch: the mean of the weights before each step.
    const weight = (step: number): number => kl_start * (kl_weight / kl_start) ** (Math.min(step, 24) / 24);
    for (const [epoch, record] of history.entries()) {
      const steps = Array.from({ length: 12 }, (_, step) => weight(12 * epoch + step));
      expect(record.kl_weight! / (steps.reduce((sum, value) => sum + value, 0) / 12)).toBeCloseTo(1, 4);
      expect(record.validation_kl_weight! / weight(12 * (epoch + 1))).toBeCloseTo(1, 4);
    }
    await train(`kl-${name}-cut`, { ...smallOptions, loss }, false, stopAfter(1));
    await train(`kl-${name}-cut`, { ...smallOptions, loss }, true);
    expect(bytesOf(`kl-${name}-cut`)).toEqual(bytesOf(`kl-${name}`));
  });
});

describe('startFrom', () => {
  const goOn = (options: TrainOptions, startFrom: string, resume = false, stop?: Stop): Promise<GeneratorRun> =>
    trainGenerator({
      showers: at('Showers.h5'),
      out: at('further'),
      options,
      resume,
      startFrom,
      startProgress: quiet,
      ...stop,
    });

  it('begins with the weights of another generator, also of another loss', async () => {
    const before = (await readGenerator(at('whole', 'generator.h5'))).decoder.weights;
    const still = { ...smallOptions, epochs: 1, learning_rate: 1e-12, loss: { ...smallOptions.loss, kl_weight: 0.1 } };
    await goOn(still, at('whole', 'generator.h5'));
    const after = await readGenerator(at('further', 'generator.h5'));
    for (const [name, { values }] of after.decoder.weights)
      if (!name.includes('moving'))
        expect(
          Math.max(...values.map((value, place) => Math.abs(value - before.get(name)!.values[place]!))),
        ).toBeLessThan(1e-7);
    expect(parseRecord(after.configuration, 'here').started_from).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses other layers, and test showers that the other generator has seen', async () => {
    const start = at('whole', 'generator.h5');
    await expect(goOn({ ...smallOptions, latent: 5 }, start)).rejects.toThrow('error[wrong-weights]');
    await expect(goOn({ ...smallOptions, seed: 8 }, start)).rejects.toThrow(
      'it has seen showers that are kept for the test here',
    );
  });

  it('resumes from the same start only', async () => {
    await train('elsewhere', { ...smallOptions, epochs: 1 });
    await goOn(smallOptions, at('whole', 'generator.h5'), false, stopAfter(1));
    await expect(goOn(smallOptions, at('elsewhere', 'generator.h5'), true)).rejects.toThrow(
      'error[checkpoint-differs]',
    );
  });
});

describe('evaluateGenerator', () => {
  const options = evaluateOptionsSchema.parse({ repeats: 2 });
  const evaluate = (more: object = {}, generator = at('whole', 'generator.h5'), showers = at('Showers.h5')) =>
    evaluateGenerator({ generator, showers, options: { ...options, ...more }, startProgress: quiet });

  it('compares on the showers that training left out, repeatably', async () => {
    const found = await evaluate();
    expect([found.showers, found.calorimeter]).toEqual([48, 'ZP']);
    expect(found.contenders.map(({ name }) => name)).toEqual(['generator', 'nearest condition', 'any training shower']);
    const [generator, nearest] = found.contenders;
    // A barely trained network against real showers of the same particles.
    expect(generator.distances.mean.value).toBeGreaterThan(2 * nearest!.distances.mean.value);
    expect(nearest!.photons.empty).toBe(0);
    expect(evaluationJson(await evaluate())).toEqual(evaluationJson(found));
    expect(evaluationJson(await evaluate({ seed: 2 }))).not.toEqual(evaluationJson(found));
  });

  it('reads the very showers that were left out, and asks for their particles', async () => {
    const artefact = await readGenerator(at('whole', 'generator.h5'));
    // A decoder that looks at the energy alone: pixel (3, 4), odd, so of strip 1, has exp(energy / 2) - 1 photons.
    const latent = smallOptions.latent;
    const kernel = new Float32Array((latent + 9) * 1680);
    kernel[latent * 1680 + 3 * 30 + 4] = 0.5;
    const network: LayerNetwork = {
      ...artefact.decoder.network,
      layers: [
        artefact.decoder.network.layers[0]!,
        { kind: 'dense', name: 'all', inputs: ['joined'], units: 1680, hasBias: false, activation: 'linear' },
        { kind: 'reshape', name: 'image', inputs: ['all'], shape: [56, 30, 1] },
      ],
      outputs: ['image'],
    };
    const decoder = { network, weights: new Map([['all/kernel', { shape: [latent + 9, 1680], values: kernel }]]) };
    await writeGenerator(at('energy.h5'), { ...artefact, decoder });
    const found = await evaluate({}, at('energy.h5'));

    const showers = await openShowers(at('Showers.h5'));
    const particles = showers.readParticles(0, showers.count);
    const { test } = splitShowers(particles, 9, smallOptions.split, smallOptions.seed);
    const { means, scales } = artefact.scaler!;
    for (const [place, row] of test.entries()) {
      const sums = (all: Float64Array): number[] => [...all.subarray(place * 5, place * 5 + 5)];
      expect(sums(found.real.sums)).toEqual([...channelSums('ZP', showers.readResponses(row, row + 1))]);
      const photons = Math.exp((particles[row * 9]! - means[0]!) / scales[0]! / 2) - 1;
      expect(sums(found.contenders[0].sums)).toEqual([0, Math.max(0, Math.round(photons)), 0, 0, 0]);
    }
    for (const { row, real, particle } of found.shown) {
      expect([...test]).toContain(row);
      expect([...real]).toEqual([...showers.readResponses(row, row + 1)]);
      expect(particle).toEqual([...particles.subarray(row * 9, row * 9 + 9)]);
    }
    showers.close();
  });

  it('takes a part of the test set, and draws photons, when asked to', async () => {
    const [all, part] = [await evaluate(), await evaluate({ showers: 20, sampling: 'poisson' })];
    expect(part.showers).toBe(20);
    expect([...part.real.sums]).toEqual([...all.real.sums.subarray(0, 100)]);
    for (const { generated } of part.shown) expect(generated.every(Number.isInteger)).toBe(true);
  });

  it('draws its figures', async () => {
    const report = await evaluationReport(await evaluate());
    const figures = figuresOf(report);
    expect(figures.map(({ name }) => name)).toEqual([
      ...[0, 1, 2, 3, 4].map((channel) => `channel-${channel}`),
      'showers',
    ]);
    for (const { svg } of figures) expect(svg).not.toContain('NaN');
  });

  it('refuses other showers, and generators that were not trained here', async () => {
    await writeSampleShowers(at('other.h5'), { calorimeter: 'ZP', particles: 24, showers: 10, seed: 2 });
    await expect(evaluate({}, undefined, at('other.h5'))).rejects.toThrow(
      'these are not the showers that the generator was trained on',
    );
    const { configuration: _, ...imported } = await readGenerator(at('whole', 'generator.h5'));
    await writeGenerator(at('imported.h5'), imported);
    await expect(evaluate({}, at('imported.h5'))).rejects.toThrow('error[no-run]');
  });

  it('takes the word of the caller for a generator that does not say what it has seen', async () => {
    const { configuration: _, ...imported } = await readGenerator(at('whole', 'generator.h5'));
    await writeGenerator(at('imported.h5'), imported);
    const found = await evaluate({ unseen: 'showers' }, at('imported.h5'));
    expect([found.showers, found.others, found.record]).toEqual([120, 120, undefined]);
    expect(found.contenders.map(({ name }) => name)).toEqual(['generator', 'nearest condition', 'any other shower']);
    const rows = await evaluate({ unseen: '200:' }, at('imported.h5'));
    expect([rows.showers, rows.others]).toEqual([40, 200]);
    const report = JSON.stringify(await evaluationReport(rows));
    expect(report).toContain("is the caller's word (--unseen 200:), not checked");
    expect(report).toContain('The test is rows 200: of the file; the baselines draw from the other 200');
    const { test, source } = evaluationJson(rows);
    expect([test.chosen_by, test.remarks.length, source]).toEqual(['caller', 2, imported.source]);
  });

  it('has no baselines where every shower is test, and says so', async () => {
    const { configuration: _, ...imported } = await readGenerator(at('whole', 'generator.h5'));
    await writeGenerator(at('imported.h5'), imported);
    const found = await evaluate({ unseen: 'all' }, at('imported.h5'));
    expect([found.showers, found.contenders.length]).toEqual([240, 1]);
    expect(evaluationJson(found).test.remarks[1]).toContain('There are no baselines');
    const report = await evaluationReport(found);
    expect(JSON.stringify(report)).not.toContain('nearest condition');
    expect(figuresOf(report).length).toBe(6);
  });

  it('takes it for other showers of a generator that was trained here, not for its own', async () => {
    await writeSampleShowers(at('other.h5'), { calorimeter: 'ZP', particles: 24, showers: 10, seed: 2 });
    const found = await evaluate({ unseen: 'particles' }, undefined, at('other.h5'));
    expect(evaluationJson(found).test.remarks[0]).toContain('it was trained on another file of showers');
    await expect(evaluate({ unseen: 'all' })).rejects.toThrow('says itself which of them it has not seen');
  });

  it('refuses showers that are infinitely bright', async () => {
    const artefact = await readGenerator(at('whole', 'generator.h5'));
    const weights = new Map(artefact.decoder.weights);
    const [last, bias] = [...weights].filter(([name]) => name.endsWith('/bias')).at(-1)!;
    weights.set(last, { ...bias, values: bias.values.map(() => 100) });
    await writeGenerator(at('bright.h5'), { ...artefact, decoder: { ...artefact.decoder, weights } });
    await expect(evaluate({}, at('bright.h5'))).rejects.toThrow('error[result-not-finite]');
  });
});

describe('showerGenerator', () => {
  it('gives every shower what it would get alone: neither batch nor neighbours matter', async () => {
    const generator = await showerGenerator(await readGenerator(at('whole', 'generator.h5')));
    const conditions = Float32Array.from({ length: 150 * 9 }, (_, place) => Math.sin(place));
    const images: Float32Array[] = [];
    for await (const { from, count, photons } of generator.images(conditions, 150, Random.seeded(4))) {
      expect([from, count]).toEqual(images.length === 0 ? [0, 128] : [128, 22]);
      images.push(photons.slice());
    }
    expect(images.map(({ length }) => length)).toEqual([128 * 1680, 22 * 1680]);
    const noise = Random.seeded(4);
    noise.fillNormal(new Float32Array(3 * 140));
    for await (const { photons } of generator.images(conditions.subarray(140 * 9, 141 * 9), 1, noise))
      expect(Math.max(...photons.map((n, pixel) => Math.abs(n - images[1]![12 * 1680 + pixel]!)))).toBeLessThan(1e-5);
    await generator.dispose();
  });
});
