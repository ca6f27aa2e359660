/** What the report of a run says of events that tell little: a sentence where a figure or a number would be. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Dataset, File as HdfFile, ready } from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLite } from '../../../src/artefact/write-artefact.js';
import { withHdf5File } from '../../../src/data/hdf5/file.js';
import { collectRun, type RunFacts } from '../../../src/l1/report/collect.js';
import { findRunFiles } from '../../../src/l1/report/run-files.js';
import { runReport } from '../../../src/l1/report/run-report.js';
import * as axo from '../../../src/library/index.js';
import { htmlOf } from '../../../src/report/html.js';
import { pdfOf } from '../../../src/report/pdf.js';
import type { Report } from '../../../src/report/report.js';
import { hostile, rowsOf, slave, tables, textsOf, trainSampleRun } from './sample-run.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-report-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => path.join(directory, name);

let report: Report;
let facts: RunFacts;
let html: string;
beforeAll(async () => {
  await ready;
  await trainSampleRun(directory);
  facts = await collectRun(await findRunFiles(at('run')));
  report = await runReport(facts);
  html = htmlOf(report);
});

describe('what is said', () => {
  it('synthetic events, signals with no and one event, rates that the test events are too few for', () => {
    const said = textsOf(report).join('\n');
    expect(said).toContain('The events are synthetic (axoc data synthesise, seed 5');
    expect(said).toContain('Signal nothing has no events');
    expect(said).toContain('Signal single has one event');
    expect(rowsOf(report, 'Rates without a threshold')).toEqual([
      ['0.15', 'raw, pure', '0.0 of 3,000 test events would be above it, 10 are needed: give 1,907,254 test events'],
    ]);
    expect(said).not.toContain('are not those');
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('names are text, on the page and in its figures', () => {
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src&#x3D;x onerror&#x3D;&quot;alert(&#x27;1&#x27;)&quot;&gt;');
  });

  it('the same run gives the same page and the same PDF; its own events and those beside it give the same page', async () => {
    expect(htmlOf(await runReport(await collectRun(await findRunFiles(at('run')))))).toBe(html);
    const lite = await findRunFiles(at('run/lite.h5'));
    expect(lite.data).toEqual({ path: at('run/Data.h5'), group: '' });
    const other = htmlOf(await runReport(await collectRun(lite)));
    expect(other.replace('run/lite.h5', 'run/complete.h5')).toBe(html);
    expect(Buffer.from(await pdfOf(report)).equals(Buffer.from(await pdfOf(report)))).toBe(true);
  });

  it('without events: what the artefact holds, and sentences where figures would be', async () => {
    const alone = await runReport(await collectRun({ artefact: at('run/lite.h5'), manifests: [] }));
    expect(textsOf(alone).join('\n')).toContain('The run was given without events');
    const stored = tables(alone).find(({ title }) => title === 'At 300 kHz')!;
    // Without its events a signal's efficiency of 0 has no limit.
    const shown = rowsOf(report, 'At 300 kHz').map((row) => (row[2]!.startsWith('<') ? '0.00' : row[2]));
    expect(stored.rows.map((row) => row[2]!.text)).toEqual(shown);
    expect(htmlOf(alone)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('events without Level-1 bits and pile-up, and a score that is an expression', async () => {
    const rows = await withHdf5File(at('run/Data.h5'), (file) =>
      file.dataset('Background_data/Train/HARDWARE').readAll(),
    );
    const events = Array.from({ length: rows.length / 57 }, (_, event) => [
      ...rows.subarray(57 * event, 57 * (event + 1)),
    ]);
    writeFileSync(at('events.json'), JSON.stringify(events));
    const BACKGROUND = { file_path: at('events.json'), train_sector: [0, 1500], test_sector: [1500, 3000] } as const;
    const model = { ...slave.model, score: 'sum(abs(mu))' };
    await axo.main({
      slave: { ...slave, model, data_config: { Read_configs: { BACKGROUND } } },
      directory: at('bare'),
    });
    const bare = await runReport(await collectRun(await findRunFiles(at('bare'))));
    const said = textsOf(bare).join('\n');
    expect(said).toContain('The test events carry no Level-1 bits');
    expect(said).toContain('The test events carry no pile-up');
    expect(said).toContain('so the stability of the rate cannot be told');
    expect(said).toContain('No signal has events');
    expect(rowsOf(bare, 'Rates without a threshold')).toContainEqual([
      '300',
      'pure',
      'pure: the events carry no Level-1 bits',
    ]);
    expect(htmlOf(bare)).toMatch(/score: sum\(abs\(\w+\)\)/);
    expect(htmlOf(bare)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('an encoder whose scores are all equal', async () => {
    const { trimmedEncoder } = facts.artefact;
    const layers = trimmedEncoder.layers.map((layer) =>
      layer.kind === 'dense'
        ? { ...layer, weights: layer.weights.map((row) => row.map(() => 0)), bias: (layer.bias ?? []).map(() => 0) }
        : layer,
    );
    await writeLite(at('flat.h5'), { ...facts.artefact, trimmedEncoder: { ...trimmedEncoder, layers } });
    const flat = await runReport(
      await collectRun({ artefact: at('flat.h5'), data: { path: at('run/Data.h5'), group: '' }, manifests: [] }),
    );
    const said = textsOf(flat).join('\n');
    expect(said).toContain('All test events have the same score, 0');
    expect(said).toContain('Every score is 0: the score tells no event from another.');
    expect(said).toContain('the events are not those of the run');
    expect(said).toContain('Every event has the same latent variables');
    expect(htmlOf(flat)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('thresholds, efficiencies, histograms and losses that are NaN', async () => {
    const { artefact } = facts;
    const spoilt = (values: readonly number[]): number[] => values.map((value, at) => (at === 0 ? Number.NaN : value));
    const histograms = artefact.histograms!;
    await writeLite(at('nan.h5'), {
      ...artefact,
      thresholds: artefact.thresholds!.map((one) => ({ ...one, value: Number.NaN })),
      scoreTables: new Map(
        [...artefact.scoreTables!].map(([rate, table]) => [rate, { ...table, axo: spoilt(table.axo) }]),
      ),
      histograms: { ...histograms, background: { ...histograms.background, bins: spoilt(histograms.background.bins) } },
      history: new Map(
        [...artefact.history].map(([name, values]) => [name, name === 'loss' ? spoilt(values) : values]),
      ),
    });
    const bad = await runReport(await collectRun({ artefact: at('nan.h5'), manifests: [] }));
    const said = textsOf(bad).join('\n');
    expect(said).toContain(
      'The run has stored thresholds and efficiencies and histograms of scores that are not finite',
    );
    expect(said).toContain('Epochs are left out where they were not finite (NaN): loss.');
    expect(said).toContain('Scores are not finite numbers, so their distribution cannot be drawn.');
    expect(rowsOf(bad, 'Thresholds').map((row) => row[2])).toEqual(Array(4).fill('\u2013'));
    expect(rowsOf(bad, 'At 300 kHz')[0]![2]).toBe('\u2013');
    expect(htmlOf(bad).replaceAll('(NaN)', '')).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('Level-1 bits that signals lack, pile-up that is not finite, bits of other events', async () => {
    const noticesOf = async (name: string, change: (file: HdfFile) => void): Promise<readonly string[]> => {
      const file = new HdfFile(at(name), 'a');
      change(file);
      file.close();
      const data = { path: at(name), group: '' };
      return (await collectRun({ artefact: at('run/lite.h5'), data, manifests: [] })).notices;
    };
    // No dataset has the name of the bits any more.
    const renamed = readFileSync(at('run/Data.h5')).toString('latin1').replaceAll('L1bits', 'L1bitz');
    writeFileSync(at('bare.h5'), renamed, 'latin1');
    expect(await noticesOf('bare.h5', () => {})).toContain(
      `No Level-1 bits are carried by the events of ${hostile}, XTo2L, single: their L1, pure and improvement cannot be told.`,
    );
    const short = (file: HdfFile): unknown =>
      file.create_dataset({ name: 'Background_data/Test/L1bits', data: new Uint8Array(7) });
    await expect(noticesOf('bare.h5', short)).rejects.toThrow(
      /wrong-shape.*Background_data\/Test\/L1bits.*has 7 values for 3000 events/,
    );
    copyFileSync(at('run/Data.h5'), at('holes.h5'));
    const holes = (file: HdfFile): void =>
      (file.get('Background_data/Test/PU') as Dataset).write_slice(
        [[0, 1200]],
        new Float32Array(1200).fill(Number.NaN),
      );
    expect(await noticesOf('holes.h5', holes)).toContain(
      '1,200 events of background have no finite pile-up (NaN): figures against it leave them out.',
    );
  });

  it('a signal that is empty, one with one event: in the sentences, not in the figures', async () => {
    const shown = html.replace(/<section id="data">[\s\S]*?<\/section>/, '');
    expect(shown.match(/nothing/g)!.length).toBeLessThan(4);
    expect(rowsOf(report, 'At 300 kHz').map(([name, events]) => [name, events])).toContainEqual(['single', '1']);
    expect(rowsOf(report, 'At 300 kHz').map(([name]) => name)).not.toContain('nothing');
    expect(rowsOf(report, 'Sets of events').find(([name]) => name === 'nothing')![1]).toBe('0');
  });

  it('refuses a directory that is no run, and events of another', async () => {
    await expect(findRunFiles(directory)).rejects.toThrow(/no-run.*holds neither complete\.h5 nor lite\.h5/);
    mkdirSync(at('nothing'));
    await expect(findRunFiles(at('nothing'))).rejects.toThrow(/no-run.*holds neither complete\.h5 nor lite\.h5/);
    const files = { artefact: at('run/lite.h5'), data: { path: at('bare/Data.h5'), group: '' }, manifests: [] };
    await expect(collectRun(files)).rejects.toThrow(/foreign-events.*normalised otherwise/);
  });
});
