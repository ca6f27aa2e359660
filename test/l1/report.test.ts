/** The report of a run: its numbers against a recomputation that shares no code, and what it says of events that tell little. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/compile/model.js';
import { simulateModel } from '../../src/compile/simulate-model.js';
import { withHdf5File } from '../../src/data/hdf5-file.js';
import { writeHdf5File } from '../../src/data/hdf5-write.js';
import { openPrepared, type PreparedSet } from '../../src/l1/data/prepared.js';
import { collectRun, type RunFacts } from '../../src/l1/report/collect.js';
import { findRunFiles } from '../../src/l1/report/run-files.js';
import { runReport } from '../../src/l1/report/run-report.js';
import { synthesise } from '../../src/l1/synthesis/synthesise.js';
import * as axo from '../../src/library/index.js';
import { defaultPrecision } from '../../src/network/precision.js';
import { htmlOf } from '../../src/report/html.js';
import { pdfOf } from '../../src/report/pdf.js';
import type { Block, Report, TableBlock } from '../../src/report/report.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-report-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => path.join(directory, name);

const hostile = `<img src=x onerror="alert('1')">`;
const bcKhz = 28608.8064;
const targets = [0.15, 300, 2000];

/** The synthetic signals under other names, and two that hold nothing and one event. */
async function writeSignals(): Promise<void> {
  await withHdf5File(at('signals.h5'), (from) =>
    writeHdf5File(at('renamed.h5'), (file) => {
      const copy = (name: string, as: string, events: number): void => {
        for (const suffix of ['', '_ET', '_HT', '_nPV', '_l1bit']) {
          const { shape, ...dataset } = from.dataset(`${name}${suffix}`);
          const appender = file.appender(`${as}${suffix}`, suffix === '_l1bit' ? 'uint8' : 'int16', shape.slice(1));
          if (events > 0) appender.append(dataset.read(0, events));
        }
      };
      copy('HHHto6b', hostile, 400);
      copy('XTo2L', 'XTo2L', 400);
      copy('XTo2L', 'single', 1);
      copy('XTo2L', 'nothing', 0);
    }),
  );
}

/** The synthetic background, every third event of which another seed has taken: the real menu takes too few to tell pure from raw. */
async function writeBackground(): Promise<void> {
  await withHdf5File(at('background.h5'), (from) =>
    writeHdf5File(at('taken.h5'), (file) => {
      for (const name of ['full_data_cyl', 'ET', 'HT', 'event_info']) {
        const { shape, ...dataset } = from.dataset(name);
        file.appender(name, 'int16', shape.slice(1)).append(dataset.readAll());
      }
      file
        .appender('L1bit', 'uint8', [])
        .append(Uint8Array.from({ length: 6000 }, (_, event) => (event % 3 === 0 ? 1 : 0)));
      file.attribute('event_info', 'columns', ['nPV']);
      file.attribute('', 'synthetic', String(from.attributes('').get('synthetic')));
    }),
  );
}

const slave = {
  model: { encoder_config: { nodes: [12] }, latent_dim: 3, decoder_config: { nodes: [16, 57] } },
  train: { common: { batch_size: 256, n_epochs: 2, reconstruction_loss: 'mse', validation_events: 512 } },
  threshold: { target_rate: targets },
} as const;

let report: Report;
let facts: RunFacts;
let html: string;
beforeAll(async () => {
  await synthesise({ out: directory, background: 6000, signal: 400, seed: 5 });
  await writeSignals();
  await writeBackground();
  const read = {
    BACKGROUND: { file_path: at('taken.h5'), train_sector: [0, 3000], test_sector: [3000, 6000] },
  } as const;
  await axo.main({
    slave: { ...slave, data_config: { Read_configs: { ...read, SIGNAL: { file_path: at('renamed.h5') } } } },
    directory: at('run'),
  });
  facts = await collectRun(await findRunFiles(at('run')));
  report = await runReport(facts);
  html = htmlOf(report);
});

function tables(of: Report): readonly TableBlock[] {
  const within = (blocks: readonly Block[]): readonly TableBlock[] =>
    blocks.flatMap((block) => (block.kind === 'table' ? [block] : block.kind === 'group' ? within(block.blocks) : []));
  return of.sections.flatMap(({ blocks }) => within(blocks));
}

