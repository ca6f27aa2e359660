/** `axoc scan` as a user meets it: runs for each value, one set of events, resumed where it was, compared on a page. */
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../support/command.js';

const workplace = new Workplace();
afterAll(() => workplace.remove());

const small = [
  ...['--set', 'data_config.Synthesis={background: 4000, signal: 200, train_fraction: 0.5}'],
  ...['--set', 'train.common={batch_size: 500, n_epochs: 1, validation_events: 500}'],
  ...['--set', 'threshold.target_rate=[2000]'],
  ...['--set', 'model.decoder_config.nodes=[16, 57]'],
];
const scan = (keys: readonly string[], ...more: readonly string[]): ReturnType<Workplace['axoc']> =>
  workplace.axoc(['scan', '--out', 'scan', ...keys.flatMap((key) => ['--key', key]), ...small, ...more]);

const widths = ['model.ap_fixed_kernel=[4,2],[6,2]'];
const time = (name: string): number => statSync(workplace.path(name)).mtimeMs;

let first: ReturnType<typeof scan>;
beforeAll(() => {
  first = scan(widths);
});

describe('scan', () => {
  it('trains a run for each value on the same events, and compares them', () => {
    expect(first.status, first.stderr).toBe(0);
    expect(first.stderr).toContain('run 1 of 2, ap_fixed_kernel-4-2: begins');
    expect(first.stderr).toContain('run 2 of 2, ap_fixed_kernel-6-2: begins');
    expect(first.stderr.match(/as prepared before/g)).toHaveLength(1);
    expect(first.stdout).toMatch(/^Runs +ap_fixed_kernel-4-2 +ap_fixed_kernel-6-2$/m);
    expect(first.stdout).toMatch(/^Efficiency at 2000 kHz \(%\) +ap_fixed_kernel-4-2 +ap_fixed_kernel-6-2$/m);
    expect(first.stdout).toMatch(/^model\.ap_fixed_kernel +\[4,2\] +\[6,2\]$/m);
    const page = workplace.read('scan/scan.html').toString();
    expect(page).toContain('Efficiency against bits of kernels');
    expect(page).toContain('Area under the ROC curve against bits of kernels');
    expect(existsSync(workplace.path('scan/ap_fixed_kernel-4-2/complete.h5'))).toBe(false);
  });

  it('each run is one that the other commands take', () => {
    const reported = workplace.axoc(['report', 'scan/ap_fixed_kernel-6-2', '--out', 'one.html']);
    expect(reported.status, reported.stderr).toBe(0);
    expect(workplace.read('one.html').toString()).toContain('2,000');
    expect(workplace.axoc(['thresholds', 'scan/ap_fixed_kernel-6-2', '--rate', '2000']).status).toBe(0);
  });

  it('goes on: finished runs stay, what is missing is trained, and the page is the same', () => {
    const page = workplace.read('scan/scan.html');
    const kept = time('scan/ap_fixed_kernel-4-2/lite.h5');
    const before = workplace.read('scan/ap_fixed_kernel-6-2/lite.h5');
    rmSync(workplace.path('scan/ap_fixed_kernel-6-2'), { recursive: true });
    const again = scan(widths, '--pdf', 'scan.pdf');
    expect(again.status, again.stderr).toBe(0);
    expect(again.stderr).toContain('run 1 of 2, ap_fixed_kernel-4-2: trained before');
    expect(again.stderr).toContain('run 2 of 2, ap_fixed_kernel-6-2: begins');
    expect(time('scan/ap_fixed_kernel-4-2/lite.h5')).toBe(kept);
    expect(workplace.read('scan/ap_fixed_kernel-6-2/lite.h5').equals(before)).toBe(true);
    expect(workplace.read('scan/scan.html').equals(page)).toBe(true);
    expect(workplace.read('scan.pdf').subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('goes on from the checkpoint of a run that was interrupted; another configuration is trained anew', () => {
    rmSync(workplace.path('scan/ap_fixed_kernel-4-2/lite.h5'));
    const resumed = scan(['model.ap_fixed_kernel=[4,2]']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain('run 1 of 1, ap_fixed_kernel-4-2: goes on from its checkpoint');
    const other = scan(['model.ap_fixed_kernel=[4,2]'], '--set', 'callback.lr_schedule.initial_learning_rate=0.01');
    expect(other.status, other.stderr).toBe(0);
    expect(other.stderr).toContain('run 1 of 1, ap_fixed_kernel-4-2: begins');
  });

  it('a run that was interrupted with another configuration: what differs, and what to do', () => {
    const lite = workplace.path('scan/ap_fixed_kernel-4-2/lite.h5');
    const kept = workplace.read('scan/ap_fixed_kernel-4-2/lite.h5');
    rmSync(lite);
    const other = scan(['model.ap_fixed_kernel=[4,2]'], '--set', 'callback.lr_schedule.initial_learning_rate=0.02');
    expect(other.status).toBe(2);
    expect(other.stderr).toContain(
      'the run that was interrupted in it has another configuration: callback.lr_schedule.initial_learning_rate was 0.01 and is 0.02',
    );
    expect(other.stderr).toContain('go on with the configuration it began with, delete the directory');
    writeFileSync(lite, kept);
  });

  it('every combination of several keys; a run that cannot be trained is left out and told', () => {
    const both = scan(['model.latent_dim=2,3', 'train.common.batch_size=500,4000'], '--out', 'grid');
    expect(both.status).toBe(2);
    expect(both.stderr.match(/^run \d of 4, [\w-]+: begins$/gm)).toEqual([
      'run 1 of 4, latent_dim-2_batch_size-500: begins',
      'run 2 of 4, latent_dim-2_batch_size-4000: begins',
      'run 3 of 4, latent_dim-3_batch_size-500: begins',
      'run 4 of 4, latent_dim-3_batch_size-4000: begins',
    ]);
    expect(both.stderr.match(/error\[too-few-rows\]/g)).toHaveLength(2);
    expect(both.stderr).toContain('latent_dim-3_batch_size-4000 is left out');
    expect(both.stdout).toMatch(/^Runs +latent_dim-2_batch_size-500 +latent_dim-3_batch_size-500$/m);
  });
});
