/** `axoc train`: from events to a trained, quantised encoder in one artefact. */
import type { Command } from 'commander';
import { exitCode } from '../../base/diagnostic.js';
import { testEventsIn } from '../../l1/data/prepared.js';
import { limitWithout } from '../../l1/rates.js';
import { placedIn } from '../../l1/run/paths.js';
import type { InterruptedRun, TrainedRun } from '../../l1/run/train.js';
import { hasCheckpoint } from '../../train/checkpoint.js';
import { type ConfigFlags, configOf, printedConfig, withConfigOptions } from '../config-options.js';
import { interruptible } from '../interruptible.js';
import { printCount, printLine, printNote, printTable } from '../print.js';
import { printThresholds } from '../print-thresholds.js';
import { finishRun, trainTold } from '../train-run.js';

interface Flags extends ConfigFlags {
  readonly out: string;
  readonly resume: boolean;
}

export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description(
      'train an autoencoder with quantisation in the loop; without an event file, on events it makes itself',
    );
  withConfigOptions(command)
    .option('--out <directory>', 'where the relative paths of files that are written count from', '.')
    .option('--resume', 'go on from the last checkpoint of an interrupted run; where there is none yet, begin', false)
    .action(async (flags: Flags) => {
      const config = configOf(flags);
      const printed = printedConfig(config, flags);
      if (printed !== undefined) {
        process.stdout.write(printed);
        return;
      }
      const { out: directory, resume } = flags;
      const { temp_path } = placedIn(directory, config).store;
      noteCheckpoint(temp_path, resume);
      const run = await interruptible((signal) => trainTold(config, { directory, resume, signal }));
      if (run.end === 'interrupted') return printInterrupted(run);
      printRun(run, config.threshold.bc_khz);
      await finishRun(run, directory, config);
    });
}

/** Nobody is to lose a long training for having forgotten `--resume`. */
function noteCheckpoint(directory: string, resume: boolean): void {
  const isThere = hasCheckpoint(directory);
  if (resume && !isThere) printNote(`there is no checkpoint in ${directory} yet: training begins`);
  if (!resume && isThere)
    printNote(`training begins anew and replaces the checkpoints in ${directory}; --resume would go on from them`);
}

function printInterrupted({ epochs, steps, checkpoint }: InterruptedRun): void {
  if (checkpoint === undefined) printNote('interrupted before training began: nothing is kept');
  else printNote(`interrupted after ${epochs} epochs, ${steps} steps: everything is in ${checkpoint}`);
  printNote('go on with the same command and --resume');
  process.exitCode = exitCode.user;
}

function printRun(run: TrainedRun, bcKhz: number): void {
  const { results } = run;
  if (results.separation.length > 0) {
    printTable(
      ['signal', 'events', 'AUC', '+-', 'linear AUC', '+-'],
      results.separation.map(({ signal, events, network, linear }) => [
        signal,
        printCount(events),
        network.auc.toFixed(4),
        network.error.toFixed(4),
        linear.auc.toFixed(4),
        linear.error.toFixed(4),
      ]),
      1,
    );
    printLine('(linear: distance from as many principal components as there are latent variables)');
    printLine();
  }
  printThresholds(results.thresholds, limitWithout(results.background.length) * bcKhz);
  const { history, executor, provedEvents, lite, complete, data, description } = run;
  printLine(`${run.end} after ${history.length} epochs on ${executor}`);
  printLine(`scores of training and firmware are equal on all ${printCount(provedEvents)} test events`);
  printLine(`  ${lite}: the deployed encoder, for inspect, simulate, verify and emit-hls`);
  if (complete !== undefined) printLine(`  ${complete}: everything of this run`);
  const { hardware, normalised } = testEventsIn(data);
  const input = description.offset === undefined ? `${normalised} --input-values` : hardware;
  printLine(`  next: axoc emit-hls ${lite} --input ${data} --dataset ${input} --out firmware`);
}
