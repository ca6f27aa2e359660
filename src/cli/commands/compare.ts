/** `axoc compare`: runs side by side. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { userError } from '../../base/diagnostic.js';
import { collectRun } from '../../l1/report/collect.js';
import { compareReport, type NamedRun } from '../../l1/report/compare.js';
import { findRunFiles } from '../../l1/report/run-files.js';
import { printable } from '../../report/names.js';
import type { Block } from '../../report/report.js';
import { printLine, printNote, printTable } from '../print.js';
import { writeReport } from '../write-report.js';

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
      for (const [index, path] of paths.entries())
        runs.push({ name: nameOf(paths, index), facts: await collectRun(await findRunFiles(path)) });
      const report = await compareReport(runs);
      for (const { blocks } of report.sections) for (const block of blocks) printBlock(block);
      for (const path of await writeReport(report, flags)) printNote(path);
    });
}

/** The last part of its path, where that tells the runs apart. */
function nameOf(paths: readonly string[], index: number): string {
  const short = paths.map((path) => basename(resolve(path)));
  return new Set(short).size === paths.length ? short[index]! : paths[index]!;
}

function printBlock(block: Block): void {
  switch (block.kind) {
    case 'notice':
      printNote(printable(block.text));
      return;
    case 'text':
      printLine(printable(block.text));
      return;
    case 'missing':
      printLine(`${block.title}: ${block.reason}\n`);
      return;
    case 'table': {
      const [first, ...rest] = block.columns.map(({ title }) => printable(title));
      const isNumbers = block.columns.at(-1)!.isNumber;
      printTable(
        [isNumbers ? printable(block.title) : first!, ...rest],
        block.rows.map((row) => row.map(({ text }) => printable(text))),
        isNumbers ? 1 : block.columns.length,
      );
      printLine();
      return;
    }
    case 'facts':
    case 'figure':
    case 'code':
    case 'group':
      return;
  }
}
