/** Collects what a report shows of a run: its artefact, and what its events say when the firmware's program scores them. */
import type { Artefact } from '../../artefact/artefact.js';
import { readArtefact } from '../../artefact/read-artefact.js';
import { userError } from '../../base/diagnostic.js';
import { startProgress } from '../../base/progress.js';
import { programDigest } from '../../ir/digest.js';
import type { Network } from '../../network/network.js';
import { defaultPrecision } from '../../network/precision.js';
import { networkOf } from '../../network/read-network.js';
import type { Config } from '../config/schema.js';
import { storedConfig } from '../config/stored-config.js';
import { openPrepared, type PreparedData, type PreparedSet } from '../data/prepared.js';
import { type PrepareSummary, unorderedNotice } from '../data/summary.js';
import { type Separation, separationOf, type ThresholdTable, tablesOf } from '../run/results.js';
import { isThreshold, type Refusal, type Threshold, thresholdsOf } from '../thresholds.js';
import { type FoundFirmware, firmwareOf } from './firmware-facts.js';
import { type FirmwareRunner, firmwareRunnerOf } from './firmware-runner.js';
import { type InputHistograms, inputHistogramsOf } from './input-histograms.js';
import type { RunFiles } from './run-files.js';

/** A set of events with the firmware's score of each. */
export interface ScoredSet {
  readonly name: string;
  readonly scores: Float64Array;
  /** 1 where another Level-1 seed has fired; absent when the events do not tell. */
  readonly level1?: Uint8Array;
  /** GeV */
  readonly ht: Float32Array;
  /** Vertices; absent when the events do not tell. */
  readonly pileup?: Float32Array;
  /** Named values of the first events: id -> numbers, event by event. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

export interface EventFacts {
  readonly summary: PrepareSummary;
  /** How the events were made, when they are synthetic. */
  readonly synthetic?: string;
  readonly test: ScoredSet;
  /** Signals that have events. */
  readonly signals: readonly ScoredSet[];
  readonly emptySignals: readonly string[];
  readonly inputs: InputHistograms;
  readonly thresholds: readonly (Threshold | Refusal)[];
  /** Raw thresholds, and what each keeps of the signals. */
  readonly tables: readonly ThresholdTable[];
  /** The same of the thresholds for pure rates. */
  readonly pureTables: readonly ThresholdTable[];
  readonly separation: readonly Separation[];
}

export interface RunFacts {
  /** Name of the artefact's file. */
  readonly source: string;
  readonly artefact: Artefact;
  readonly config: Config;
  readonly network: Network;
  readonly runner: FirmwareRunner;
  /** Absent: there are no events, so only what the artefact holds can be shown. */
  readonly events?: EventFacts;
  /** Firmware projects that were given, or found beside the run. */
  readonly firmware: FoundFirmware;
  /** What the reader has to know before the numbers. */
  readonly notices: readonly string[];
}

/** Events whose named values are looked at: of the background, and of each signal. */
const tracedEvents = { background: 2000, signal: 400 } as const;

/** @throws AxocError (user) for anything wrong with the files */
export async function collectRun({ artefact: path, data, manifests }: RunFiles): Promise<RunFacts> {
  const artefact = await readArtefact(path);
  const config = storedConfig(artefact, path);
  const network = networkOf(artefact.trimmedEncoder, path, defaultPrecision);
  const runner = await firmwareRunnerOf(network, path);
  const firmware = firmwareOf(manifests, programDigest(runner.lowered.program));
  const facts = { source: path, artefact, config, network, runner, firmware };
  const asides = [...storedNotices(artefact), ...firmware.foreign.map(foreignNotice)];
  if (data === undefined)
    return {
      ...facts,
      notices: ['The run was given without events: figures and tables that need them are left out.', ...asides],
    };
  const prepared = await openPrepared(data.path, data.group);
  try {
    checkNormalisation(artefact, prepared);
    const events = eventFactsOf(config, runner, prepared);
    return { ...facts, events, notices: [...noticesOf(artefact, events), ...asides] };
  } finally {
    prepared.close();
  }
}

