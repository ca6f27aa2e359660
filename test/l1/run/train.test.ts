/** What a training run does before its first step, and when its files cannot be written. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { resolveConfig } from '../../../src/l1/config/resolve.js';
import type { Slave } from '../../../src/l1/config/schema.js';
import { train } from '../../../src/l1/run/train.js';

const directory = mkdtempSync(join(tmpdir(), 'axoc-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

const small: Slave = {
  data_config: { Synthesis: { background: 1000, signal: 100 } },
  model: { encoder_config: { nodes: [4] }, decoder_config: { nodes: [57] }, latent_dim: 2 },
  train: { common: { batch_size: 100, n_epochs: 1, reconstruction_loss: 'mse', validation_events: 100 } },
};

it('an interruption while events are made or read ends the run and leaves nothing half made', async () => {
  const out = join(directory, 'interrupted');
  const options = { directory: out, resume: false, signal: AbortSignal.abort() };
  expect(await train(resolveConfig({ slave: small }), options)).toEqual({ end: 'interrupted', epochs: 0, steps: 0 });
  const left = readdirSync(out, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
});

it.each([
  ['a tensor without a quantiser', { model: { quantisers: { 'encoder1/kernel': 'none' } } }, 'not-quantised'],
  ['sums that no executor adds exactly', { model: { ap_fixed_kernel: [40, 2] } }, 'not-exact'],
  ['a loss that is not there', { train: { common: { reconstruction_loss: './absent.js' } } }, 'unreadable-file'],
] as const)('%s is told before any event is read', async (_, slave, code) => {
  const config = resolveConfig({ slave });
  await expect(train(config, { directory: join(directory, 'absent'), resume: false })).rejects.toThrow(
    `error[${code}]`,
  );
  expect(readdirSync(directory)).not.toContain('absent');
});

it('outputs that cannot be written are told together, before any event is read', async () => {
  const out = join(directory, 'refused');
  mkdirSync(join(out, 'lite.h5'), { recursive: true });
  const slave: Slave = { ...small, store: { complete_path: '/proc/complete.h5' } };
  const hint = '  help: choose a path that can be written';
  await expect(train(resolveConfig({ slave }), { directory: out, resume: false })).rejects.toThrow(
    [
      `error[unwritable-file]: ${join(out, 'lite.h5')}: it is a directory, a file was expected`,
      hint,
      'error[unwritable-file]: /proc/complete.h5: no such file or directory',
      hint,
    ].join('\n'),
  );
  expect(readdirSync(out)).toEqual(['lite.h5']);
});

it('an artefact that cannot be written costs no training', async () => {
  const out = join(directory, 'blocked');
  const config = resolveConfig({ slave: small });
  const block = (): void => void mkdirSync(join(out, 'complete.h5'));
  await expect(train(config, { directory: out, resume: false, afterEpoch: block })).rejects.toThrow(
    /unwritable-file.*complete\.h5[\s\S]*the training is kept in .*temp: the same command with --resume writes it/,
  );
  rmSync(join(out, 'complete.h5'), { recursive: true });
  const run = await train(config, { directory: out, resume: true });
  expect([run.end, readdirSync(out).includes('complete.h5')]).toEqual(['finished', true]);
});
