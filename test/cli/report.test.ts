/** `axoc report`, `score`, `thresholds`, `compare` as a user meets them. */
import { existsSync, writeFileSync } from 'node:fs';
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

describe('thresholds', () => {
  it('of a run are those that training printed', () => {
    const table = (text: string): string => /rate kHz[\s\S]*?\n\n/.exec(text)![0];
    const found = workplace.axoc(['thresholds', 'run', '--rate', '500,2000']);
    expect(found.status, found.stderr).toBe(0);
    expect(table(found.stdout)).toBe(table(trained.stdout));
    expect(found.stdout).toMatch(/^at 2000 kHz +axo % +\+- +L1 % +HT % +pure % +improvement %$/m);
    expect(found.stdout).toMatch(/^XTo2L( +(< )?\d+\.\d\d){6}$/m);
    expect(found.stdout).toMatch(/^at pure 2000 kHz +axo % /m);
    expect(found.stderr).toContain('not measured, not simulated');
  });

  it('without options are those that the run is configured with, its HT seed too', () => {
    const asked = ['thresholds', 'run/lite.h5', '--input', 'run/Data.h5'];
    expect(workplace.axoc(asked).stdout).toBe(workplace.axoc([...asked, '--rate', '500,2000']).stdout);
    expect(workplace.axoc([...asked, '--ht', '5000']).stdout).toMatch(/^HHHto6b( +\S+){3} +< 1\.00 /m);
  });

  it('of an artefact on events that are named, and rates that are too low', () => {
    const found = workplace.axoc(['thresholds', 'run/lite.h5', '--input', 'run/complete.h5', '--rate', '0.5']);
    expect(found.status, found.stderr).toBe(0);
    expect(found.stdout).toBe('');
    expect(found.stderr).toContain(
      'no threshold at 0.5 kHz: 0.0 of 2,000 test events would be above it, 10 are needed',
    );
    const wrong = workplace.axoc(['thresholds', 'run', '--rate', '-1']);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('positive numbers are expected');
  });
});

describe('score', () => {
  const events = ['--input', 'run/Data.h5', '--dataset', 'Background_data/Test/HARDWARE'];
  it('gives the integers of simulate, their values, and the decisions that make the rates', () => {
    const scored = workplace.axoc(['score', 'run/lite.h5', ...events, '--output', 'scores.csv']);
    expect(scored.status, scored.stderr).toBe(0);
    const simulate = ['simulate', 'run/lite.h5', ...events, '--output'];
    expect(workplace.axoc([...simulate, 'raw.json']).status).toBe(0);
    expect(workplace.axoc([...simulate, 'real.json', '--output-values']).status).toBe(0);
    const [head, ...lines] = workplace.read('scores.csv').toString().trimEnd().split('\n');
    expect(JSON.parse(`[${head}]`)).toEqual([
      'integer',
      'score',
      ...['raw', 'pure'].flatMap((kind) => [`${kind} 500 kHz`, `${kind} 2000 kHz`]),
    ]);
    const rows = lines.map((line) => line.split(',').map(Number));
    expect(rows.map(([integer]) => integer)).toEqual(JSON.parse(workplace.read('raw.json').toString()));
    expect(rows.map(([, score]) => score)).toEqual(JSON.parse(workplace.read('real.json').toString()));
    for (const [column, rate] of [
      [2, 500],
      [3, 2000],
    ] as const) {
      const passed = rows.filter((row) => row[column] === 1).length;
      const line = new RegExp(`^${rate} +raw +\\d+ +${passed} +${((100 * passed) / 2000).toFixed(3)} `, 'm');
      expect(scored.stdout).toMatch(line);
      const printed = ((passed / 2000) * 28608.8064).toPrecision(4);
      expect(trained.stdout).toMatch(new RegExp(`^${rate} +raw .* ${printed.replace('.', '\\.')} `, 'm'));
    }
    expect(scored.stdout).toContain('2,000 events');
  });

  it('a model without thresholds is scored all the same', () => {
    const description = {
      name: 'plain',
      inputs: 57,
      input_format: 'ap_fixed<16,12>',
      layers: [{ kind: 'dense', name: 'd', weights: Array.from({ length: 57 }, () => [1]) }],
      score: { kind: 'sum-of-squares', of: 'd' },
    };
    writeFileSync(workplace.path('plain.json'), JSON.stringify(description));
    const scored = workplace.axoc(['score', 'plain.json', ...events]);
    expect(scored.status, scored.stderr).toBe(0);
    expect(scored.stderr).toContain('plain.json holds no thresholds');
  });
});

describe('compare', () => {
  it('two runs: what differs, what they are worth', () => {
    const other = workplace.axoc([
      'train',
      '--out',
      'other',
      ...small,
      '--set',
      'model={latent_dim: 3, ap_fixed_kernel: [4, 2]}',
    ]);
    expect(other.status, other.stderr).toBe(0);
    const compared = workplace.axoc(['compare', 'run', 'other', '--html', 'both.html', '--pdf', 'both.pdf']);
    expect(compared.status, compared.stderr).toBe(0);
    expect(compared.stdout).toMatch(/^model\.latent_dim +8 +3$/m);
    expect(compared.stdout).toMatch(/^Area under the ROC curve +run +other$/m);
    const auc = /^XTo2L +300 +(0\.\d{4}) /m.exec(trained.stdout)![1];
    expect(compared.stdout).toMatch(new RegExp(`^XTo2L +${auc} ± `, 'm'));
    expect(workplace.read('both.html').toString()).toContain('Efficiency against bits of kernels');
    expect(workplace.read('both.html').toString()).not.toContain('Efficiency against bits of biases');
    expect(workplace.read('both.pdf').subarray(0, 5).toString()).toBe('%PDF-');
    expect(workplace.axoc(['compare', 'run', './run']).stdout).toMatch(/^Area under the ROC curve +run +run \(2\)$/m);
    expect(workplace.axoc(['compare', 'run']).stderr).toContain('one run has nothing to be compared with');
    expect(workplace.axoc(['compare', 'run', 'other', '--html', 'run/complete.h5']).stderr).toContain(
      'error[output-is-input]: run/complete.h5: this file is read by the same command',
    );
  });
});
