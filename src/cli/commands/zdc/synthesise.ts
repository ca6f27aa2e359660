/** `axoc zdc synthesise`: text files of showers that look like a simulation's, and are labelled as made. */
import type { Command } from 'commander';
import { startProgress } from '../../../base/progress.js';
import { synthesisKeys } from '../../../zdc/synthesis/options.js';
import { synthesiseRuns, syntheticLabel } from '../../../zdc/synthesis/synthesise.js';
import { positiveCount, wholeNumber } from '../../options.js';
import { printCount, printLine, printNote } from '../../print.js';

interface Flags {
  readonly out: string;
  readonly showers: number;
  readonly runs: number;
  readonly firstRun: number;
  readonly repeats: number;
  readonly seed: number;
}

const defaults = synthesisKeys.parse({});

export function addZdcSynthesise(zdc: Command): void {
  zdc
    .command('synthesise')
    .alias('synthesize')
    .description('make showers in both calorimeters, as the text files of extracted runs')
    .requiredOption('--out <directory>', 'where the files of all runs are written')
    .option('--showers <count>', 'particles of one run', positiveCount, defaults.showers)
    .option('--runs <count>', 'runs to make', positiveCount, defaults.runs)
    .option('--first-run <number>', 'number of the first one', wholeNumber, 1)
    .option('--repeats <count>', 'how often a particle comes again, on average', positiveCount, defaults.repeats)
    .option('--seed <number>', 'same seed and run, same bytes', wholeNumber, defaults.seed)
    .action(async (flags: Flags) => {
      const started = performance.now();
      await synthesiseRuns(flags, startProgress);
      const seconds = (performance.now() - started) / 1000;
      const showers = flags.runs * flags.showers;
      printLine(`${flags.out}: ${printCount(showers)} showers in runs ${flags.firstRun} to ${lastRun(flags)}`);
      printLine(`synthetic showers: ${syntheticLabel}`);
      printNote(`${printCount(Math.round(showers / seconds))} showers/s`);
    });
}

function lastRun({ firstRun, runs }: Flags): number {
  return firstRun + runs - 1;
}
