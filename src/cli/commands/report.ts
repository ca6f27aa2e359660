/** `axoc report`: everything about a run on one page. */
import type { Command } from 'commander';
import { refuseToReplace } from '../../base/files.js';
import { findRunFiles } from '../../l1/report/run-files.js';
import { writeRunReport } from '../../l1/report/write-report.js';
import { printLine } from '../print.js';

interface Flags {
  readonly out: string;
  readonly pdf?: string;
  readonly png?: string;
  readonly data?: string;
  readonly firmware?: string;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description('write the report of a training run: one page of HTML, the same as PDF, its figures as PNG')
    .argument('<run>', 'directory of axoc train --out, or its complete.h5 or lite.h5')
    .option('--out <file>', 'the page', 'report.html')
    .option('--pdf <file>', 'also as PDF')
    .option('--png <directory>', 'also every figure as a picture')
    .option('--data <file>', 'prepared events (default: those in complete.h5, or Data.h5 beside the artefact)')
    .option('--firmware <directory>', 'firmware project of axoc emit-hls (default: looked for beside the artefact)')
    .action(async (run: string, { out, ...flags }: Flags) => {
      const { pdf, png } = flags;
      const files = await findRunFiles(run, flags);
      refuseToReplace([files.artefact, files.data?.path, ...files.manifests], out, pdf);
      const targets = { html: out, ...(pdf === undefined ? {} : { pdf }), ...(png === undefined ? {} : { png }) };
      for (const path of await writeRunReport(files, targets)) printLine(path);
    });
}
