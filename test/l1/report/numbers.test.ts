/** The numbers of a run's report against a recomputation from the scores of `axoc simulate` that shares no code with it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/compile/model.js';
import { simulateModel } from '../../../src/compile/simulate-model.js';
import { openPrepared, type PreparedSet } from '../../../src/l1/data/prepared.js';
import { collectRun, type RunFacts } from '../../../src/l1/report/collect.js';
import { findRunFiles } from '../../../src/l1/report/run-files.js';
import { runReport } from '../../../src/l1/report/run-report.js';
import { defaultPrecision } from '../../../src/network/precision.js';
import type { Report } from '../../../src/report/report.js';
import { bcKhz, rowsOf, trainSampleRun } from './sample-run.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-report-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => path.join(directory, name);

let facts: RunFacts;
let report: Report;
beforeAll(async () => {
  await trainSampleRun(directory);
  facts = await collectRun(await findRunFiles(at('run')));
  report = await runReport(facts);
});

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
    const raw = rowsOf(report, 'Thresholds').filter(([kind]) => kind === 'raw');
    expect(raw.map(([, target]) => target)).toEqual(['300', '2000']);
    for (const row of raw) {
      const threshold = thresholdOf(Number(row[1]));
      const test = sets.get('')!;
      const passing = above(test, threshold);
      const pure = passing.filter((passes, event) => passes && test.level1[event] === 0).length;
      const rate = (events: number): string => ((events / passing.length) * bcKhz).toPrecision(4);
      const error = (events: number): string => {
        const part = events / passing.length;
        const digits = (Math.sqrt((part * (1 - part)) / passing.length) * bcKhz).toPrecision(2);
        return digits.includes('e') ? String(Number(digits)) : digits;
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
      const rows = rowsOf(report, `At ${target} kHz`);
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
        // Nothing passes: a Poisson mean of log 20 gives nothing in one case of twenty.
        const limit = `< ${(100 * Math.min(1, Math.log(20) / total)).toFixed(2)}`;
        const shown = values.map((value) => (value === 0 ? limit : (100 * value).toFixed(2)));
        expect(cells).toEqual([String(total), ...(raw === 0 ? [limit, '95 %', ...shown.slice(2)] : shown)]);
      }
    }
  });

  it('areas under the ROC curve, pair by pair', () => {
    const background = sets.get('')!.raws;
    for (const [name, events, auc] of rowsOf(report, 'Separation from the background, beside a linear baseline')) {
      const signal = sets.get(name!)!.raws;
      let wins = 0;
      for (const a of signal) for (const b of background) wins += a > b ? 1 : a === b ? 0.5 : 0;
      expect([events, auc]).toEqual([String(signal.length), (wins / (signal.length * background.length)).toFixed(4)]);
    }
  });

  it('ranges seen of the score', () => {
    const row = rowsOf(report, 'Formats').find(([name]) => name === 'score')!;
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
