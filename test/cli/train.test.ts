/** `axoc train` as a user meets it: from nothing to a verified project; killed, interrupted and resumed; its errors. */
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArtefact } from '../../src/artefact/read-artefact.js';
import { Random } from '../../src/base/random.js';
import { openPrepared } from '../../src/l1/data/prepared.js';
import * as axo from '../../src/library/index.js';
import { root, Workplace } from '../support/command.js';
import { testSeed } from '../support/seed.js';
import { requireSharedData } from '../support/shared-data.js';

const workplace = new Workplace();
afterAll(() => workplace.remove());

const small = [
  ...['--set', 'data_config.Synthesis={background: 4000, signal: 300, train_fraction: 0.5}'],
  ...['--set', 'train.common={batch_size: 250, n_epochs: 3, validation_events: 500}'],
  ...['--set', 'threshold.target_rate=[500, 2000]'],
];
const testEvents = ['--dataset', 'Background_data/Test/HARDWARE'];

/** The run that all others are compared with. */
const run = (): ReturnType<Workplace['axoc']> => workplace.axoc(['train', '--out', 'whole', ...small]);
let whole: ReturnType<typeof run>;
beforeAll(() => {
  whole = run();
});

describe('train', () => {
  it('goes from nothing to an artefact, and says what it is worth', () => {
    expect(whole.status, whole.stderr).toBe(0);
    expect(whole.stderr).toContain('2,000 training and 2,000 test events');
    expect(whole.stderr).toContain('not measured, not simulated');
    expect(whole.stderr.match(/^epoch \d /gm)).toEqual(['epoch 1 ', 'epoch 2 ', 'epoch 3 ']);
    for (const signal of ['HHHto6b', 'SoftExotic', 'XTo2L'])
      expect(whole.stdout).toMatch(
        new RegExp(`^${signal} +300 +[01]\\.\\d{4} +0\\.\\d{4} +[01]\\.\\d{4} +0\\.\\d{4}$`, 'm'),
      );
    expect(whole.stdout).toContain('scores of training and firmware are equal on all 2,000 test events');
  });

  it('the artefact compiles and verifies in every leg, on all test events', () => {
    const verified = workplace.axoc(['verify', 'whole/lite.h5', '--input', 'whole/Data.h5', ...testEvents]);
    expect(verified.status, verified.stderr).toBe(0);
    for (const leg of ['interpreter', 'wasm', 'hls'])
      expect(verified.stdout).toMatch(new RegExp(`^${leg} +equal on 3,024 vectors`, 'm'));
    const emitted = workplace.axoc(['emit-hls', 'whole/complete.h5', '--vectors', '64', '--out', 'firmware']);
    expect(emitted.status, emitted.stderr).toBe(0);
    expect(existsSync(workplace.path('firmware/build_prj.tcl'))).toBe(true);
  });

  it('thresholds of the artefact select exactly the events that the simulation does', async () => {
    const scored = workplace.axoc([
      ...['simulate', 'whole/lite.h5', '--input', 'whole/Data.h5', ...testEvents, '--output', 'scores.json'],
    ]);
    expect(scored.status, scored.stderr).toBe(0);
    const raws = JSON.parse(workplace.read('scores.json').toString()) as number[];
    const { thresholds } = await readArtefact(workplace.path('whole/lite.h5'));
    const above = thresholds!.map(({ key, kind, integer }) => {
      const events = raws.filter((raw) => BigInt(raw) >= integer).length;
      return [kind, key, (events / raws.length) * 28608.8064] as const;
    });
    const rawRates = above.filter(([kind]) => kind === 'raw');
    expect(rawRates).toHaveLength(2);
    // A rate is a whole number of 2,000 events; equal scores fall on one side of the threshold.
    for (const [, target, rate] of rawRates) expect(Math.abs(rate - target)).toBeLessThan(3 * (28608.8064 / 2000));
  });

  it('without powers of two the command it names next feeds normalised values; a checkpoint is not replaced in silence', () => {
    const set = ['--set', 'data_config.Normalisation_configs.scheme=RobustScaler(5,95,-2,2)'];
    const run = (): { stdout: string; stderr: string } => workplace.axoc(['train', '--out', 'plain', ...small, ...set]);
    const { stdout, stderr } = run();
    const [, next] = stdout.match(/^ {2}next: axoc (emit-hls .*Test\/DATA --input-values .*)$/m) ?? [];
    expect(next, stdout).toBeDefined();
    expect(stderr).not.toContain('--resume');
    const emitted = workplace.axoc([...next!.split(' '), '--max-events', '100']);
    expect(emitted.status, emitted.stderr).toBe(0);
    expect(run().stderr).toContain(
      'training begins anew and replaces the checkpoints in plain/temp; --resume would go on from them\n',
    );
  });

  it('the same command gives the same bytes, in another directory', () => {
    expect(workplace.axoc(['train', '--out', 'again', ...small]).status).toBe(0);
    for (const file of ['lite.h5', 'complete.h5', 'Data.h5'])
      expect(workplace.read(`again/${file}`).equals(workplace.read(`whole/${file}`)), file).toBe(true);
  });

  it('killed at any moment and resumed, it gives the same bytes', async () => {
    const random = Random.seeded(testSeed(41));
    // Also before there is a checkpoint.
    const args = ['train', '--out', 'killed', ...small, '--set', 'callback.checkpoint.every_steps=1', '--resume'];
    let kills = 0;
    for (let attempt = 0; attempt < 8; attempt++) {
      const child = workplace.start(args);
      const ended = once(child, 'exit');
      await pause(random.integer(300, 2500));
      child.kill('SIGKILL');
      const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
      if (signal === 'SIGKILL') kills++;
    }
    expect(kills).toBeGreaterThan(0);
    const last = workplace.axoc(args);
    expect(last.status, last.stderr).toBe(0);
    const [killed, uninterrupted] = await Promise.all(
      ['killed', 'whole'].map((directory) => readArtefact(workplace.path(`${directory}/lite.h5`))),
    );
    // The configuration says when checkpoints are written; everything else is the same.
    expect({ ...killed, configuration: '' }).toEqual({ ...uninterrupted, configuration: '' });
  });

  it('Ctrl-C saves, says how to go on, and the resumed run gives the same bytes', async () => {
    const child = workplace.start(['train', '--out', 'interrupted', ...small]);
    let heard = '';
    let isInterrupted = false;
    child.stderr!.on('data', (text: Buffer) => {
      heard += text.toString();
      if (heard.includes('epoch 1 ') && !isInterrupted) isInterrupted = child.kill('SIGINT');
    });
    const [code] = (await once(child, 'close')) as [number];
    expect(heard).toContain('go on with the same command and --resume');
    expect(code).toBe(2);
    expect(existsSync(workplace.path('interrupted/lite.h5'))).toBe(false);
    expect(workplace.axoc(['train', '--out', 'interrupted', ...small, '--resume']).status).toBe(0);
    expect(workplace.read('interrupted/lite.h5').equals(workplace.read('whole/lite.h5'))).toBe(true);
  });
});

