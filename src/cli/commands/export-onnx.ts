/** `axoc export-onnx`: a checked ONNX model from a model. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exportExact } from '../../compile/export-model.js';
import { loadModel } from '../../compile/model.js';
import { opsets } from '../../emit/onnx/exact-model.js';
import type { ValueInfo } from '../../onnx/model.js';
import {
  compareOptions,
  givenEvents,
  type ModelFlags,
  modelOptions,
  type VectorFlags,
  wholeNumber,
  withModelOptions,
  withVectorOptions,
} from '../options.js';
import { printCount, printLine, printWarnings } from '../print.js';
import { printLegs } from '../reports.js';

interface Flags extends ModelFlags, VectorFlags {
  readonly output: string;
  readonly opset: number;
}

export function addExportOnnx(program: Command): void {
  const command = program
    .command('export-onnx')
    .description('write a model as ONNX, after running it in ONNX Runtime against the reference');
  withVectorOptions(withModelOptions(command))
    .addOption(
      new Option('--profile <name>', 'exact: raw integers, the same bits as the firmware (docs/onnx.md)')
        .choices(['exact'])
        .makeOptionMandatory(),
    )
    .requiredOption('--output <file>', 'the ONNX model; written when everything agrees')
    .option(
      '--opset <version>',
      `operator set, ${opsets.least} to ${opsets.most}; every runtime since 2021 reads ${opsets.least}`,
      operatorSet,
      opsets.least,
    )
    .action(async (path: string, flags: Flags) => {
      const model = await loadModel(path, modelOptions(flags));
      printWarnings(model.warnings);
      const given = await givenEvents(flags, model.network);
      const options = { ...compareOptions(flags, model.program.name), output: flags.output, opset: flags.opset };
      const exported = await exportExact(model, given?.vectors ?? [], options);
      printLegs({ legs: exported.legs, notRun: [] });
      printLine(
        `${model.program.name}: exact ONNX model in ${flags.output} (operator set ${flags.opset}): ${printCount(exported.nodes)} nodes, ${printCount(exported.bytes)} bytes`,
      );
      for (const value of exported.inputs) printLine(`  input   ${describe(value)}`);
      for (const value of exported.outputs) printLine(`  output  ${describe(value)}`);
      printLine(
        `  speed   ${printCount(Math.round(exported.eventsPerSecond))} events/s in ${exported.runtime}, one thread, ${printCount(exported.batch)} events at a time`,
      );
    });
}

function describe({ name, type, shape, description }: ValueInfo): string {
  return `${name}: ${type} [${shape.join(', ')}], ${description}`;
}

function operatorSet(text: string): number {
  const version = wholeNumber(text);
  if (version < opsets.least || version > opsets.most)
    throw new InvalidArgumentError(`${opsets.least} to ${opsets.most}.`);
  return version;
}