function rowsOf(title: string): readonly (readonly string[])[] {
  const table = tables(report).find((one) => one.title === title);
  if (table === undefined) throw new Error(`no table "${title}" among ${tables(report).map((one) => one.title)}`);
  return table.rows.map((row) => row.map(({ text }) => text));
}

function textsOf(of: Report): readonly string[] {
  return of.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.kind === 'notice' ? [block.text] : block.kind === 'missing' ? [block.reason] : [],
    ),
  );
}

describe('numbers, recomputed from the scores of axoc simulate', () => {
  interface Events {
    readonly raws: readonly number[];
    readonly level1: Uint8Array;
    readonly ht: Float32Array;
  }
  const sets = new Map<string, Events>();
  let fraction = 0;
  beforeAll(async () => {
    const model = await loadModel(at('run/lite.h5'), { precision: defaultPrecision, checkEachPass: false });
    const type = /^ap_u?fixed<(\d+),(\d+)/.exec(facts.artefact.trimmedEncoder.score!.result_format!)!;
    fraction = Number(type[1]) - Number(type[2]);
    const data = await openPrepared(at('run/Data.h5'));
    const add = async (name: string, group: string, set: PreparedSet): Promise<void> => {
      const input = { path: at('run/Data.h5'), unit: 'hardware' as const, dataset: `${group}/HARDWARE` };
      await simulateModel(model, input, {
        engine: 'interpret',
        threads: 1,
        output: at('s.json'),
        values: false,
        trace: false,
      });
      const raws = JSON.parse(readFileSync(at('s.json'), 'utf8')) as number[];
      sets.set(name, { raws, level1: set.readLevel1()!, ht: set.readHt() });
    };
    await add('', 'Background_data/Test', data.test);
    for (const [name, set] of data.signals) if (set.count > 0) await add(name, `Signal_data/${name}`, set);
    data.close();
  });

  /** The threshold as the percentile's definition has it: rank (n - 1) * (1 - rate / bc), between neighbours linear. */
  function thresholdOf(rate: number): number {
    const scores = sets
      .get('')!
      .raws.map((raw) => raw / 2 ** fraction)
      .sort((a, b) => a - b);
    const rank = (1 - rate / bcKhz) * (scores.length - 1);
    const low = Math.floor(rank);
    return scores[low]! + (rank - low) * ((scores[low + 1] ?? scores[low]!) - scores[low]!);
  }

  const above = ({ raws }: Events, threshold: number): readonly boolean[] =>
    raws.map((raw) => raw / 2 ** fraction > threshold);
  const count = (flags: readonly boolean[]): number => flags.filter(Boolean).length;

  it('raw thresholds, integers, rates and errors', () => {
    const raw = rowsOf('Thresholds').filter(([kind]) => kind === 'raw');
    expect(raw.map(([, target]) => target)).toEqual(['300', '2000']);
    for (const row of raw) {
      const threshold = thresholdOf(Number(row[1]));
      const test = sets.get('')!;
      const passing = above(test, threshold);
      const pure = passing.filter((passes, event) => passes && test.level1[event] === 0).length;
      const rate = (events: number): string => ((events / passing.length) * bcKhz).toPrecision(4);
      const error = (events: number): string => {
        const part = events / passing.length;
        return (Math.sqrt((part * (1 - part)) / passing.length) * bcKhz).toPrecision(2);
      };
      expect(pure).toBeLessThan(count(passing));
      const integer = Math.min(...test.raws.filter((score) => score / 2 ** fraction > threshold));
      expect(row.slice(2, 3).concat(row.slice(4))).toEqual([
        threshold.toPrecision(6),
        rate(count(passing)),
        error(count(passing)),
        rate(pure),
        error(pure),
      ]);
      // The firmware's integer makes the same decision for every event.
      expect(Number(row[3])).toBeLessThanOrEqual(integer);
      expect(test.raws.filter((score) => score >= Number(row[3])).length).toBe(count(passing));
    }
  });

  it('efficiencies of every signal at every threshold', () => {
    for (const target of [300, 2000]) {
      const rows = rowsOf(`At ${target} kHz`);
      expect(rows.map(([name]) => name)).toEqual([...sets.keys()].slice(1));
      for (const [name, ...cells] of rows) {
        const events = sets.get(name!)!;
        const passing = above(events, thresholdOf(target));
        const total = passing.length;
        const share = (flags: readonly boolean[]): number => count(flags) / total;
        const taken = [...events.level1].map((bit) => bit === 1);
        const raw = share(passing);
        const either = share(passing.map((passes, event) => passes || taken[event]!));
        const values = [
          raw,
          Math.sqrt((raw * (1 - raw)) / total),
          share(taken),
          share([...events.ht].map((ht) => ht > 280)),
          share(passing.map((passes, event) => passes && !taken[event])),
          either - share(taken),
        ];
        expect(cells).toEqual([String(total), ...values.map((value) => (100 * value).toFixed(2))]);
      }
    }
  });

  it('areas under the ROC curve, pair by pair', () => {
    const background = sets.get('')!.raws;
    for (const [name, events, auc] of rowsOf('Separation from the background, beside a linear baseline')) {
      const signal = sets.get(name!)!.raws;
      let wins = 0;
      for (const a of signal) for (const b of background) wins += a > b ? 1 : a === b ? 0.5 : 0;
      expect([events, auc]).toEqual([String(signal.length), (wins / (signal.length * background.length)).toFixed(4)]);
    }
  });

  it('ranges seen of the score', () => {
    const row = rowsOf('Formats').find(([name]) => name === 'score')!;
    const seen = [...sets].flatMap(([name, { raws }]) => raws.slice(0, name === '' ? 2000 : 400));
    const scores = seen.map((raw) => raw / 2 ** fraction);
    const plain = (value: number): string => String(Number(value.toPrecision(6)));
    expect(row.slice(4, 7)).toEqual([
      plain(Math.min(...scores)),
      plain(Math.max(...scores)),
      ((100 * scores.filter((score) => score === 0).length) / scores.length).toFixed(2),
    ]);
  });
});

