/** Section: thresholds for rates, how the score is distributed, whether rates stay the same when pile-up changes. */
import type { Artefact, StoredThreshold } from '../../../artefact/artefact.js';
import type { Plot } from '../../../report/plots/plot.js';
import { efficiencyPoints, pointsPlot } from '../../../report/plots/points.js';
import { scoreDistribution } from '../../../report/plots/score-distribution.js';
import { type Block, type Cell, numberCell, type Section, textCell } from '../../../report/report.js';
import { limitWithout } from '../../rates.js';
import { rateSlope } from '../../stability.js';
import { isThreshold, type Refusal, type Threshold } from '../../thresholds.js';
import type { EventFacts, RunFacts } from '../collect.js';
import { binnedIn, countedIn, stretchedEdges, usualRange } from '../curves.js';
import { figure, limitNote, percent, plain, rateCells, scoreText } from './blocks.js';

export async function thresholdsSection(facts: RunFacts): Promise<Section> {
  const { artefact, events, config } = facts;
  const entries = events?.thresholds ?? [];
  const limit = limitWithout(events?.test.scores.length ?? 0) * config.threshold.bc_khz;
  const rows =
    events === undefined
      ? (artefact.thresholds ?? []).map(storedRow)
      : entries.filter(isThreshold).map((entry) => thresholdRow(entry, limit));
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `Bunches cross at ${config.threshold.bc_khz.toLocaleString('en-US')} kHz. An event passes when its score is above the threshold; the firmware compares the raw integer of the score and passes from the integer given here on. Errors are statistical (binomial), one standard deviation.`,
    },
    rows.length === 0
      ? { kind: 'missing', title: 'Thresholds', reason: 'No target rate has a threshold.' }
      : {
          kind: 'table',
          title: 'Thresholds',
          columns: [
            'Kind',
            'Target (kHz)',
            'Threshold',
            'Integer',
            'Rate (kHz)',
            '± (kHz)',
            'Pure rate (kHz)',
            '± (kHz)',
          ].map((title, column) => ({ title, isNumber: column > 0 })),
          rows,
          note: `Raw: of all events. Pure: of events that no other Level-1 seed has taken. ${limitNote}`,
        },
    ...refusalTable(entries.filter((entry) => !isThreshold(entry)) as readonly Refusal[]),
    await distributionFigure(facts),
    ...(events === undefined ? [] : [await stabilityFigure(events, config.threshold.bc_khz), ...slopeTable(events)]),
  ];
  return { id: 'thresholds', title: 'Thresholds and rates', blocks };
}

/** Kinds that are refused for the same reason share a row. */
function refusalTable(refusals: readonly Refusal[]): readonly Block[] {
  if (refusals.length === 0) return [];
  const reasons = [...new Set(refusals.map(({ target, reason }) => `${target} ${reason}`))];
  const rows = reasons.map((key) => {
    const same = refusals.filter(({ target, reason }) => `${target} ${reason}` === key);
    const { target, reason } = same[0]!;
    return [numberCell(target, plain), textCell(same.map(({ kind }) => kind).join(', ')), textCell(reason)];
  });
  const columns = ['Target (kHz)', 'Kind', 'Why there is none'].map((title, column) => ({
    title,
    isNumber: column === 0,
  }));
  return [{ kind: 'table', title: 'Rates without a threshold', columns, rows, note: '' }];
}

/** @param limit kHz: upper limit on a rate without events */
function thresholdRow({ kind, target, value, integer, raw, pure }: Threshold, limit: number): readonly Cell[] {
  return [
    textCell(kind),
    numberCell(target, plain),
    numberCell(value, scoreText),
    { text: String(integer), sort: Number(integer) },
    ...rateCells(raw, limit),
    ...rateCells(pure, limit),
  ];
}

function storedRow({ key, kind, value, integer }: StoredThreshold): readonly Cell[] {
  const unknown = numberCell(undefined, plain);
  const known = [textCell(kind), numberCell(key, plain), numberCell(value, scoreText)];
  return [...known, { text: String(integer), sort: Number(integer) }, unknown, unknown, unknown, unknown];
}

