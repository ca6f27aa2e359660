/** `axoc replay`: runs a reproducer again. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { readText } from '../../base/files.js';
import { verifyProgram } from '../../compile/verify-model.js';
import { runPasses } from '../../passes/passes.js';
import { parseReproducer } from '../../verify/reproducer.js';
import { printLine } from '../print.js';
import { printLegs } from '../print-verification.js';

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('run a reproducer that a mismatch has written')
    .argument('<file>', 'the reproducer')
    .option('--ap-include <directory>', "the vendor's ap_fixed.h, for the leg hls-vendor (default: looked for)")
    .action(async (path: string, flags: { readonly apInclude?: string }) => {
      const reproducer = parseReproducer(readText(path), basename(path));
      const verified = await verifyProgram(runPasses(reproducer.program), reproducer.program, reproducer.vectors, {
        directed: 0,
        seed: 1,
        without: [],
        ...(flags.apInclude === undefined ? {} : { apInclude: flags.apInclude }),
      });
      printLegs(verified);
      printLine(`${path}: no mismatch any more`);
    });
}
