/** Six million scores to nine raw and nine pure thresholds with their tables: seconds and peak memory. `tsx bench/thresholds.mts [events]` */
import { Random } from '../src/base/random.js';
import { efficienciesOf } from '../src/l1/efficiencies.js';
import { histogramsOf } from '../src/l1/histograms.js';
import { areaUnderRoc } from '../src/l1/separation.js';
import { isThreshold, thresholdsOf } from '../src/l1/thresholds.js';
import { count, printTable, seconds } from './measure.mjs';

const total = Number(process.argv[2] ?? 6_000_000);
const targets = [0.15, 0.2, 0.3, 0.6, 1, 2, 3, 5, 10];
const options = { targets, bcKhz: 28608.8064, scoreFraction: 6 };
const rounds = 3;

/** Scores on the grid of the firmware's, with a tail; one event in five hundred is taken by another seed. */
const random = Random.seeded(1);
const scores = Float64Array.from({ length: total }, () => Math.floor(-Math.log(1 - random.uniform()) * 20 * 64) / 64);
const level1 = Uint8Array.from({ length: total }, () => (random.chance(0.002) ? 1 : 0));
const signal = Float64Array.from({ length: 200_000 }, () => Math.floor(-Math.log(1 - random.uniform()) * 60 * 64) / 64);
const data = process.memoryUsage().rss;

function shortest(work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  });
  return Math.min(...times);
}

const thresholds = thresholdsOf({ scores, level1 }, options).filter(isThreshold);
const measured: readonly (readonly [string, () => unknown])[] = [
  [`${targets.length} raw and ${targets.length} pure thresholds`, () => thresholdsOf({ scores, level1 }, options)],
  [
    `${thresholds.length} efficiencies of a signal of ${count(signal.length)}`,
    () => thresholds.map(({ value }) => efficienciesOf({ scores: signal }, value, 280)),
  ],
  ['histograms', () => histogramsOf(scores, new Map([['signal', signal]]))],
  ['area under the ROC curve', () => areaUnderRoc(scores, signal)],
];
console.log(`${count(total)} scores; shortest of ${rounds}`);
printTable(
  ['step', 'seconds'],
  measured.map(([name, work]) => [name, seconds(shortest(work))]),
);
const peak = process.resourceUsage().maxRSS * 1024;
console.log(
  `peak memory ${(peak / 1e6).toFixed(0)} MB, of which program and scores before the first threshold: ${(data / 1e6).toFixed(0)} MB`,
);
console.log(`found: ${thresholds.length} thresholds`);
