/** What the commands share that export a part of a model in floating point: from a file to a part, and what was found. */
import { basename } from 'node:path';
import { Option } from 'commander';
import { readGenerator } from '../artefact/generator-file.js';
import { readArtefact } from '../artefact/read-artefact.js';
import { userError } from '../base/diagnostic.js';
import { exportFloat, type FloatExported } from '../compile/export-float.js';
import { generatorPart } from '../compile/export-generator.js';
import { runPart } from '../compile/export-run.js';
import type { FloatPart, Part } from '../compile/float-part.js';
import { readGivenInputs } from '../compile/given-inputs.js';
import { storedConfig } from '../l1/config/stored-config.js';
import { modelOptionsOf } from '../l1/run/model-options.js';
import type { ValueInfo } from '../onnx/model.js';
import { buildModel } from '../train/model/model.js';
import { channelFinish } from '../zdc/channels.js';
import { printCount, printLine } from './print.js';

export interface FloatFlags {
  readonly out: string;
  readonly opset: number;
  readonly seed: number;
  readonly input?: string;
  /** What a decoder gives. */
  readonly output: 'image' | 'channels';
  readonly scaler: 'none' | 'embedded';
}

export const outputOption = (): Option =>
  new Option('--output <kind>', 'what a generator gives: log(photons + 1) of every pixel, or five photon sums')
    .choices(['image', 'channels'])
    .default('image');

export const scalerOption = (): Option =>
  new Option('--scaler <kind>', 'embedded: conditions in their units, scaled inside the model')
    .choices(['none', 'embedded'])
    .default('none');

export async function generatorPartOf(path: string, part: Part, { output, scaler }: FloatFlags): Promise<FloatPart> {
  const generator = await readGenerator(path);
  const finish = output === 'channels' ? { finish: channelFinish(generator.calorimeter, basename(path)) } : {};
  return generatorPart(generator, basename(path), { part, scaler, ...finish });
}

/** A part of the complete.h5 of a training run. */
export async function runPartOf(path: string, part: Part, { output, scaler }: FloatFlags): Promise<FloatPart> {
  if (output !== 'image' || scaler !== 'none')
    throw userError(
      'bad-option',
      output === 'image' ? `--scaler ${scaler}` : `--output ${output}`,
      `${basename(path)} is no generator`,
      'leave it out',
    );
  const artefact = await readArtefact(path);
  const config = storedConfig(artefact, path);
  return runPart(artefact, buildModel(modelOptionsOf(config)), basename(path), part);
}

export async function exportPart(part: FloatPart, { out, opset, seed, input }: FloatFlags): Promise<void> {
  const given = input === undefined ? {} : { given: readGivenInputs(input, part) };
  printExported(part, out, opset, await exportFloat(part, { out, opset, seed, ...given }));
}

function printExported(part: FloatPart, out: string, opset: number, exported: FloatExported): void {
  const { nodes, bytes, inputs, outputs, differences, speed, runtime } = exported;
  for (const { output, largest, at, values, rounding } of differences) {
    const { absolute, relative } = part.toleranceOf(output);
    printLine(
      `${output}: largest difference from the training graph ${largest.toExponential(1)} (at ${at.toPrecision(4)}) of ${printCount(values)} values; allowed ${absolute} + ${relative} |value|${rounding > absolute ? `, or ${rounding.toExponential(1)}: what weights a millionth off change` : ''}`,
    );
  }
  printLine(
    `${part.name}: float ONNX model in ${out} (operator set ${opset}): ${printCount(nodes)} nodes, ${printCount(bytes)} bytes`,
  );
  for (const value of inputs) printLine(`  input   ${describeValue(value)}`);
  for (const value of outputs) printLine(`  output  ${describeValue(value)}`);
  for (const { batch, written, plain } of speed)
    printLine(
      `  speed   ${written.toPrecision(3)} ms an event, ${batch} at a time; without rewrites ${plain.toPrecision(3)} ms: ${(plain / written).toFixed(2)} times as long`,
    );
  printLine(`  in ${runtime}, one thread`);
}

export function describeValue({ name, type, shape, description }: ValueInfo): string {
  const what = description === undefined ? '' : `, ${description}`;
  return `${name}: ${type} [${shape.join(', ')}]${what}`;
}
