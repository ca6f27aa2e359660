/** `axoc thresholds`: thresholds for rates, on the events of a run or on others. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readArtefact } from '../../artefact/read-artefact.js';
import { userError } from '../../base/diagnostic.js';
import { listDirectory } from '../../base/files.js';
import { loadModel } from '../../compile/model.js';
import { isHdf5File } from '../../data/hdf5/file.js';
import { master } from '../../l1/config/resolve.js';
import type { Config } from '../../l1/config/schema.js';
import { storedConfig } from '../../l1/config/stored-config.js';
import { limitWithout } from '../../l1/rates.js';
import { findRunFiles, type RunFiles } from '../../l1/report/run-files.js';
import { thresholdTables } from '../../l1/report/threshold-tables.js';
import { defaultPrecision } from '../../network/precision.js';
import { positiveNumber } from '../options.js';
import { printCount, printNote } from '../print.js';
import { printScoreTable, printThresholds } from '../print-thresholds.js';

interface Flags {
  readonly input?: string;
  readonly rate: readonly number[];
  readonly bcKhz?: number;
  readonly ht?: number;
}

const defaults = master.threshold;
/** What stands where an option is not given. */
const ofRun = (otherwise: string | number): string => `that of the run's configuration, otherwise ${otherwise}`;

export function addThresholds(program: Command): void {
  program
    .command('thresholds')
    .description('thresholds for trigger rates as values and firmware integers, and what they keep of the signals')
    .argument('<model>', 'directory of axoc train --out, artefact, or network description (JSON)')
    .option('--input <file>', 'prepared events: Data.h5 or complete.h5 (default: those of the run)')
    .addOption(
      new Option('--rate <kHz>', 'target rate; repeatable, or several with commas')
        .argParser(rates)
        .default([], ofRun(defaults.target_rate.join(','))),
    )
    .option('--bc-khz <kHz>', `rate of bunch crossings (default: ${ofRun(defaults.bc_khz)})`, positiveNumber)
    .option(
      '--ht <GeV>',
      `threshold of the HT seed it is compared with (default: ${ofRun(defaults.ht_threshold)})`,
      positiveNumber,
    )
    .action(async (path: string, flags: Flags) => {
      const files = await filesOf(path, flags.input);
      const { network, source } = await loadModel(files.artefact, {
        precision: defaultPrecision,
        checkEachPass: false,
      });
      if (files.data === undefined)
        throw userError(
          'missing-events',
          path,
          'there are no prepared events in it or beside it',
          'give them: --input Data.h5',
        );
      const { target_rate, bc_khz, ht_threshold } = await configuredFor(files.artefact);
      const bcKhz = flags.bcKhz ?? bc_khz;
      const found = await thresholdTables(network, source, files.data, {
        rates: flags.rate.length === 0 ? target_rate : flags.rate,
        bcKhz,
        htThreshold: flags.ht ?? ht_threshold,
      });
      const made = found.synthetic === undefined ? '' : ` (${found.synthetic})`;
      printNote(`${printCount(found.events)} test events of ${files.data.path}${made}`);
      printThresholds(found.thresholds, limitWithout(found.events) * bcKhz);
      for (const table of found.tables) printScoreTable(table, found.signalEvents);
    });
}

/** What the run has been configured with; a description knows of none. */
async function configuredFor(model: string): Promise<Config['threshold']> {
  if (!isHdf5File(model)) return defaults;
  return storedConfig(await readArtefact(model), model).threshold;
}

/** With events given, any model will do; without, it has to be a run's. */
async function filesOf(path: string, input: string | undefined): Promise<RunFiles> {
  const isDirectory = listDirectory(path).length > 0;
  const isDescription = !isDirectory && !path.endsWith('.h5');
  const found = isDescription ? { artefact: path, manifests: [] } : await findRunFiles(path);
  if (input === undefined) return found;
  const prepared = await findRunFiles(input).catch(() => undefined);
  return { ...found, data: prepared?.data ?? { path: input, group: '' } };
}

function rates(text: string, previous: readonly number[]): readonly number[] {
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isFinite(value) && value > 0)) return [...previous, ...values];
  throw new InvalidArgumentError('positive numbers are expected, separated by commas.');
}
