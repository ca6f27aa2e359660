/** `axoc zdc extract-macro`: the ROOT macro that turns simulated events into text files. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeFileWhole } from '../../../base/files.js';
import { extractMacro, extractMacroFile } from '../../../zdc/extract.js';
import { printLine } from '../../print.js';

interface Flags {
  readonly out: string;
}

export function addZdcExtractMacro(zdc: Command): void {
  zdc
    .command('extract-macro')
    .description('write the ROOT macro that extracts showers from simulated events, to be run where O2 is installed')
    .option('--out <directory>', `where ${extractMacroFile} is written`, '.')
    .action(({ out }: Flags) => {
      const path = join(out, extractMacroFile);
      writeFileWhole(path, extractMacro());
      printLine(`${path}: written; run it: root -l -b -q '${extractMacroFile}("o2sim.root", 1, ".")'`);
    });
}
