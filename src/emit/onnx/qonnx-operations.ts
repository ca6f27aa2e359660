/** Each operation of the fixed-point language as float32 ONNX nodes; weights carry their types as Quant nodes. */
import { fractionBits } from '../../fixed/format.js';
import { shiftAt } from '../../ir/evaluate.js';
import { type Conv, fractionAt, type Input, type Lookup, type Op, type Relation } from '../../ir/op.js';
import { float, int, ints } from '../../onnx/model.js';
import { typeCode } from '../../onnx/schema.js';
import { type CastOperand, emitQuant, lossOf, onlyFormat } from './qonnx-cast.js';
import type { QonnxDraft } from './qonnx-draft.js';

/** A value in the model. */
export interface QonnxValue extends CastOperand {
  /** Whether it has a first axis for the events. */
  readonly isBatched: boolean;
}

/** The name of the value that the operation makes. */
export function emitQonnx(
  draft: QonnxDraft,
  op: Exclude<Op, Input>,
  operands: readonly QonnxValue[],
  isNamed: boolean,
): string {
  const [x, y] = operands as readonly [QonnxValue, QonnxValue];
  switch (op.kind) {
    case 'constant':
      return emitConstant(draft, op);
    case 'cast': {
      // Internal steps that lose nothing need no node; a named value shows its type.
      const to = onlyFormat(op.type);
      const { rounds, overflows } = lossOf(x, to);
      return isNamed || rounds || overflows ? emitQuant(draft, x, to) : x.name;
    }
    case 'add':
      return draft.node('Add', [x.name, y.name]);
    case 'subtract':
      return draft.node('Sub', [x.name, y.name]);
    case 'multiply':
      return draft.node('Mul', [x.name, y.name]);
    case 'max':
      return draft.node('Max', [x.name, y.name]);
    case 'compare': {
      const isSo = draft.node(relationOperator[op.relation], [x.name, y.name]);
      return draft.node('Cast', [isSo], { to: int(typeCode.float32) });
    }
    case 'square':
      return draft.node('Mul', [x.name, x.name]);
    case 'relu':
      return draft.node('Relu', [x.name]);
    case 'leaky_relu': {
      const slope = draft.exact(op.slope.raws[0]!, fractionBits(op.slope.format));
      return draft.node('LeakyRelu', [x.name], { alpha: float(slope) });
    }
    case 'shift': {
      const ones = op.by.map(() => 1n);
      const factors = draft.table(ones, (index) => shiftAt(op.by, index), ones.length === 1 ? [] : op.type.shape);
      return draft.node('Mul', [x.name, factors]);
    }
    case 'dense': {
      const { raws, shape, format } = op.weights;
      return draft.node('MatMul', [x.name, draft.quantisedTable(raws, shape, format, 'weights')]);
    }
    case 'conv':
      return emitConv(draft, op, x);
    case 'sum':
      return draft.node('ReduceSum', [x.name, draft.integers([op.axis + Number(x.isBatched)])], {
        keepdims: int(Number(x.type.shape.length === 1)),
      });
    case 'lookup':
      return emitLookup(draft, op, x);
    case 'concat':
      return draft.node(
        'Concat',
        operands.map(({ name }) => name),
        { axis: int(op.axis + Number(x.isBatched)) },
      );
    case 'reshape':
      return draft.node('Reshape', [x.name, draft.integers(x.isBatched ? [-1, ...op.type.shape] : op.type.shape)]);
    case 'slice': {
      const axes = op.from.map((_, axis) => axis + Number(x.isBatched));
      return draft.node('Slice', [x.name, draft.integers(op.from), draft.integers(op.to), draft.integers(axes)]);
    }
  }
}

const relationOperator = { less: 'Less', less_equal: 'LessOrEqual', equal: 'Equal' } as const satisfies Record<
  Relation,
  string
>;

function emitConstant(draft: QonnxDraft, { raws, type }: Extract<Op, { kind: 'constant' }>): string {
  const [format, ...others] = type.formats;
  if (others.length === 0) return draft.quantisedTable(raws, type.shape, format!);
  return draft.table(raws, (index) => fractionAt(type, index), type.shape);
}

/** Images of ONNX have their channels first. */
function emitConv(draft: QonnxDraft, { weights, strides, padding }: Conv, x: QonnxValue): string {
  const [height, width, channels, filters] = weights.shape as readonly [number, number, number, number];
  const [top, bottom, left, right] = padding;
  const raws: bigint[] = [];
  for (let filter = 0; filter < filters; filter++)
    for (let channel = 0; channel < channels; channel++)
      for (let position = 0; position < height * width; position++)
        raws.push(weights.raws[(position * channels + channel) * filters + filter]!);
  const kernel = draft.quantisedTable(raws, [filters, channels, height, width], weights.format, 'weights');
  const image = draft.node('Transpose', [x.name], { perm: ints([0, 3, 1, 2]) });
  const sums = draft.node('Conv', [image, kernel], {
    kernel_shape: ints([height, width]),
    strides: ints(strides),
    pads: ints([top, left, bottom, right]),
    // As the standard has them when they are left out; QONNX's tools ask for them.
    dilations: ints([1, 1]),
    group: int(1),
  });
  return draft.node('Transpose', [sums], { perm: ints([0, 2, 3, 1]) });
}

function emitLookup(draft: QonnxDraft, { table }: Lookup, x: QonnxValue): string {
  const entries = draft.table(table.raws, () => fractionBits(table.format), table.shape);
  const index = draft.node('Cast', [x.name], { to: int(typeCode.int64) });
  return draft.node('Gather', [entries, index], { axis: int(0) });
}
