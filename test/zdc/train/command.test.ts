/** `axoc zdc train` and `axoc zdc evaluate` as users run them: killed and resumed, mistakes, what is printed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Workplace } from '../../support/command.js';
import { requireSharedData } from '../../support/shared-data.js';
import { smallOptions, writeSampleShowers } from '../sample-showers.js';

const place = new Workplace();
afterAll(() => place.remove());

const config = (epochs: number): string =>
  stringify({ train: { ...smallOptions, epochs, checkpoint_seconds: 0 }, evaluate: { repeats: 2 } });

beforeAll(async () => {
  await writeSampleShowers(place.path('Showers.h5'));
  writeFileSync(place.path('zdc.yaml'), config(24));
});

const train = (out: string): string[] => [
  'zdc',
  'train',
  '--showers',
  'Showers.h5',
  '--config',
  'zdc.yaml',
  '--out',
  out,
];

describe('axoc zdc train', () => {
  it('killed at any moment and resumed writes the same bytes as without', async () => {
    const child = place.start(train('killed'));
    const log = place.path('killed/work/history.csv');
    while (!existsSync(log) && child.exitCode === null) await setTimeout(5);
    await setTimeout(60);
    child.kill('SIGKILL');
    while (child.exitCode === null && child.signalCode === null) await setTimeout(5);
    const epochs = readFileSync(log, 'utf8').trim().split('\n').length - 1;
    expect(epochs).toBeGreaterThan(0);
    expect(epochs).toBeLessThan(24);
    expect(existsSync(place.path('killed/generator.h5'))).toBe(false);

    const resumed = place.axoc([...train('killed'), '--resume']);
    expect(resumed.stderr).not.toContain('epoch 1 ');
    const whole = place.axoc(train('whole'));
    expect([resumed.status, whole.status]).toEqual([0, 0]);
    for (const name of ['generator.h5', 'history.csv', 'scales.txt', 'losses.svg'])
      expect(place.read(`killed/${name}`).equals(place.read(`whole/${name}`))).toBe(true);
    expect(whole.stdout).toContain('next: axoc zdc evaluate whole/generator.h5 --showers Showers.h5');
  });

  it('says what is wrong with a layer, at its place in the file', () => {
    writeFileSync(
      place.path('wrong.yaml'),
      'train:\n  decoder:\n    - {layer: Dense, units: none}\n    - {layer: conv2d}\n',
    );
    const { status, stderr } = place.axoc([
      'zdc',
      'train',
      '--showers',
      'x.h5',
      '--out',
      'y',
      '--config',
      'wrong.yaml',
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain('error[bad-value]: wrong.yaml: line 3');
    expect(stderr).toMatch(
      /wrong.yaml: line 4, column \d+: train.decoder\[1\].layer: Dense, .* or Dropout expected, found the text "conv2d"\n {2}help: did you mean "Conv2D"\?/,
    );
  });

  it('refuses showers that were not prepared', () => {
    const { status, stderr } = place.axoc(['zdc', 'train', '--showers', 'whole/generator.h5', '--out', 'y']);
    expect(status).toBe(2);
    expect(stderr).toContain('was not made by preparing showers');
  });
});

describe('axoc zdc evaluate', () => {
  it('prints distances beside the baselines, and writes numbers, page and figures', () => {
    const { status, stdout } = place.axoc(
      'zdc evaluate whole/generator.h5 --showers Showers.h5 --config zdc.yaml --out evaluation'.split(' '),
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^48 test showers of \d+ particles in ZP\n/);
    for (const name of ['generator', 'nearest condition', 'any training shower'])
      expect(stdout).toMatch(new RegExp(`\n${name}( +[\\d.e+-]+ \u00b1 [\\d.e+-]+){6}\n`));
    const numbers = JSON.parse(place.read('evaluation/evaluation.json').toString()) as {
      contenders: { wasserstein: { mean: { value: number } } }[];
    };
    for (const { wasserstein } of numbers.contenders) expect(wasserstein.mean.value).toBeGreaterThan(0);
    expect(place.read('evaluation/evaluation.html').toString()).toContain('1-Wasserstein');
    expect(place.read('evaluation/showers.png').subarray(1, 4).toString()).toBe('PNG');
  });

  it('says on whose word showers are unseen, and refuses words it does not know', () => {
    writeFileSync(place.path('unseen.yaml'), 'evaluate: {repeats: 2, unseen: half}\n');
    const evaluate = (...more: string[]) =>
      place.axoc(['zdc', 'evaluate', 'whole/generator.h5', '--showers', 'Showers.h5', '--out', 'unseen', ...more]);
    expect(evaluate('--unseen', 'half').stderr).toContain('all, showers, particles, or rows as FROM:TO expected');
    expect(evaluate('--config', 'unseen.yaml').stderr).toMatch(
      /unseen.yaml: line 1, column \d+: evaluate.unseen: all, showers, particles, or rows as FROM:TO expected, found the text "half"/,
    );
    expect(existsSync(place.path('unseen'))).toBe(false);
  });

  it('judges the published decoder, once its scales and a word for it are given', (ctx) => {
    const published = `${requireSharedData(ctx)}/zdc/proton_vae_decoder.h5`;
    const [means, scales] = [
      [1067, 0, 0, 0, 0.035, 0.008, 34, 293, 0.11],
      [1190, 5.4e-6, 5e-6, 2e-2, 0.3, 0.29, 1598, 423, 0.39],
    ];
    writeFileSync(place.path('scales.txt'), `#means\n${means.join('\n')}\n\n#scales\n${scales.join('\n')}\n`);
    const evaluate = (...more: string[]) =>
      place.axoc(['zdc', 'evaluate', 'keras.h5', '--showers', 'Showers.h5', '--out', 'published', ...more]);
    expect(place.axoc(['import', published, '--out', 'keras.h5']).status).toBe(0);
    expect(evaluate('--unseen', 'showers').stderr).toContain('error[no-scales]: keras.h5');
    expect(place.axoc(['import', published, '--out', 'keras.h5', '--scales', 'scales.txt']).status).toBe(0);
    expect(evaluate().stderr).toContain('error[no-run]: keras.h5');
    const { status, stdout } = evaluate('--unseen', 'showers', '--repeats', '2');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^120 test showers of \d+ particles in ZP\nThat the generator has seen none of the test/);
    expect(stdout).toMatch(/\nany other shower( +[\d.e+-]+ \u00b1 [\d.e+-]+){6}\n/);
    expect(place.read('published/evaluation.html').toString()).toContain('word (--unseen showers), not checked');
  });
});