it.each([
  ['model', 'model.ap_fixed_kernel=[7, 2]'],
  ['loss', 'train.VAE_config.beta=0.1'],
  ['data', 'data_config.Normalisation_configs.norm_ignore_zeros=false'],
])('does not resume a run with another %s, and leaves what it has made', (what, set) => {
  const before = workplace.read('whole/Data.h5');
  const result = workplace.axoc(['train', '--out', 'whole', ...small, '--set', set, '--resume']);
  expect(result.status).toBe(2);
  expect(result.stderr).toContain('error[checkpoint-differs]');
  expect(result.stderr).toContain(`a fit with other ${what}:`);
  expect(workplace.read('whole/Data.h5').equals(before)).toBe(true);
});

describe('configuration', () => {
  it('names the nearest key for one that lives elsewhere', () => {
    const result = workplace.axoc(['train', '--set', 'train.common.learning_rate=1e-3']);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('error[unknown-key]');
    expect(result.stderr).toContain('callback.lr_schedule.initial_learning_rate');
  });

  it('prints a configuration that reads back as itself', () => {
    const printed = workplace.axoc(['train', '--set', 'model.latent_dim=4', '--print-config']);
    expect(printed.status).toBe(0);
    writeFileSync(workplace.path('printed.yaml'), printed.stdout);
    expect(workplace.axoc(['train', '--config', 'printed.yaml', '--print-config']).stdout).toBe(printed.stdout);
    expect(printed.stdout).toContain('latent_dim: 4');
  });

  it('a learning rate that explodes is stopped, and the old artefact stays', () => {
    const before = workplace.read('whole/lite.h5');
    const result = workplace.axoc([
      ...['train', '--out', 'whole', ...small],
      ...['--set', 'train.common.optimiser=sgd', '--set', 'callback.lr_schedule.initial_learning_rate=1e30'],
    ]);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/error\[not-finite-loss\].*step \d+, epoch 1/);
    expect(result.stderr).toContain('the last good checkpoint is');
    expect(workplace.read('whole/lite.h5').equals(before)).toBe(true);
  });
});

