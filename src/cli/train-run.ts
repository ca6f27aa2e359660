/** Trains a run as every command that trains does: tells of data and epochs, then writes firmware and reports. */
import { emitModel } from '../compile/emit-model.js';
import { loadVectors } from '../compile/events.js';
import { loadModel } from '../compile/model.js';
import { defaultHlsOptions } from '../emit/hls/project.js';
import type { Config } from '../l1/config/schema.js';
import type { PreparedData } from '../l1/data/prepared.js';
import { placedIn } from '../l1/run/paths.js';
import type { PreparedRun } from '../l1/run/prepare-run.js';
import { type InterruptedRun, type TrainedRun, train } from '../l1/run/train.js';
import { defaultPrecision } from '../network/precision.js';
import type { EpochRecord } from '../train/history.js';
import { printCount, printLine, printNote } from './print.js';
import { printLegs } from './print-verification.js';
import { writeConfiguredReports } from './write-report.js';

/** Test events that the project after training is verified with. */
const firmwareEvents = 10_000;

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
  if (store.build_model_path !== null) await buildFirmware(run, store.build_model_path);
  for (const path of await writeConfiguredReports(run, report, store.build_model_path))
    printLine(`  ${path}: its report`);
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