/** What the artefact holds that is no finite number. */
function storedNotices({ thresholds = [], scoreTables, histograms, history }: Artefact): readonly string[] {
  const tables = [...(scoreTables?.values() ?? [])].flatMap(({ signals: _, ...columns }) => Object.values(columns));
  const all = histograms === undefined ? [] : [histograms.background, ...histograms.signals.values()];
  const stored = [
    ['thresholds', thresholds.map(({ value }) => value)],
    ['efficiencies', tables.flat()],
    ['histograms of scores', all.flatMap(({ bins, counts }) => [...bins, ...counts])],
  ] as const;
  const bad = stored.filter(([, values]) => !values.every(Number.isFinite)).map(([name]) => name);
  const losses = [...history].flatMap(([name, values]) =>
    !name.includes('/') && !values.every(Number.isFinite) ? [name.replaceAll('_', ' ')] : [],
  );
  return [
    ...(bad.length === 0
      ? []
      : [
          `The run has stored ${bad.join(' and ')} that are not finite numbers (NaN): scores were not numbers when it ended. Nothing that follows from them is shown.`,
        ]),
    ...(losses.length === 0 ? [] : [`Epochs are left out where they were not finite (NaN): ${losses.join(', ')}.`]),
  ];
}

function foreignNotice(name: string): string {
  return `The firmware project ${name} is not of this network: it was made from another one, with other types, or by another version of axoc. Make it anew: axoc emit-hls.`;
}

/** Events that were scaled otherwise are not this run's, and would be scored without a word. */
function checkNormalisation({ normalisation }: Artefact, data: PreparedData): void {
  const isSame = (stored: readonly (readonly number[])[], found: Float64Array): boolean =>
    stored.flat().length === found.length && stored.flat().every((value, index) => value === found[index]);
  if (isSame(normalisation.scale, data.normalisation.scale) && isSame(normalisation.bias, data.normalisation.bias))
    return;
  throw userError(
    'foreign-events',
    data.path,
    'its events were normalised otherwise than those of the run',
    'give the Data.h5 that the run was trained with',
  );
}

function eventFactsOf(config: Config, runner: FirmwareRunner, data: PreparedData): EventFacts {
  const { target_rate, bc_khz, ht_threshold } = config.threshold;
  const filled = [...data.signals].filter(([, { count }]) => count > 0);
  const sets: readonly (readonly [string, PreparedSet])[] = [['background', data.test], ...filled];
  const progress = startProgress(
    'scoring',
    sets.reduce((sum, [, { count }]) => sum + count, 0),
  );
  const scored = sets.map(([name, set], index): ScoredSet => {
    const [level1, pileup] = [set.readLevel1(), set.readPileup()];
    return {
      name,
      scores: runner.score(set, (events) => progress.advance(events)),
      ...(level1 === undefined ? {} : { level1 }),
      ht: set.readHt(),
      ...(pileup === undefined ? {} : { pileup }),
      values: runner.trace(set, index === 0 ? tracedEvents.background : tracedEvents.signal),
    };
  });
  progress.done();
  const [test, ...signals] = scored as [ScoredSet, ...ScoredSet[]];
  const thresholds = thresholdsOf(test, {
    targets: target_rate,
    bcKhz: bc_khz,
    scoreFraction: runner.scoreFraction,
    scoreMost: runner.scoreMost,
  });
  const named = signals.map((signal) => ({ name: signal.name, events: signal }));
  return {
    summary: data.summary,
    ...(data.synthetic === undefined ? {} : { synthetic: data.synthetic }),
    test,
    signals,
    emptySignals: [...data.signals].flatMap(([name, { count }]) => (count === 0 ? [name] : [])),
    inputs: inputHistogramsOf(data),
    thresholds,
    tables: tablesOf(thresholds, 'raw', named, ht_threshold),
    pureTables: tablesOf(thresholds, 'pure', named, ht_threshold),
    separation: separationOf(
      data,
      test.scores,
      new Map(signals.map(({ name, scores }) => [name, scores])),
      config.model.latent_dim,
    ),
  };
}