describe('the library', () => {
  const slave: axo.Slave = {
    data_config: { Synthesis: { background: 2000, signal: 100 } },
    train: { common: { batch_size: 200, n_epochs: 1, validation_events: 0 } },
  };

  it('trains the public example', async () => {
    const model = { encoder_config: { nodes: [28, 64, 128] } };
    const trained = await axo.main({ slave: { ...slave, model }, directory: workplace.path('library') });
    if (trained.end === 'interrupted') throw new Error('nobody interrupted it');
    const widths = trained.description.layers.flatMap((layer) => ('weights' in layer ? [layer.bias!.length] : []));
    expect(widths).toEqual([28, 64, 128, 8]);
    expect(trained.provedEvents).toBe(1000);
  });

  it('takes a loss that the user has written', async () => {
    writeFileSync(
      workplace.path('pt-only.mjs'),
      'export default (truth, reconstruction, { ops, physical }) =>\n' +
        '  ops.abs(ops.subtract(physical(truth).pt, physical(reconstruction).pt));\n',
    );
    const common = { ...slave.train!.common, reconstruction_loss: workplace.path('pt-only.mjs') };
    const trained = await axo.main({ slave: { ...slave, train: { common } }, directory: workplace.path('own-loss') });
    expect(trained.end).toBe('finished');
  });

  it('an autoencoder trained on zero bias separates every signal, better than principal components', async () => {
    const config = `${root}fixtures/config/autoencoder.yaml`;
    const trained = await axo.main({ config, directory: workplace.path('autoencoder') });
    if (trained.end === 'interrupted') throw new Error('nobody interrupted it');
    const { separation } = trained.results;
    expect(separation.map(({ signal }) => signal)).toEqual(['HHHto6b', 'SoftExotic', 'XTo2L']);
    for (const { signal, network, linear } of separation)
      expect(network.auc - linear.auc, signal).toBeGreaterThan(2 * Math.hypot(network.error, linear.error));
  });

  it('trains on real events, end to end', async (ctx) => {
    const file_path = `${requireSharedData(ctx)}/axol1tl/events.json.gz`;
    const BACKGROUND = { file_path, train_sector: [0, 5000], test_sector: [5000, 8000] } as const;
    const trained = await axo.main({
      slave: { ...slave, data_config: { Read_configs: { BACKGROUND } } } as axo.Slave,
      directory: workplace.path('real'),
    });
    if (trained.end === 'interrupted') throw new Error('nobody interrupted it');
    expect(trained.provedEvents).toBe(2128);
    const data = await openPrepared(trained.data);
    expect(data.train.count).toBe(5000);
    data.close();
  });
});
