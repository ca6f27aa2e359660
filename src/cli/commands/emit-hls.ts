/** `axoc emit-hls`: a verified HLS project from a model. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { emitModel } from '../../compile/emit-model.js';
import { loadModel } from '../../compile/model.js';
import { defaultHlsOptions } from '../../emit/hls/project.js';
import {
  givenEvents,
  type ModelFlags,
  modelOptions,
  positiveCount,
  positiveNumber,
  type VerifyFlags,
  verifyOptions,
  withModelOptions,
  withVerifyOptions,
} from '../options.js';
import { printCount, printLine, printWarnings } from '../print.js';
import { printLegs, printSeen } from '../print-verification.js';

interface Flags extends ModelFlags, VerifyFlags {
  readonly out: string;
  readonly part: string;
  readonly clock: number;
  readonly ii: number;
  readonly latency: number;
}

export function addEmitHls(program: Command): void {
  const command = program.command('emit-hls').description('compile a model to a verified Vitis HLS project');
  withVerifyOptions(withModelOptions(command))
    .requiredOption('--out <directory>', 'where the project goes; written whole or not at all')
    .option('--part <name>', 'device', partName, defaultHlsOptions.part)
    .option('--clock <ns>', 'clock period', positiveNumber, defaultHlsOptions.clock)
    .option('--ii <clocks>', 'initiation interval', positiveCount, defaultHlsOptions.ii)
    .option('--latency <clocks>', 'latency', positiveCount, defaultHlsOptions.latency)
    .action(async (path: string, flags: Flags) => {
      const model = await loadModel(path, modelOptions(flags));
      printWarnings(model.warnings);
      const given = await givenEvents(flags, model.network);
      const hls = { part: flags.part, clock: flags.clock, ii: flags.ii, latency: flags.latency };
      const vectors = given?.vectors ?? [];
      const options = { ...verifyOptions(flags, model.program.name), out: flags.out, hls };
      const emitted = await emitModel(model, vectors, options);
      printLegs(emitted);
      printSeen(model.warnings, emitted);
      printLine(
        `${emitted.topName}: HLS project in ${flags.out} for ${hls.part} (clock ${hls.clock} ns, II ${hls.ii}, latency ${hls.latency})`,
      );
      printLine(
        `  simulate: make -C ${flags.out}    (${printCount(emitted.benchVectors)} events, compared bit by bit)`,
      );
      printLine(`  synthesise: vitis_hls -f build_prj.tcl, in ${join(flags.out, '/')}`);
    });
}

/** Goes into a Tcl script: letters, digits and hyphens only. */
function partName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(text))
    throw new InvalidArgumentError('a device name has letters, digits and hyphens only.');
  return text;
}
