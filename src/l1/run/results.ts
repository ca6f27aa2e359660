/** What a trained model is worth: scores of all test events and signals, thresholds, tables, separation beside a linear baseline. */

import type { Histogram, ScoreTable } from '../../artefact/artefact.js';
import { startProgress } from '../../base/progress.js';
import { type Format, fractionBits, maxRaw } from '../../fixed/format.js';
import type { Parameters } from '../../train/fit.js';
import type { Config } from '../config/schema.js';
import type { PreparedData, PreparedSet } from '../data/prepared.js';
import { efficienciesOf, type SignalEvents } from '../efficiencies.js';
import { histogramsOf } from '../histograms.js';
import { fitLinearBaseline, type LinearBaseline, scoreLinearBaseline } from '../linear-baseline.js';
import { type Area, areaUnderRoc } from '../separation.js';
import { isThreshold, type Refusal, type Threshold, thresholdsOf } from '../thresholds.js';
import type { Scorer } from './scorer.js';

export interface Separation {
  readonly signal: string;
  readonly events: number;
  readonly network: Area;
  /** Of principal components, as many as the model has latent variables. */
  readonly linear: Area;
}

export interface RunResults {
  /** Scores of all test events, exact. */
  readonly background: Float64Array;
  readonly thresholds: readonly (Threshold | Refusal)[];
  /** Target rate in kHz of a raw threshold -> what it keeps of each signal. */
  readonly tables: ReadonlyMap<string, ScoreTable>;
  readonly histograms: { readonly background: Histogram; readonly signals: ReadonlyMap<string, Histogram> };
  /** Signals without events are left out. */
  readonly separation: readonly Separation[];
}

/** Rows that the baseline is fitted on, and of each set that it scores. */
const baselineRows = 100_000;

/** @param scoreFormat of the firmware's score */
export async function resultsOf(
  config: Config,
  data: PreparedData,
  scorer: Scorer,
  parameters: Parameters,
  scoreFormat: Format,
): Promise<RunResults> {
  const sets = [data.test, ...data.signals.values()];
  const progress = startProgress(
    'scoring',
    sets.reduce((total, { count }) => total + count, 0),
  );
  const scoreAll = async (set: PreparedSet): Promise<Float64Array> => {
    const scores = await scorer.score(set, parameters);
    progress.advance(set.count);
    return scores;
  };
  const background = await scoreAll(data.test);
  const scores = new Map<string, Float64Array>();
  for (const [name, set] of data.signals) if (set.count > 0) scores.set(name, await scoreAll(set));
  progress.done();

  const { target_rate, bc_khz, ht_threshold } = config.threshold;
  const zeroBias = { scores: background, ...level1Of(data.test) };
  const thresholds = thresholdsOf(zeroBias, {
    targets: target_rate,
    bcKhz: bc_khz,
    scoreFraction: fractionBits(scoreFormat),
    scoreMost: maxRaw(scoreFormat),
  });
  const signals = [...scores].map(([name, values]) => ({ name, events: eventsOf(data.signals.get(name)!, values) }));
  const tables = new Map(
    tablesOf(thresholds, 'raw', signals, ht_threshold).map(({ threshold, table }) => [String(threshold.target), table]),
  );
  return {
    background,
    thresholds,
    tables,
    histograms: histogramsOf(background, scores),
    separation: separationOf(data, background, scores, config.model.latent_dim),
  };
}

export interface NamedSignal {
  readonly name: string;
  readonly events: SignalEvents;
}

function level1Of(set: PreparedSet): { readonly level1?: Uint8Array } {
  const level1 = set.readLevel1();
  return level1 === undefined ? {} : { level1 };
}

function eventsOf(set: PreparedSet, scores: Float64Array): SignalEvents {
  return { scores, ...level1Of(set), ht: set.readHt() };
}

/** A threshold, and what it keeps of each signal. */
export interface ThresholdTable {
  readonly threshold: Threshold;
  readonly table: ScoreTable;
}

/** Of all thresholds of a kind. @param htThreshold GeV */
export function tablesOf(
  entries: readonly (Threshold | Refusal)[],
  kind: Threshold['kind'],
  signals: readonly NamedSignal[],
  htThreshold: number,
): readonly ThresholdTable[] {
  return entries
    .filter(isThreshold)
    .filter((threshold) => threshold.kind === kind)
    .map((threshold) => ({ threshold, table: tableOf(signals, threshold.value, htThreshold) }));
}

function tableOf(signals: readonly NamedSignal[], threshold: number, htThreshold: number): ScoreTable {
  const rows = signals.map(({ events }) => efficienciesOf(events, threshold, htThreshold));
  const column = (key: 'pure' | 'level1' | 'ht' | 'improvement') => {
    const values = rows.map((row) => row[key]);
    return values.some((value) => value !== undefined) ? { [key]: values } : {};
  };
  return {
    signals: signals.map(({ name }) => name),
    axo: rows.map(({ raw }) => raw),
    ...column('pure'),
    ...column('level1'),
    ...column('ht'),
    ...column('improvement'),
  };
}

/** Beside a linear baseline, fitted on training events; scores of signals that have events. */
export function separationOf(
  data: PreparedData,
  background: Float64Array,
  scores: ReadonlyMap<string, Float64Array>,
  components: number,
): readonly Separation[] {
  if (scores.size === 0) return [];
  const rows = (set: PreparedSet): Float32Array => set.readInputs(0, Math.min(set.count, baselineRows));
  const baseline: LinearBaseline = fitLinearBaseline(rows(data.train), data.features, components);
  const linearBackground = scoreLinearBaseline(baseline, rows(data.test));
  return [...scores].map(([signal, values]) => ({
    signal,
    events: values.length,
    network: areaUnderRoc(background, values),
    linear: areaUnderRoc(linearBackground, scoreLinearBaseline(baseline, rows(data.signals.get(signal)!))),
  }));
}
