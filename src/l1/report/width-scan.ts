/** Efficiency against bit width, from runs that differ in it: how few bits are enough. */
import { efficiencyPoints, pointsPlot } from '../../report/plots/points.js';
import type { Block } from '../../report/report.js';
import type { RunFacts } from './collect.js';
import { figure, plain } from './sections/blocks.js';

/** Keys of the configuration's `model` that are [bits, integer bits]. */
const widthKeys = {
  ap_fixed_kernel: 'kernels',
  ap_fixed_bias: 'biases',
  ap_fixed_activation: 'activations',
  ap_fixed_data: 'inputs',
} as const;
type WidthKey = keyof typeof widthKeys;

/** One figure for each width that is not the same in all runs, at the lowest rate that all of them have. */
export async function widthScans(runs: readonly RunFacts[]): Promise<readonly Block[]> {
  const rate = commonRate(runs);
  const blocks: Block[] = [];
  for (const key of Object.keys(widthKeys) as WidthKey[]) {
    const isScanned = new Set(runs.map((run) => bitsOf(run, key))).size > 1;
    if (isScanned) blocks.push(await widthScan(runs, key, rate));
  }
  return blocks;
}

function bitsOf({ config }: RunFacts, key: WidthKey): number {
  return config.model[key][0];
}

function commonRate(runs: readonly RunFacts[]): number | undefined {
  const rates = runs.map(({ events }) => events?.tables.map(({ threshold }) => threshold.target) ?? []);
  return rates[0]?.filter((rate) => rates.every((others) => others.includes(rate))).toSorted((a, b) => a - b)[0];
}

async function widthScan(runs: readonly RunFacts[], key: WidthKey, rate: number | undefined): Promise<Block> {
  const title = `Efficiency against bits of ${widthKeys[key]}`;
  if (rate === undefined) return { kind: 'missing', title, reason: 'The runs have no threshold for the same rate.' };
  const names = [...new Set(runs.flatMap(({ events }) => events?.signals.map(({ name }) => name) ?? []))];
  const plot = pointsPlot({
    series: names.map((name) => ({ name, data: runs.flatMap((run) => pointsOf(run, key, rate, name)) })),
    xTitle: `Bits of ${widthKeys[key]}`,
    yTitle: `Efficiency at ${plain(rate)} kHz`,
    isLogarithmic: false,
    missing: 'None of the runs has a signal with events.',
  });
  const caption =
    'One point for each run and signal; other differences between the runs stand below. Vertical bars: one standard deviation (Wilson).';
  return figure(`width-${key.replaceAll('_', '-')}`, title, caption, plot);
}

function pointsOf(run: RunFacts, key: WidthKey, rate: number, signal: string) {
  const value = run.events?.tables.find(({ threshold }) => threshold.target === rate)?.threshold.value;
  const scores = run.events?.signals.find(({ name }) => name === signal)?.scores;
  if (value === undefined || scores === undefined) return [];
  const bits = bitsOf(run, key);
  const passed = scores.reduce((sum, score) => sum + (score > value ? 1 : 0), 0);
  return efficiencyPoints([{ low: bits, high: bits, passed, total: scores.length }]);
}
