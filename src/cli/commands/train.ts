/** `axoc train`: from events to a trained, quantised encoder in one artefact. */
import type { Command } from 'commander';
import { exitCode } from '../../base/diagnostic.js';
import { emitModel } from '../../compile/emit-model.js';
import { loadVectors } from '../../compile/events.js';
import { loadModel } from '../../compile/model.js';
import { defaultHlsOptions } from '../../emit/hls/project.js';
import type { PreparedData } from '../../l1/data/prepared.js';
import { placedIn } from '../../l1/run/paths.js';
import type { PreparedRun } from '../../l1/run/prepare-run.js';
import { type InterruptedRun, type TrainedRun, train } from '../../l1/run/train.js';
import { defaultPrecision } from '../../network/precision.js';
import type { EpochRecord } from '../../train/history.js';
import { type ConfigFlags, configOf, printedConfig, withConfigOptions } from '../config-options.js';
import { printCount, printLine, printNote, printTable } from '../print.js';
import { printThresholds } from '../print-thresholds.js';
import { printLegs } from '../reports.js';
import { writeConfiguredReports } from '../write-report.js';

/** Test events that the project after training is verified with. */
const firmwareEvents = 10_000;

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
    .option('--resume', 'go on from the last checkpoint of an interrupted run', false)
    .action(async (flags: Flags) => {
      const config = configOf(flags);
      const printed = printedConfig(config, flags);
      if (printed !== undefined) {
        process.stdout.write(printed);
        return;
      }
      const interruption = new AbortController();
      const interrupt = (): void => {
        printNote('finishing the step; press Ctrl-C again to stop without saving');
        interruption.abort();
      };
      process.once('SIGINT', interrupt);
      try {
        const run = await train(config, {
          directory: flags.out,
          resume: flags.resume,
          signal: interruption.signal,
          afterData: printData,
          afterEpoch: printEpoch,
        });
        if (run.end === 'interrupted') return printInterrupted(run);
        printRun(run);
        const { store, report } = placedIn(flags.out, config);
        if (store.build_model_path !== null) await buildFirmware(run, store.build_model_path);
        for (const path of await writeConfiguredReports(run, report, store.build_model_path))
          printLine(`  ${path}: its report`);
      } finally {
        process.removeListener('SIGINT', interrupt);
      }
    });
}

/** The HLS project of the run's encoder, verified on its first test events. */
async function buildFirmware({ lite, data }: TrainedRun, out: string): Promise<void> {
  const model = await loadModel(lite, { precision: defaultPrecision, checkEachPass: false });
  const unit = model.network.input.scaling === undefined ? 'real' : 'hardware';
  const dataset = `Background_data/Test/${unit === 'real' ? 'DATA' : 'HARDWARE'}`;
  const { vectors } = await loadVectors({ path: data, unit, dataset }, model.network, firmwareEvents);
  const reproducer = `${out}-mismatch.txt`;
  const options = { out, hls: defaultHlsOptions, directed: 1024, seed: 1, without: [], reproducer };
  printLegs(await emitModel(model, vectors, options));
  printLine(`  ${out}: its HLS project`);
}

function printData({ isCached, files }: PreparedRun, data: PreparedData): void {
  const made = data.synthetic === undefined ? '' : ` (${data.synthetic})`;
  printNote(
    `${printCount(data.train.count)} training and ${printCount(data.test.count)} test events from ${files.background}${made}, ` +
      `${data.signals.size} signals: ${data.path}${isCached ? ', as prepared before' : ''}`,
  );
}

function printEpoch(record: EpochRecord): void {
  const { epoch, step: _, learning_rate, ...quantities } = record;
  const shown = Object.entries(quantities).filter(([name]) => !name.startsWith('efficiency/'));
  printNote(
    `epoch ${epoch}  rate ${learning_rate!.toExponential(2)}  ${shown.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join('  ')}`,
  );
}

function printInterrupted({ epochs, steps, checkpoint }: InterruptedRun): void {
  printNote(`interrupted after ${epochs} epochs, ${steps} steps: everything is in ${checkpoint}`);
  printNote('go on with the same command and --resume');
  process.exitCode = exitCode.user;
}

function printRun(run: TrainedRun): void {
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
  printThresholds(results.thresholds);
  const { history, executor, provedEvents, lite, complete, data } = run;
  printLine(`${run.end} after ${history.length} epochs on ${executor}`);
  printLine(`scores of training and firmware are equal on all ${printCount(provedEvents)} test events`);
  printLine(`  ${lite}: the deployed encoder, for inspect, simulate, verify and emit-hls`);
  if (complete !== undefined) printLine(`  ${complete}: everything of this run`);
  printLine(`  next: axoc emit-hls ${lite} --input ${data} --dataset Background_data/Test/HARDWARE --out firmware`);
}