describe('what is said', () => {
  it('synthetic events, signals with no and one event, rates that the test events are too few for', () => {
    const said = textsOf(report).join('\n');
    expect(said).toContain('The events are synthetic (axoc data synthesise, seed 5');
    expect(said).toContain('Signal nothing has no events');
    expect(said).toContain('Signal single has one event');
    expect(said).toMatch(
      /No raw threshold at 0.15 kHz: 0\.0 of 3,000 test events would be above it, 10 are needed: give 1,907,254 test events\./,
    );
    expect(said).toMatch(/No pure threshold at 0.15 kHz/);
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
    const alone = await runReport(await collectRun({ artefact: at('run/lite.h5') }));
    expect(textsOf(alone).join('\n')).toContain('The run was given without events');
    const stored = tables(alone).find(({ title }) => title === 'At 300 kHz')!;
    expect(stored.rows.map((row) => row[2]!.text)).toEqual(rowsOf('At 300 kHz').map((row) => row[2]));
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
    expect(said).toMatch(/No pure threshold at 300 kHz: pure: the events carry no Level-1 bits/);
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
    const { writeLite } = await import('../../src/artefact/write-artefact.js');
    await writeLite(at('flat.h5'), { ...facts.artefact, trimmedEncoder: { ...trimmedEncoder, layers } });
    const flat = await runReport(
      await collectRun({ artefact: at('flat.h5'), data: { path: at('run/Data.h5'), group: '' } }),
    );
    const said = textsOf(flat).join('\n');
    expect(said).toContain('All test events have the same score, 0');
    expect(said).toContain('No score is above 0: the score tells no event from another.');
    expect(said).toContain('the events are not those of the run');
    expect(said).toContain('Every event has the same latent variables');
    expect(htmlOf(flat)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('refuses a directory that is no run, and events of another', async () => {
    await expect(findRunFiles(directory)).rejects.toThrow(/no-run.*holds neither complete\.h5 nor lite\.h5/);
    const files = { artefact: at('run/lite.h5'), data: { path: at('bare/Data.h5'), group: '' } };
    await expect(collectRun(files)).rejects.toThrow(/foreign-events.*normalised otherwise/);
  });
});