function noticesOf(artefact: Artefact, events: EventFacts): readonly string[] {
  const notices: string[] = [];
  if (events.synthetic !== undefined)
    notices.push(
      `The events are synthetic (${events.synthetic}): no number here says how the model would do on real collisions.`,
    );
  const missing = [
    ...(events.test.level1 === undefined
      ? ['Level-1 bits: pure rates, pure efficiencies and improvements cannot be told']
      : []),
    ...(events.test.pileup === undefined ? ['pile-up: the stability of the rates cannot be told'] : []),
  ];
  for (const what of missing) notices.push(`The test events carry no ${what}.`);
  const bare = events.signals.filter(({ level1 }) => level1 === undefined).map(({ name }) => name);
  if (bare.length > 0)
    notices.push(
      `No Level-1 bits are carried by the events of ${bare.join(', ')}: their L1, pure and improvement cannot be told.`,
    );
  notices.push(...[events.test, ...events.signals].flatMap(notFiniteNotices));
  const unordered = unorderedNotice(events.summary);
  if (unordered !== undefined) notices.push(unordered);
  for (const name of events.emptySignals)
    notices.push(`Signal ${name} has no events: it is left out of figures and tables.`);
  for (const { name, scores } of events.signals)
    if (scores.length < fewSignalEvents)
      notices.push(
        `Signal ${name} has ${scores.length === 1 ? 'one event' : `${scores.length} events`}: its efficiencies say little.`,
      );
  const { scores } = events.test;
  if (scores.length === 0) notices.push('There are no test events: no rate and no threshold can be told.');
  else if (scores.every((score) => score === scores[0]))
    notices.push(`All test events have the same score, ${scores[0]}: no threshold can select some of them.`);
  else {
    const lowest = scores.reduce((a, b) => Math.min(a, b));
    const share = scores.reduce((sum, score) => sum + (score === lowest ? 1 : 0), 0) / scores.length;
    if (share > coarseShare)
      notices.push(
        `${(100 * share).toFixed(1)} % of the test events have the same, lowest score: the score can hardly tell them apart.`,
      );
  }
  const worse = events.separation.filter(({ network, linear }) => network.auc < linear.auc).map(({ signal }) => signal);
  if (worse.length > 0) notices.push(`The linear baseline separates better than the network: ${worse.join(', ')}.`);
  const stored = (artefact.thresholds ?? []).map(({ key, kind, value }) => `${kind} ${key} ${value}`);
  const found = events.thresholds.filter(isThreshold).map(({ target, kind, value }) => `${kind} ${target} ${value}`);
  if (stored.join() !== found.join())
    notices.push(
      'The thresholds that follow from these events are not those that the run has stored: the events are not those of the run. Shown are the former.',
    );
  return notices;
}

/** What an event file says of events that is no finite number, where a figure or a count leaves it out. */
function notFiniteNotices({ name, ht, pileup = new Float32Array() }: ScoredSet): readonly string[] {
  return [
    { quantity: 'pile-up', values: pileup, left: 'figures against it leave them out' },
    { quantity: 'HT', values: ht, left: 'they count as below the HT seed, and figures against HT leave them out' },
  ].flatMap(({ quantity, values, left }) => {
    const bad = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    return bad === 0
      ? []
      : [`${bad.toLocaleString('en-US')} events of ${name} have no finite ${quantity} (NaN): ${left}.`];
  });
}

const fewSignalEvents = 30;
/** With more events than this at the lowest score, half of a ROC curve is a straight line. */
const coarseShare = 0.5;