function distributionFigure({ artefact, events, runner }: RunFacts): Promise<Block> {
  const caption =
    'Each set of events is normalised to one; dotted lines are raw thresholds. Bins without events are left open.';
  const plot = events === undefined ? storedDistribution(artefact) : distributionOf(events, 2 ** -runner.scoreFraction);
  return figure('scores', 'Scores', caption, plot);
}

/** The histograms of the artefact. */
function storedDistribution({ histograms, thresholds = [] }: Artefact): Plot {
  if (histograms === undefined) return { missing: 'The run holds no histograms of scores, and no events.' };
  const binned = ({ bins, counts }: (typeof histograms)['background']) => ({ edges: bins, counts });
  return scoreDistribution({
    background: binned(histograms.background),
    signals: [...histograms.signals].map(([name, histogram]) => ({ name, data: binned(histogram) })),
    thresholds: thresholds
      .filter(({ kind }) => kind === 'raw')
      .map(({ key, value }) => ({ label: `${plain(key)} kHz`, value })),
  });
}

/** @param step of the score's grid */
function distributionOf({ test, signals, tables }: EventFacts, step: number): Plot {
  const stretched = stretchedEdges([test.scores, ...signals.map(({ scores }) => scores)], step);
  if (stretched === undefined) return { missing: 'Every score is 0: the score tells no event from another.' };
  const { edges, linearBelow } = stretched;
  return scoreDistribution({
    background: binnedIn(test.scores, edges),
    signals: signals.map(({ name, scores }) => ({ name, data: binnedIn(scores, edges) })),
    linearBelow,
    thresholds: tables.map(({ threshold }) => ({ label: `${plain(threshold.target)} kHz`, value: threshold.value })),
  });
}

const stabilityBins = 10;
/** Thresholds that are drawn: more would hide each other. */
const mostCurves = 6;

async function stabilityFigure({ test, tables }: EventFacts, bcKhz: number): Promise<Block> {
  const title = 'Rate against pile-up';
  const { pileup, scores } = test;
  if (pileup === undefined)
    return {
      kind: 'missing',
      title,
      reason: 'The test events carry no pile-up, so the stability of the rate cannot be told.',
    };
  const range = usualRange([pileup]);
  if (range === undefined) return { kind: 'missing', title, reason: 'The test events have no two values of pile-up.' };
  const step = Math.ceil(tables.length / mostCurves);
  const shown = tables.filter((_, index) => index % Math.max(1, step) === 0);
  return figure(
    'rate-pileup',
    title,
    'The rate if all crossings had this pile-up, at raw thresholds; dotted lines are the target rates. Vertical bars: one standard deviation.',
    pointsPlot({
      series: shown.map(({ threshold }) => ({
        name: `${plain(threshold.target)} kHz`,
        data: efficiencyPoints(countedIn(pileup, scores, threshold.value, range, stabilityBins), bcKhz),
      })),
      xTitle: 'Pile-up (vertices)',
      yTitle: 'Rate (kHz)',
      isLogarithmic: true,
      expected: shown.map(({ threshold }) => threshold.target),
      missing: 'There is no threshold, or no event above any.',
    }),
  );
}

function slopeTable({ test, tables }: EventFacts): readonly Block[] {
  const { pileup, scores } = test;
  if (pileup === undefined) return [];
  const rows = tables.flatMap(({ threshold }) => {
    const found = rateSlope(pileup, scores, threshold.value);
    if (found === undefined) return [];
    const numbers = [found.slope, found.error].map((share) => numberCell(share, percent));
    return [[numberCell(threshold.target, plain), ...numbers]];
  });
  if (rows.length === 0) return [];
  const columns = ['Target (kHz)', 'Change per vertex (%)', '± (%)'].map((title) => ({ title, isNumber: true }));
  const note =
    'How much of itself a rate gains per vertex, at raw thresholds, where it is linear in pile-up: from the mean pile-up of the events above the threshold.';
  return [{ kind: 'table', title: 'Stability of the rates', columns, rows, note }];
}
