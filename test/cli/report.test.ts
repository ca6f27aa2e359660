/** `axoc report`, `score`, `thresholds`, `compare` as a user meets them. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../support/command.js';

const workplace = new Workplace();
afterAll(() => workplace.remove());

const small = [
  ...['--set', 'data_config.Synthesis={background: 4000, signal: 300, train_fraction: 0.5}'],
  ...['--set', 'train.common={batch_size: 250, n_epochs: 2, validation_events: 500}'],
  ...['--set', 'threshold.target_rate=[500, 2000]'],
];

let trained: ReturnType<Workplace['axoc']>;
beforeAll(() => {
  const reports = [
    '--set',
    'report={html_report: {generate: true}, pdf_report: {generate: true, path: paper/run.pdf}}',
  ];
  trained = workplace.axoc(['train', '--out', 'run', ...small, ...reports]);
});

describe('report', () => {
  it('train writes what the configuration asks for', () => {
    expect(trained.status, trained.stderr).toBe(0);
    expect(trained.stdout).toContain('run/report.html: its report');
    expect(workplace.read('run/report.html').toString()).toContain('The events are synthetic');
    expect(workplace.read('run/paper/run.pdf').subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('gives the same page afterwards, the PDF and the figures', () => {
    const made = workplace.axoc(['report', 'run', '--out', 'again.html', '--pdf', 'again.pdf', '--png', 'figures']);
    expect(made.status, made.stderr).toBe(0);
    expect(workplace.read('again.html').equals(workplace.read('run/report.html'))).toBe(true);
    expect(workplace.read('again.pdf').equals(workplace.read('run/paper/run.pdf'))).toBe(true);
    expect(made.stdout).toContain('figures/roc.png');
    expect(existsSync(workplace.path('figures/quantisation.png'))).toBe(true);
  });

  it('says what is wrong with a run', () => {
    const none = workplace.axoc(['report', 'nowhere']);
    expect(none.status).toBe(2);
    expect(none.stderr).toContain('error[unreadable-file]: nowhere');
    const foreign = workplace.axoc(['report', 'run/Data.h5']);
    expect(foreign.status).toBe(2);
    expect(foreign.stderr).toContain('error[not-an-artefact]');
  });
});
