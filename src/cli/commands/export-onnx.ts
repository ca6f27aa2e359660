/** `axoc export-onnx`: a checked ONNX model from a model. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isGenerator } from '../../artefact/generator-file.js';
import { userError } from '../../base/diagnostic.js';
import { refuseToReplace } from '../../base/files.js';
import { exportExact } from '../../compile/export-model.js';
import { exportQonnx } from '../../compile/export-qonnx.js';
import { type Part, parts } from '../../compile/float-part.js';
import { loadModel, type Model } from '../../compile/model.js';
import { isHdf5File } from '../../data/hdf5/file.js';
import { opsets } from '../../emit/onnx/exact-model.js';
import type { Vector } from '../../verify/vectors.js';
import {
  describeValue,
  exportPart,
  type FloatFlags,
  generatorPartOf,
  outputOption,
  runPartOf,
  scalerOption,
} from '../float-export.js';
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
import { printLegs } from '../print-verification.js';

interface Flags extends ModelFlags, VectorFlags, FloatFlags {
  readonly input?: string;
  readonly seed: number;
  readonly profile: 'exact' | 'float' | 'qonnx';
  readonly part?: Part;
}

const profiles = {
  exact: 'raw integers, the same bits as the firmware',
  float: 'float32, any number of events',
  qonnx: 'types as Quant nodes, for hls4ml and FINN',
} as const;

export function addExportOnnx(program: Command): void {
  const command = program
    .command('export-onnx')
    .description('write a model as ONNX, after running it against the reference');
  withVectorOptions(withModelOptions(command, 'or generator of a fast simulation (generator.h5)'))
    .addOption(
      new Option(
        '--profile <name>',
        `${Object.entries(profiles)
          .map(([name, text]) => `${name}: ${text}`)
          .join('; ')} (docs/onnx.md)`,
      )
        .choices(Object.keys(profiles))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--part <name>',
        'which part of the model (default: decoder of a generator, else all; exact has the deployed encoder with its score)',
      ).choices(parts),
    )
    .requiredOption('--out <file>', 'the ONNX model; written when everything agrees')
    .addOption(outputOption())
    .addOption(scalerOption())
    .addOption(opsetOption())
    .action((path: string, flags: Flags) => {
      refuseToReplace([path, flags.input], flags.out);
      return flags.profile === 'float' ? exportFloats(path, flags) : exportFixed(path, flags);
    });
}

export function opsetOption(): Option {
  return new Option(
    '--opset <version>',
    `operator set, ${opsets.least} to ${opsets.most}; every runtime since 2021 reads ${opsets.least}`,
  )
    .argParser(operatorSet)
    .default(opsets.least);
}

async function exportFloats(path: string, flags: Flags): Promise<void> {
  if (!isHdf5File(path))
    throw userError(
      'bad-option',
      '--profile float',
      `${path} is a description of fixed-point layers, which has no floating-point weights`,
      'take --profile exact or qonnx, or give the complete.h5 of the training run',
    );
  const part = (await isGenerator(path))
    ? await generatorPartOf(path, flags.part ?? 'decoder', flags)
    : await runPartOf(path, flags.part ?? 'all', flags);
  await exportPart(part, flags);
}

async function exportFixed(path: string, flags: Flags): Promise<void> {
  const { profile, part = 'all', output, scaler } = flags;
  if (part === 'decoder' || output !== 'image' || scaler !== 'none')
    throw userError(
      'bad-option',
      part === 'decoder' ? '--part decoder' : output === 'image' ? `--scaler ${scaler}` : `--output ${output}`,
      `the profile ${profile} writes what is deployed in firmware: encoder and score`,
      'leave it out, or take --profile float',
    );
  const model = await loadModel(path, modelOptions(flags));
  printWarnings(model.warnings);
  const given = (await givenEvents(flags, model.network))?.vectors ?? [];
  await (profile === 'qonnx' ? writeQonnx(model, given, part, flags) : writeExact(model, given, flags));
}

async function writeExact(model: Model, given: readonly Vector[], flags: Flags): Promise<void> {
  const { out, opset } = flags;
  const exported = await exportExact(model, given, { ...compareOptions(flags, model.program.name), out, opset });
  printLegs({ legs: exported.legs, notRun: [] });
  printWritten(`${model.program.name}: exact ONNX model`, flags, exported);
  printLine(
    `  speed   ${printCount(Math.round(exported.eventsPerSecond))} events/s in ${exported.runtime}, one thread, ${printCount(exported.batch)} events at a time`,
  );
}

async function writeQonnx(
  model: Model,
  given: readonly Vector[],
  part: 'encoder' | 'all',
  flags: Flags,
): Promise<void> {
  const { out, opset } = flags;
  const exported = await exportQonnx(model, given, { ...compareOptions(flags, model.program.name), out, opset, part });
  printLegs({ legs: exported.legs, notRun: [] });
  printWritten(`${model.program.name}: QONNX model`, flags, exported);
  if (exported.roundedIds.length > 0)
    printLine(`  tools that compute in float32 may round ${exported.roundedIds.join(', ')}`);
}

function printWritten(
  title: string,
  { out, opset }: Flags,
  {
    nodes,
    bytes,
    inputs,
    outputs,
  }: Pick<Awaited<ReturnType<typeof exportExact>>, 'nodes' | 'bytes' | 'inputs' | 'outputs'>,
): void {
  printLine(`${title} in ${out} (operator set ${opset}): ${printCount(nodes)} nodes, ${printCount(bytes)} bytes`);
  for (const value of inputs) printLine(`  input   ${describeValue(value)}`);
  for (const value of outputs) printLine(`  output  ${describeValue(value)}`);
}

function operatorSet(text: string): number {
  const version = wholeNumber(text);
  if (version < opsets.least || version > opsets.most)
    throw new InvalidArgumentError(`${opsets.least} to ${opsets.most}.`);
  return version;
}
