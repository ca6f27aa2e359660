/** `axoc compare`: runs side by side. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { userError } from '../../base/diagnostic.js';
import { refuseToReplace } from '../../base/files.js';
import { collectRun } from '../../l1/report/collect.js';
import { compareReport, type NamedRun } from '../../l1/report/compare.js';
import { findRunFiles } from '../../l1/report/run-files.js';
import { writeReport } from '../../l1/report/write-report.js';
import { printNote } from '../print.js';
import { printReport } from '../print-report.js';

interface Flags {
  readonly html?: string;
  readonly pdf?: string;
}

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description(
      'two or more training runs side by side: thresholds, efficiencies, areas, differences of configuration',
    )
    .argument('<runs...>', 'directories of axoc train --out, or artefacts')
    .option('--html <file>', 'also as a page')
    .option('--pdf <file>', 'also as PDF')
    .action(async (paths: readonly string[], flags: Flags) => {
      if (paths.length < 2)
        throw userError('bad-option', 'compare', 'one run has nothing to be compared with', 'give two or more runs');
      const runs: NamedRun[] = [];
      for (const [index, path] of paths.entries()) {
        const files = await findRunFiles(path);
        refuseToReplace([files.artefact, files.data?.path, ...files.manifests], flags.html, flags.pdf);
        runs.push({ name: nameOf(paths, index), facts: await collectRun(files) });
      }
      const report = await compareReport(runs);
      printReport(report);
      for (const path of await writeReport(report, flags)) printNote(path);
    });
}

/** The last part of its path, where that tells the runs apart; a run that is given again has a number. */
function nameOf(paths: readonly string[], index: number): string {
  const short = paths.map((path) => basename(resolve(path)));
  const isClear = new Set(short).size === new Set(paths.map((path) => resolve(path))).size;
  const names = isClear ? short : paths;
  const before = names.slice(0, index).filter((name) => name === names[index]).length;
  return before === 0 ? names[index]! : `${names[index]} (${before + 1})`;
}
