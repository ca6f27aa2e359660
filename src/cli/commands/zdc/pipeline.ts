/** `axoc zdc pipeline`: from simulation, or text files, to a generator as ONNX, with one command that may be given again. */
import { type Command, Option } from 'commander';
import { exitCode } from '../../../base/diagnostic.js';
import { readZdcConfig } from '../../../zdc/config.js';
import { type StageName, stageNames } from '../../../zdc/pipeline/options.js';
import { type PipelineEnd, runPipeline } from '../../../zdc/pipeline/pipeline.js';
import { interruptible } from '../../interruptible.js';
import { printCount, printLine, printNote } from '../../print.js';

interface Flags {
  readonly out: string;
  readonly until: StageName;
}

export function addZdcPipeline(zdc: Command): void {
  zdc
    .command('pipeline')
    .description('simulate, extract, prepare, train, export; what is done is not done again (docs/zdc-pipeline.md)')
    .argument('<config>', 'YAML: runs, commands, where they are computed, and a section for each stage')
    .requiredOption('--out <directory>', 'results, logs and journal of the pipeline')
    .addOption(new Option('--until <stage>', 'the last stage that is done').choices(stageNames).default('export'))
    .action(async (config: string, { out, until }: Flags) => {
      const file = readZdcConfig(config);
      const axoc = [process.execPath, process.argv[1]!];
      const end = await interruptible(
        (signal) => runPipeline({ file, directory: out, axoc, until, tell: printNote, signal }),
        { note: 'ending what runs', signals: ['SIGINT', 'SIGTERM'] },
      );
      printEnd(end);
    });
}

function printEnd(end: PipelineEnd): void {
  switch (end.kind) {
    case 'complete':
      for (const path of end.results) printLine(path);
      return;
    case 'interrupted':
      printNote('interrupted; the same command goes on from here');
      process.exitCode = exitCode.user;
      return;
    case 'waiting': {
      const { stage, jobs, submission, results, catalogue } = end.wait;
      printLine(`${stage}: ${printCount(jobs)} jobs are to be computed on the GRID`);
      printLine(`  submit them:    cd ${submission} && alien.py < submit.txt`);
      printLine(`  when they end:  alien.py cp -r ${catalogue}/ file:${results}/`);
      printLine('  then give the same command again');
      process.exitCode = exitCode.user;
      return;
    }
  }
}
