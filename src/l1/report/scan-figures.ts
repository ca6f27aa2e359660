/** What a key of the configuration does: efficiency and area against its values, from runs that differ in it. */
import { efficiencyPoints, type Point, pointsPlot } from '../../report/plots/points.js';
import type { Block } from '../../report/report.js';
import type { RunFacts } from './collect.js';
import { figure, plain } from './sections/blocks.js';

/** Keys that are [bits, integer bits]: how few bits are enough? */
const widthTitles: ReadonlyMap<string, string> = new Map([
  ['model.ap_fixed_kernel', 'kernels'],
  ['model.ap_fixed_bias', 'biases'],
  ['model.ap_fixed_activation', 'activations'],
  ['model.ap_fixed_data', 'inputs'],
]);

/** Runs that differ in more keys than this are not a scan of each: of them, only bit widths are drawn. */
const mostScanned = 3;

interface Scanned {
  /** `bits of kernels` */
  readonly title: string;
  /** Plain identifier for names of figures. */
  readonly name: string;
  /** The value in each run. */
  readonly values: readonly number[];
}

/**
 * Two figures for each key whose value is a number, or [bits, ...], and not the same in all runs.
 * @param configurations of the runs, each flattened to key -> JSON
 */
export async function scanFigures(
  runs: readonly RunFacts[],
  configurations: readonly ReadonlyMap<string, string>[],
): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for (const scanned of scannedKeys(configurations))
    blocks.push(await efficiencyFigure(runs, scanned), await areaFigure(runs, scanned));
  return blocks;
}

function scannedKeys(configurations: readonly ReadonlyMap<string, string>[]): readonly Scanned[] {
  const differing = [...configurations[0]!.keys()].flatMap((key): readonly (readonly [string, readonly number[]])[] => {
    const values = configurations.map((one) => numberIn(one.get(key)));
    const isNumber = values.every((value) => value !== undefined);
    return isNumber && new Set(values).size > 1 ? [[key, values]] : [];
  });
  const isWidth = ([key]: (typeof differing)[number]): boolean => widthTitles.has(key);
  const drawn = differing.length <= mostScanned ? differing : differing.filter(isWidth);
  return drawn.map(([key, values]) => {
    const width = widthTitles.get(key);
    return {
      title: width === undefined ? key : `bits of ${width}`,
      name: key.slice(key.lastIndexOf('.') + 1).replaceAll('_', '-'),
      values,
    };
  });
}

/** A number, or the bits of [bits, integer bits]. */
function numberIn(json: string | undefined): number | undefined {
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  const first: unknown = Array.isArray(value) && value.length === 2 ? value[0] : value;
  return typeof first === 'number' ? first : undefined;
}

const caption = 'One point for each run and signal; other differences between the runs stand below.';

/** At the lowest rate that all runs have a threshold for. */
async function efficiencyFigure(runs: readonly RunFacts[], { title, name, values }: Scanned): Promise<Block> {
  const heading = `Efficiency against ${title}`;
  const rate = commonRate(runs);
  if (rate === undefined)
    return { kind: 'missing', title: heading, reason: 'The runs have no threshold for the same rate.' };
  const pointOf = (run: RunFacts, at: number, signal: string): readonly Point[] => {
    const threshold = run.events?.tables.find(({ threshold: { target } }) => target === rate)?.threshold.value;
    const scores = run.events?.signals.find((one) => one.name === signal)?.scores;
    if (threshold === undefined || scores === undefined) return [];
    const passed = scores.reduce((sum, score) => sum + (score > threshold ? 1 : 0), 0);
    return efficiencyPoints([{ low: at, high: at, passed, total: scores.length }]);
  };
  const plot = pointsPlot({
    series: signalsOf(runs).map((signal) => ({
      name: signal,
      data: runs.flatMap((run, index) => pointOf(run, values[index]!, signal)),
    })),
    xTitle: capital(title),
    yTitle: `Efficiency at ${plain(rate)} kHz`,
    isLogarithmic: false,
    xValues: values,
    missing: noSignal,
  });
  return figure(`scan-efficiency-${name}`, heading, `${caption} Bars: one standard deviation (Wilson).`, plot);
}

async function areaFigure(runs: readonly RunFacts[], { title, name, values }: Scanned): Promise<Block> {
  const pointOf = (run: RunFacts, at: number, signal: string): readonly Point[] => {
    const area = run.events?.separation.find((one) => one.signal === signal)?.network;
    if (area === undefined) return [];
    const { auc, error } = area;
    return [{ low: at, high: at, value: auc, least: Math.max(0, auc - error), most: Math.min(1, auc + error) }];
  };
  const plot = pointsPlot({
    series: signalsOf(runs).map((signal) => ({
      name: signal,
      data: runs.flatMap((run, index) => pointOf(run, values[index]!, signal)),
    })),
    xTitle: capital(title),
    yTitle: 'Area under the ROC curve',
    isLogarithmic: false,
    xValues: values,
    missing: noSignal,
  });
  const explained = `${caption} Bars: errors after Hanley and McNeil.`;
  return figure(`scan-area-${name}`, `Area under the ROC curve against ${title}`, explained, plot);
}

const noSignal = 'None of the runs has a signal with events.';

function signalsOf(runs: readonly RunFacts[]): readonly string[] {
  return [...new Set(runs.flatMap(({ events }) => events?.signals.map(({ name }) => name) ?? []))];
}

function commonRate(runs: readonly RunFacts[]): number | undefined {
  const rates = runs.map(({ events }) => events?.tables.map(({ threshold }) => threshold.target) ?? []);
  return rates[0]?.filter((rate) => rates.every((others) => others.includes(rate))).toSorted((a, b) => a - b)[0];
}

function capital(text: string): string {
  return text.startsWith('bits') ? `B${text.slice(1)}` : text;
}
