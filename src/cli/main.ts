#!/usr/bin/env node
/** The command line: parses, runs one command, turns errors into messages and exit codes. */
import { Command, CommanderError } from 'commander';
import { exitCode } from '../base/diagnostic.js';
import { version } from '../base/version.js';
import { addCompare } from './commands/compare.js';
import { addData } from './commands/data.js';
import { addEmitHls } from './commands/emit-hls.js';
import { addExportOnnx } from './commands/export-onnx.js';
import { addImport } from './commands/import.js';
import { addInspect } from './commands/inspect.js';
import { addReplay } from './commands/replay.js';
import { addReport } from './commands/report.js';
import { addScan } from './commands/scan.js';
import { addScore } from './commands/score.js';
import { addSimulate } from './commands/simulate.js';
import { addThresholds } from './commands/thresholds.js';
import { addTrain } from './commands/train.js';
import { addVerify } from './commands/verify.js';
import { addZdc } from './commands/zdc.js';
import { withHelp } from './help.js';
import { printError } from './print.js';

const program = withHelp(new Command('axoc'))
  .description('hardware-aware model compiler: exact fixed point, HLS C++, ONNX')
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help shows what there is)')
  .exitOverride();
for (const add of [
  addTrain,
  addInspect,
  addImport,
  addSimulate,
  addVerify,
  addEmitHls,
  addExportOnnx,
  addReplay,
  addData,
  addReport,
  addScore,
  addThresholds,
  addCompare,
  addScan,
  addZdc,
])
  add(program);
program.addHelpText(
  'after',
  `
Exit codes: 0 success, 1 a defect of axoc, 2 something wrong with the input, or unfinished work that goes on when it is asked again,
3 two executions disagree, 4 a tool is missing.`,
);

/** Ends with the code of what happened; output still in the pipes is written first. */
async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has printed its own message; asking for help or the version is no error.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCode.success : exitCode.user;
    else process.exitCode = printError(error);
  }
}

// A reader that has seen enough (`| head`) closes the pipe; that is no defect.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await main();
