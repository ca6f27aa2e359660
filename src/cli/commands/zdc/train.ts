/** `axoc zdc train`: from prepared showers to a generator. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCode } from '../../../base/diagnostic.js';
import type { EpochRecord } from '../../../train/history.js';
import { defaultZdcConfig, readZdcConfig } from '../../../zdc/config.js';
import { type GeneratorRun, runFiles, trainGenerator } from '../../../zdc/train/run.js';
import { interruptible } from '../../interruptible.js';
import { positiveCount } from '../../options.js';
import { printCount, printLine, printNote } from '../../print.js';

interface Flags {
  readonly showers: string;
  readonly out: string;
  readonly config?: string;
  readonly epochs?: number;
  readonly startFrom?: string;
  readonly resume: boolean;
}

export function addZdcTrain(zdc: Command): void {
  zdc
    .command('train')
    .description('train a conditional variational autoencoder on prepared showers; its decoder is the generator')
    .requiredOption('--showers <file>', 'Showers.h5 of axoc zdc prepare')
    .requiredOption('--out <directory>', 'where generator.h5, scales.txt, history.csv and losses.svg are written')
    .option('--config <file>', 'YAML; section train is read (default: the described network and its settings)')
    .option('--epochs <count>', 'instead of those of the configuration', positiveCount)
    .option('--start-from <generator>', 'begin with the weights of a generator.h5 that has the same layers')
    .option('--resume', 'go on where an interrupted run has stopped', false)
    .action(async (flags: Flags) => {
      const { train } = flags.config === undefined ? defaultZdcConfig : readZdcConfig(flags.config).config;
      const options = { ...train, ...(flags.epochs === undefined ? {} : { epochs: flags.epochs }) };
      const run = await interruptible((signal) =>
        trainGenerator({
          showers: flags.showers,
          out: flags.out,
          options,
          resume: flags.resume,
          ...(flags.startFrom === undefined ? {} : { startFrom: flags.startFrom }),
          signal,
          afterData: ({ path, synthetic }, { train: kept, test }) =>
            printNote(
              `${printCount(kept.length)} training and ${printCount(test.length)} test showers from ${path}${synthetic === undefined ? '' : ` (${synthetic})`}`,
            ),
          afterEpoch: printEpoch,
        }),
      );
      printRun(run, flags);
    });
}

function printEpoch({ epoch, step: _, learning_rate, ...quantities }: EpochRecord): void {
  const shown = Object.entries(quantities).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  printNote(`epoch ${epoch}  rate ${learning_rate!.toExponential(2)}  ${shown.join('  ')}`);
}

function printRun({ end, history, steps, checkpoint, executor, files }: GeneratorRun, { out, showers }: Flags): void {
  if (end === 'interrupted') {
    printNote(`interrupted after ${history.length} epochs, ${steps} steps: everything is in ${checkpoint}`);
    printNote('go on with the same command and --resume');
    process.exitCode = exitCode.user;
    return;
  }
  for (const path of files) printLine(`${path}: written`);
  printLine(`${end} after ${history.length} epochs, ${printCount(steps)} steps on ${executor}`);
  printLine(
    `next: axoc zdc evaluate ${join(out, runFiles.generator)} --showers ${showers} --out ${join(out, 'evaluation')}`,
  );
}
