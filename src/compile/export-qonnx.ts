/** `axoc export-onnx --profile qonnx` as a function: the network with its types as Quant nodes, compared before it is written. */
import { userError } from '../base/diagnostic.js';
import { writeFileWhole } from '../base/files.js';
import { version } from '../base/version.js';
import { opsets } from '../emit/onnx/exact-model.js';
import { qonnxModel } from '../emit/onnx/qonnx-model.js';
import { toDecimal } from '../fixed/dyadic.js';
import { printFormat } from '../fixed/format.js';
import { type Op, operandsOf, opsById, type Program } from '../ir/op.js';
import { checkProgram } from '../ir/verify.js';
import type { InputStage, Network, Score } from '../network/network.js';
import { layersIn } from '../network/score/expression.js';
import type { ValueInfo } from '../onnx/model.js';
import { writeOnnx } from '../onnx/write.js';
import { interpreterOf } from '../simulate/interpret.js';
import { qonnxLeg } from '../verify/qonnx-leg.js';
import type { Vector } from '../verify/vectors.js';
import type { LegResult } from '../verify/verify.js';
import type { Model } from './model.js';
import { type CompareOptions, compareLegs } from './verify-model.js';

export interface QonnxExportOptions extends CompareOptions {
  readonly out: string;
  readonly opset: number;
  /** `encoder`: the layers that the score reads are the outputs, and the score is left out: what hls4ml and FINN take. */
  readonly part: 'encoder' | 'all';
}

export interface QonnxExported {
  readonly legs: readonly LegResult[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: number;
  readonly bytes: number;
  /** Named parts in which tools that compute in float32 may round. */
  readonly roundedIds: readonly string[];
}

/**
 * The model begins with the inputs of the first layer: hardware scaling stays outside and is told by the metadata.
 * @param given events as raw integers of the network's own inputs
 * @throws AxocError (user) for what floating point does not hold; (mismatch) should the file compute anything else than the interpreter
 */
export async function exportQonnx(
  model: Model,
  given: readonly Vector[],
  options: QonnxExportOptions,
): Promise<QonnxExported> {
  const { network, lowered } = model;
  if (options.opset < opsets.least || options.opset > opsets.most) {
    const what = `operator sets ${opsets.least} to ${opsets.most} can be written`;
    throw userError('bad-option', `--opset ${options.opset}`, what, 'leave it out');
  }
  const idOf = new Map([...lowered.names].map(([id, name]) => [name, id]));
  const start = idOf.get('input')!;
  const program = between(lowered.program, start, outputsOf(network, options.part, idOf) ?? lowered.program.outputs);
  const { model: onnx, roundedIds } = qonnxModel(program, {
    opset: options.opset,
    name: network.name,
    version,
    facts: factsOf(network.input),
  });
  const bytes = writeOnnx(onnx);
  const run = interpreterOf(lowered.program);
  const vectors = given.map((vector) => run(vector).get(start)!);
  const { legs } = await compareLegs(program, vectors, [qonnxLeg(program, bytes)], options);
  writeFileWhole(options.out, bytes);
  const { graph } = onnx;
  return {
    legs,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: graph.nodes.length,
    bytes: bytes.length,
    roundedIds,
  };
}

/** @returns undefined for those that the network has anyway */
function outputsOf(
  { score, layers }: Network,
  part: QonnxExportOptions['part'],
  idOf: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  if (part === 'all' || score === undefined) return undefined;
  const read = layersOf(score);
  return layers.filter(({ name }) => read.has(name)).map(({ name }) => idOf.get(name)!);
}

function layersOf(score: Score): ReadonlySet<string> {
  if (score.kind === 'expression') return layersIn(score.expression);
  return new Set([score.of, ...(score.minus === undefined ? [] : [score.minus])]);
}

/** What makes `outputs`, with the value `start` as the input. */
function between(program: Program, start: string, outputs: readonly string[]): Program {
  const byId = opsById(program);
  const first = byId.get(start)!;
  const input: Op = { id: start, kind: 'input', type: first.type };
  const needed = new Set(outputs);
  for (const op of program.ops.toReversed())
    if (needed.has(op.id) && op.id !== start) for (const id of operandsOf(op)) needed.add(id);
  const ops = program.ops.flatMap((op) => (op.id === start ? [input] : needed.has(op.id) ? [op] : []));
  const cut = { ...program, ops, outputs };
  checkProgram(cut, 'internal', 'cut at the inputs of the first layer');
  return cut;
}

/** How hardware integers become the model's inputs. */
function factsOf({ format, width, scaling }: InputStage): Readonly<Record<string, string>> {
  if (scaling === undefined) return {};
  const { hardwareFormat, offsetFormat, scaledFormat, offsets, shifts, lsbs } = scaling;
  const print = (numbers: typeof offsets): string[] =>
    Array.from({ length: width }, (_, index) => numbers[index % numbers.length]!).map(({ mantissa, fraction }) =>
      toDecimal(mantissa, fraction),
    );
  return {
    'axoc.scaling': JSON.stringify({
      rule: 'input_format(scaled_format(hardware_format(integer * lsb - offset) >> shift))',
      input_format: printFormat(format),
      hardware_format: printFormat(hardwareFormat),
      ...(offsetFormat === undefined ? {} : { offset_format: printFormat(offsetFormat) }),
      scaled_format: printFormat(scaledFormat ?? hardwareFormat),
      lsb: print(lsbs),
      offset: print(offsets),
      shift: shifts,
    }),
  };
}
