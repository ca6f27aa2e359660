/** `axoc data synthesise`: events that look like the trigger's, and are labelled as made. */
import type { Command } from 'commander';
import { startProgress } from '../../base/progress.js';
import { syntheticSignals } from '../../l1/synthesis/signals.js';
import { synthesise } from '../../l1/synthesis/synthesise.js';
import { positiveCount, wholeNumber } from '../options.js';
import { printCount, printLine, printNote } from '../print.js';

interface Flags {
  readonly out: string;
  readonly background: number;
  readonly signals: number;
  readonly seed: number;
}

export function addDataSynthesise(data: Command): void {
  data
    .command('synthesise')
    .alias('synthesize')
    .description('make zero-bias events with pile-up and three signals, in the layout of the trigger files')
    .requiredOption('--out <directory>', 'where background.h5 and signals.h5 are written')
    .option('--background <events>', 'background events', positiveCount, 100_000)
    .option('--signals <events>', 'events of each signal', positiveCount, 10_000)
    .option('--seed <number>', 'same seed and counts, same bytes', wholeNumber, 1)
    .action(async ({ out, background, signals, seed }: Flags) => {
      const started = performance.now();
      const made = await synthesise({ out, background, signal: signals, seed }, startProgress);
      const seconds = (performance.now() - started) / 1000;
      const events = background + signals * made.names.length;
      printLine(
        `${made.background}: ${printCount(background)} events of synthetic zero bias (not measured, not simulated)`,
      );
      printLine(`${made.signals}: ${printCount(signals)} events each of`);
      for (const { name, description } of syntheticSignals) printLine(`  ${name}: ${description}`);
      printLine(`the Level-1 menu keeps ${(100 * made.level1).toPrecision(3)} % of the background`);
      printNote(`${printCount(Math.round(events / seconds))} events/s`);
    });
}
