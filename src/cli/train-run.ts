/** Trains a run as every command that trains does: tells of data and epochs, then writes firmware and reports. */
import { emitTrained } from '../compile/emit-trained.js';
import type { Config } from '../l1/config/schema.js';
import { type PreparedData, testEventsIn } from '../l1/data/prepared.js';
import { unorderedNotice } from '../l1/data/summary.js';
import { writeConfiguredReports } from '../l1/report/write-report.js';
import { placedIn } from '../l1/run/paths.js';
import type { PreparedRun } from '../l1/run/prepare-run.js';
import { type InterruptedRun, type TrainedRun, train } from '../l1/run/train.js';
import type { EpochRecord } from '../train/history.js';
import { printCount, printLine, printNote } from './print.js';
import { printLegs } from './print-verification.js';

interface TrainRunOptions {
  readonly directory: string;
  readonly resume: boolean;
  readonly signal: AbortSignal;
}

export function trainTold(config: Config, options: TrainRunOptions): Promise<TrainedRun | InterruptedRun> {
  return train(config, { ...options, afterData: printData, afterEpoch: printEpoch });
}

/** What the configuration asks for besides the artefacts: a verified HLS project, reports. */
export async function finishRun(run: TrainedRun, directory: string, config: Config): Promise<void> {
  const { store, report } = placedIn(directory, config);
  if (store.build_model_path !== null) {
    printLegs(await emitTrained(run.lite, testEventsIn(run.data), store.build_model_path));
    printLine(`  ${store.build_model_path}: its HLS project`);
  }
  for (const path of await writeConfiguredReports(run, report, store.build_model_path))
    printLine(`  ${path}: its report`);
}

function printData({ isCached, files }: PreparedRun, data: PreparedData): void {
  const made = data.synthetic === undefined ? '' : ` (${data.synthetic})`;
  printNote(
    `${printCount(data.train.count)} training and ${printCount(data.test.count)} test events from ${files.background}${made}, ` +
      `${data.signals.size} signals: ${data.path}${isCached ? ', as prepared before' : ''}`,
  );
  const unordered = unorderedNotice(data.summary);
  if (unordered !== undefined) printNote(unordered);
}

function printEpoch(record: EpochRecord): void {
  const { epoch, step: _, learning_rate, ...quantities } = record;
  const shown = Object.entries(quantities).filter(([name]) => !name.startsWith('efficiency/'));
  printNote(
    `epoch ${epoch}  rate ${learning_rate!.toExponential(2)}  ${shown.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join('  ')}`,
  );
}
