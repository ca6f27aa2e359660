/**
 * The QONNX profile: a program as float32 operators with Quant nodes, as hls4ml, FINN and QONNX's own tools read them. Where every number on the way
 * takes at most 24 bits, what they compute is what the firmware computes.
 */
import { userError } from '../../base/diagnostic.js';
import { type Format, fractionBits, printFormat } from '../../fixed/format.js';
import { bitLength, type Interval } from '../../fixed/interval.js';
import { rangesOf } from '../../ir/intervals.js';
import { tapsOf } from '../../ir/linear.js';
import { fractionAt, type Input, inputsOf, isNamed, namedOps, type Op, operandsOf, type Program } from '../../ir/op.js';
import { modelOf, type OnnxModel, type ValueInfo } from '../../onnx/model.js';
import { lossOf, onlyFormat } from './qonnx-cast.js';
import { QonnxDraft, qonnxDomain, qonnxVersion, singleBits } from './qonnx-draft.js';
import { emitQonnx, type QonnxValue } from './qonnx-operations.js';

export interface QonnxOptions {
  readonly opset: number;
  /** The model's name as the user wrote it. */
  readonly name: string;
  /** The version of axoc. */
  readonly version: string;
  /** What else the file tells of itself, key by key. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface QonnxModel {
  readonly model: OnnxModel;
  /** Ids of values that take more bits than float32 has, so that tools that compute in it may round. */
  readonly roundedIds: readonly string[];
}

/** Bits of an integer that a double holds. */
const doubleBits = 53;

/**
 * Inputs and outputs are float32 tensors of values (not raw integers), [1, ...shape]: one event, since tools that make hardware want fixed shapes.
 * Named values of the program keep their names.
 * @throws AxocError (user) naming a number that float32, or a value that a double does not hold
 */
export function qonnxModel(program: Program, options: QonnxOptions): QonnxModel {
  const { opset, version, name, facts } = options;
  const ranges = rangesOf(program);
  const draft = new QonnxDraft();
  const values = new Map<string, QonnxValue>();
  const roundedIds: string[] = [];
  for (const op of program.ops) {
    const range = ranges.get(op.id)!;
    if (op.kind === 'input') {
      draft.begin(op.id);
      values.set(op.id, { name: emitInput(draft, op), type: op.type, range, isBatched: true });
      continue;
    }
    const operands = operandsOf(op).map((id) => values.get(id)!);
    const bits = Math.max(bitsOf(range, op), ...bitsBefore(op, operands));
    if (bits > doubleBits) {
      const message = `computing it takes ${bits} bits; QONNX has floating point, ${doubleBits} bits at most`;
      throw userError('onnx-too-wide', op.id, message, 'narrow the types it is made from, or use --profile exact');
    }
    if (bits > singleBits) roundedIds.push(op.id);
    draft.begin(op.id);
    const made = emitQonnx(draft, op, operands, isNamed(op));
    const isFresh = operands.every((operand) => operand.name !== made);
    values.set(op.id, {
      name: isNamed(op) ? draft.called(made, isFresh) : made,
      type: op.type,
      range,
      isBatched: operands.some(({ isBatched }) => isBatched),
    });
  }
  const graph = {
    name: program.name,
    nodes: draft.nodes,
    initializers: draft.tensors,
    inputs: inputsOf(program).map(infoOf),
    outputs: program.outputs.map((id) => infoOf(program.ops.find((op) => op.id === id)!)),
    values: namedOps(program)
      .filter((op) => op.kind !== 'input' && !program.outputs.includes(op.id))
      .map(infoOf),
  };
  const description = `${name}: quantised network; inputs and outputs are values on the grids of their types`;
  const model = modelOf(graph, {
    opset,
    version,
    description,
    metadata: { 'axoc.profile': 'qonnx', 'axoc.model': name, 'axoc.inputs': typesOf(inputsOf(program)), ...facts },
  });
  return { model: { ...model, opsets: { ...model.opsets, [qonnxDomain]: qonnxVersion } }, roundedIds };
}

/** A Quant that changes nothing: other tools take the type of the input from it. */
function emitInput(draft: QonnxDraft, { id, type }: Input): string {
  const [format, ...others] = type.formats;
  if (others.length > 0 || (format!.signed && format!.width === 1)) return id;
  const { signed, width: bits } = format!;
  return draft.quant(id, { signed, bits, fraction: fractionBits(format!), narrow: false }, 'ROUND');
}

/** Bits of the largest number of a value, all elements in the finest of their units. */
function bitsOf(range: readonly Interval[], { type }: Pick<Op, 'type'>): number {
  const finest = Math.max(...range.map((_, index) => fractionAt(type, index)));
  return Math.max(...range.map((interval, index) => bitLength(magnitude(interval)) + finest - fractionAt(type, index)));
}

function magnitude({ low, high }: Interval): bigint {
  const [a, b] = [low < 0n ? -low : low, high < 0n ? -high : high];
  return a > b ? a : b;
}

/** Bits of what stands between operands and result: partial sums in any order, halves added before rounding, the lowest number subtracted before wrapping. */
function bitsBefore(op: Exclude<Op, Input>, operands: readonly QonnxValue[]): readonly number[] {
  switch (op.kind) {
    case 'dense':
    case 'conv':
    case 'sum': {
      const { range, type } = operands[0]!;
      const finest = Math.max(...range.map((_, index) => fractionAt(type, index)));
      return tapsOf(op, type.shape).map((taps) => {
        const terms = taps.map(
          ({ index, weight }) =>
            (magnitude(range[index]!) * (weight < 0n ? -weight : weight)) << BigInt(finest - fractionAt(type, index)),
        );
        return bitLength(terms.reduce((sum, term) => sum + term, 0n));
      });
    }
    case 'cast': {
      const [x] = operands as readonly [QonnxValue];
      const { rounds, overflows } = lossOf(x, onlyFormat(op.type));
      return [bitsOf(x.range, x) + (rounds || overflows ? 1 : 0)];
    }
    default:
      return [];
  }
}

function infoOf({ id, type }: Op): ValueInfo {
  return {
    name: id,
    type: 'float32',
    shape: [1, ...type.shape],
    description: [...new Set(type.formats.map(printFormat))].join(', '),
  };
}

function typesOf(inputs: readonly Input[]): string {
  const text = (format: Format): string => printFormat(format);
  return JSON.stringify(
    inputs.map(({ id, type }) => ({
      name: id,
      shape: type.shape,
      type: type.formats.length === 1 ? text(type.formats[0]!) : type.formats.map(text),
    })),
  );
}
