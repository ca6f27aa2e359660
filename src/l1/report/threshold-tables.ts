/** Thresholds of any network on prepared events, and what they keep of the signals: what a run computes at its end, at any time. */
import { startProgress } from '../../base/progress.js';
import type { Network } from '../../network/network.js';
import { openPrepared, type PreparedSet } from '../data/prepared.js';
import { type ThresholdTable, tablesOf } from '../run/results.js';
import { type Refusal, type Threshold, thresholdsOf } from '../thresholds.js';
import { firmwareRunnerOf } from './firmware-runner.js';

export interface ThresholdTables {
  readonly events: number;
  /** Of each signal, in the order of the tables. */
  readonly signalEvents: readonly number[];
  /** How the events were made, when they are synthetic. */
  readonly synthetic?: string;
  readonly thresholds: readonly (Threshold | Refusal)[];
  /** Of the raw thresholds, then of those for pure rates. */
  readonly tables: readonly ThresholdTable[];
}

export interface ThresholdTableOptions {
  /** kHz */
  readonly rates: readonly number[];
  /** Rate of bunch crossings, kHz. */
  readonly bcKhz: number;
  /** GeV */
  readonly htThreshold: number;
}

/** @throws AxocError (user) when the network gives no score, or the file was not made by preparing data */
export async function thresholdTables(
  network: Network,
  source: string,
  data: { readonly path: string; readonly group: string },
  { rates, bcKhz, htThreshold }: ThresholdTableOptions,
): Promise<ThresholdTables> {
  const runner = await firmwareRunnerOf(network, source);
  const prepared = await openPrepared(data.path, data.group);
  try {
    const filled = [...prepared.signals].filter(([, { count }]) => count > 0);
    const total = filled.reduce((sum, [, { count }]) => sum + count, prepared.test.count);
    const progress = startProgress('scoring', total);
    const score = (set: PreparedSet) => {
      const level1 = set.readLevel1();
      const scores = runner.score(set, (events) => progress.advance(events));
      return { scores, ...(level1 === undefined ? {} : { level1 }), ht: set.readHt() };
    };
    const test = score(prepared.test);
    const signals = filled.map(([name, set]) => ({ name, events: score(set) }));
    progress.done();
    const thresholds = thresholdsOf(test, {
      targets: rates,
      bcKhz,
      scoreFraction: runner.scoreFraction,
      scoreMost: runner.scoreMost,
    });
    return {
      events: test.scores.length,
      signalEvents: signals.map(({ events }) => events.scores.length),
      ...(prepared.synthetic === undefined ? {} : { synthetic: prepared.synthetic }),
      thresholds,
      tables: (['raw', 'pure'] as const).flatMap((kind) => tablesOf(thresholds, kind, signals, htThreshold)),
    };
  } finally {
    prepared.close();
  }
}
