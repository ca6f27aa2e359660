/** `axoc scan`: runs that differ in the values of some keys, trained one after the other and compared. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { AxocError, exitCode } from '../../base/diagnostic.js';
import { collectRun } from '../../l1/report/collect.js';
import { compareReport, type NamedRun } from '../../l1/report/compare.js';
import { findRunFiles } from '../../l1/report/run-files.js';
import { writeReport } from '../../l1/report/write-report.js';
import { placedIn } from '../../l1/run/paths.js';
import { noteBegun, parseScanAxis, type ScanPoint, scanPoints, stateOf } from '../../l1/run/scan.js';
import { type ConfigFlags, configOf, printedConfig, withConfigOptions } from '../config-options.js';
import { interruptible } from '../interruptible.js';
import { collect } from '../options.js';
import { printError, printNote } from '../print.js';
import { printReport } from '../print-report.js';
import { finishRun, trainTold } from '../train-run.js';

interface Flags extends ConfigFlags {
  readonly key: readonly string[];
  readonly out: string;
  readonly pdf?: string;
}

export function addScan(program: Command): void {
  const command = program
    .command('scan')
    .description('train a run for each value of a key and compare them: efficiency against bit width, and the like');
  withConfigOptions(command)
    .addOption(
      new Option(
        '--key <key=values>',
        'what is scanned: model.ap_fixed_kernel=[4,2],[6,2]; repeatable, then every combination',
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <directory>', 'holds a directory for each run, the events they share, and scan.html')
    .option('--pdf <file>', 'the comparison also as PDF')
    .addHelpText(
      'after',
      '\nThe same command goes on where it was interrupted; runs that are finished stay as they are.',
    )
    .action(async ({ key, out, pdf, ...flags }: Flags) => {
      if (flags.printConfig !== undefined) {
        process.stdout.write(printedConfig(configOf(flags), flags)!);
        return;
      }
      const { config, set } = flags;
      const overrides = { set, ...(config === undefined ? {} : { config }) };
      const points = scanPoints(overrides, key.map(parseScanAxis));
      const trained = await interruptible((signal) => trainPoints(points, out, signal));
      if (trained === undefined) return;
      const runs: NamedRun[] = [];
      for (const { name, config: its } of trained) {
        const files = await findRunFiles(placedIn(join(out, name), its).store.lite_path);
        runs.push({ name, facts: await collectRun(files) });
      }
      if (runs.length === 0) return;
      const report = await compareReport(runs);
      printReport(report);
      const targets = { html: join(out, 'scan.html'), ...(pdf === undefined ? {} : { pdf }) };
      for (const path of await writeReport(report, targets)) printNote(path);
    });
}

/** One run that cannot be trained does not end the scan. @returns those that are trained; undefined when interrupted */
async function trainPoints(
  points: readonly ScanPoint[],
  out: string,
  signal: AbortSignal,
): Promise<readonly ScanPoint[] | undefined> {
  const trained: ScanPoint[] = [];
  for (const [index, point] of points.entries()) {
    const directory = join(out, point.name);
    try {
      const state = await stateOf(directory, point.config);
      printNote(`run ${index + 1} of ${points.length}, ${point.name}: ${told[state]}`);
      if (state !== 'trained') {
        if (state === 'new') noteBegun(directory, point.config);
        const run = await trainTold(point.config, { directory, resume: state === 'interrupted', signal });
        if (run.end === 'interrupted') {
          printNote('interrupted: go on with the same command');
          process.exitCode = exitCode.user;
          return undefined;
        }
        await finishRun(run, directory, point.config);
      }
      trained.push(point);
    } catch (error) {
      if (!(error instanceof AxocError) || error.kind !== 'user') throw error;
      process.exitCode = printError(error);
      printNote(`${point.name} is left out`);
    }
  }
  return trained;
}

const told = { trained: 'trained before', interrupted: 'goes on from its checkpoint', new: 'begins' } as const;
