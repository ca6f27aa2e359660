/**
 * A tensor graph as an ONNX model, node by node; no rewriting here beyond layouts and, where it is asked for, operators that do two things.
 * Convolutions of ONNX have channels first, ours have them last: a value made by one stays channels first through everything done element by
 * element, and is transposed only where somebody needs it otherwise.
 */
import { defaultOpset, int, ints, modelOf, type OnnxModel, type ValueInfo } from '../../onnx/model.js';
import { checkGraph } from '../check.js';
import { type DType, type Graph, type Node, operandsOf, type Reduce, type Shape, type Transpose } from '../graph.js';
import { topologicalOrder } from '../order.js';
import { sameShape } from '../shape.js';
import { OnnxBody } from './body.js';
import { convolution, inputGradient, kernelGradient, operatorKernel, toFirst, toLast } from './convolution.js';
import { type Biased, type Fused, fusedNodes, readBy } from './fusion.js';
import { gathering, spreading, upsampling } from './resampling.js';
import { type Layout, type Native, Values } from './values.js';

const unaryOperator = {
  negate: 'Neg',
  abs: 'Abs',
  sign: 'Sign',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  floor: 'Floor',
  round: 'Round',
  sin: 'Sin',
  cos: 'Cos',
  sinh: 'Sinh',
  cosh: 'Cosh',
  tanh: 'Tanh',
  erf: 'Erf',
} as const;

const binaryOperator = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  maximum: 'Max',
  minimum: 'Min',
  less: 'Less',
  less_equal: 'LessOrEqual',
  equal: 'Equal',
} as const;

export interface OnnxOptions {
  readonly name?: string;
  readonly opset?: number;
  /** The length that stands for any number of events, wherever it or a multiple of it is one; see `checkBatch` in emit/onnx. */
  readonly batch?: number;
  /** Whether biases and activation functions become part of the operators that know them. Sums may then round otherwise. */
  readonly isFused?: boolean;
}

/** Name of the batch axis where it has any length. */
const batchAxis = 'batch';

/** @returns a model with the graph's inputs and outputs, in their order and under their names */
export function toOnnx(graph: Graph, options: OnnxOptions = {}): OnnxModel {
  const { name = 'graph', opset = defaultOpset, batch, isFused = false } = options;
  checkGraph(graph);
  const fused = isFused ? fusedNodes(graph) : new Map<Node, Fused>();
  const readsOf = (node: Node): readonly Node[] => (fused.has(node) ? readBy(fused.get(node)!) : operandsOf(node));
  const order = topologicalOrder(graph.outputs.values(), readsOf);
  const body = new OnnxBody([...graph.inputs.map((input) => input.name), ...graph.outputs.keys()], opset, batch);
  const values = new Values(body);
  for (const node of order) values.set(node, emit(node, fused.get(node), values, body));
  for (const [output, node] of graph.outputs) body.nameOutput(values.get(node, 'last'), output);
  const infoOf = (value: string, shape: Shape, type: DType): ValueInfo => ({
    name: value,
    type,
    shape: shape.map((length) => (body.isAny(length) ? batchAxis : length)),
  });
  return modelOf(
    body.graph(
      name,
      graph.inputs.map((input) => infoOf(input.name, input.shape, input.dtype)),
      [...graph.outputs].map(([output, node]) => infoOf(output, node.shape, node.dtype)),
    ),
    { opset },
  );
}

const last = (name: string): Native => ({ name, layout: 'last', isBool: false });
const first = (name: string): Native => ({ name, layout: 'first', isBool: false });

function emit(node: Node, fused: Fused | undefined, values: Values, body: OnnxBody): Native {
  if (fused?.kind === 'activated') {
    const { operator, operand, attributes } = fused.pattern;
    // An axis is counted with channels last.
    const layout = 'axis' in attributes ? 'last' : values.native(operand).layout;
    return { name: body.emit(operator, [values.get(operand, layout)], attributes), layout, isBool: false };
  }
  if (fused?.kind === 'biased') return sums(fused.sums, [biasOf(fused, values, body)], values, body);
  switch (node.kind) {
    case 'input':
      return last(node.name);
    case 'constant':
      return last(body.constant(node.values, node.shape, node.dtype));
    case 'surrogate':
      return values.native(node.value);
    case 'negate':
    case 'abs':
    case 'sign':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'floor':
    case 'round':
    case 'sin':
    case 'cos':
    case 'sinh':
    case 'cosh':
    case 'tanh':
    case 'erf':
      return elementwise(unaryOperator[node.kind], node, [node.operand], values, body);
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'maximum':
    case 'minimum':
      return elementwise(binaryOperator[node.kind], node, [node.left, node.right], values, body);
    case 'less':
    case 'less_equal':
    case 'equal':
      return { ...elementwise(binaryOperator[node.kind], node, [node.left, node.right], values, body), isBool: true };
    case 'select':
      return elementwise('Where', node, [node.condition, node.left, node.right], values, body);
    case 'convert': {
      const { layout } = values.native(node.operand);
      return { name: body.cast(values.get(node.operand, layout), node.dtype), layout, isBool: false };
    }
    case 'matmul':
    case 'conv2d':
    case 'conv2d_input_gradient':
      return sums(node, [], values, body);
    case 'sum':
    case 'max':
      return reduction(node, values, body);
    case 'reshape':
      return last(body.reshape(values.get(node.operand, 'last'), node.shape));
    case 'broadcast':
      return last(body.expand(values.get(node.operand, 'last'), node.shape));
    case 'transpose':
      return transposition(node, values, body);
    case 'concat': {
      const layout = node.operands.some((operand) => values.native(operand).layout === 'first') ? 'first' : 'last';
      const operands = node.operands.map((operand) => values.get(operand, layout));
      const axis = layout === 'first' ? toLast[node.axis]! : node.axis;
      return { name: body.emit('Concat', operands, { axis: int(axis) }), layout, isBool: false };
    }
    case 'slice': {
      const { layout } = values.native(node.operand);
      const [from, to] = [inLayout(node.from, layout), inLayout(node.to, layout)];
      const name = body.emit('Slice', [values.get(node.operand, layout), body.int64(from), body.ends(to)]);
      return { name, layout, isBool: false };
    }
    case 'pad': {
      const { layout } = values.native(node.operand);
      const amounts = [...inLayout(node.before, layout), ...inLayout(node.after, layout)];
      return { name: body.emit('Pad', [values.get(node.operand, layout), body.int64(amounts)]), layout, isBool: false };
    }
    case 'upsample':
      return first(upsampling(node, values.get(node.operand, 'first'), body));
    case 'depth_to_space':
      return first(spreading(node, values.get(node.operand, 'first'), body));
    case 'space_to_depth':
      return first(gathering(node, values.get(node.operand, 'first'), body));
    case 'conv2d_kernel_gradient':
      return last(kernelGradient(node, values.get(node.operand, 'last'), values.get(node.gradient, 'last'), body));
  }
}

/** @param bias the name of a vector, or nothing */
function sums(node: Biased['sums'], bias: readonly string[], values: Values, body: OnnxBody): Native {
  const kernel = (weights: Node): string => operatorKernel(weights, values.get(weights, 'last'), body);
  switch (node.kind) {
    case 'matmul': {
      const attributes = { transA: int(Number(node.transposeLeft)), transB: int(Number(node.transposeRight)) };
      const operands = [values.get(node.left, 'last'), values.get(node.right, 'last')];
      return last(body.emit('Gemm', [...operands, ...bias], attributes));
    }
    case 'conv2d':
      return first(convolution(node, values.get(node.operand, 'first'), kernel(node.kernel), body, bias));
    case 'conv2d_input_gradient':
      return first(inputGradient(node, values.get(node.gradient, 'first'), kernel(node.kernel), body, bias));
  }
}

function biasOf({ sums: { shape }, bias }: Biased, values: Values, body: OnnxBody): string {
  const filters = shape.at(-1)!;
  if (bias.kind !== 'constant') return body.reshape(values.get(bias, 'last'), [filters]);
  const numbers = bias.values.length === 1 ? Array<number>(filters).fill(bias.values[0]!) : bias.values;
  return body.constant(numbers, [filters], bias.dtype);
}

/** Between channels first and last nothing moves: the value is taken in the other layout. */
function transposition(node: Transpose, values: Values, body: OnnxBody): Native {
  const { layout, name, isBool } = values.native(node.operand);
  if (!isBool && layout === 'last' && sameShape(node.order, toLast)) return first(name);
  if (!isBool && layout === 'first' && sameShape(node.order, toFirst)) return last(name);
  return last(body.emit('Transpose', [values.get(node.operand, 'last')], { perm: ints(node.order) }));
}

/** Numbers for each axis, in the order of the axes of a layout. */
function inLayout(numbers: readonly number[], layout: Layout): readonly number[] {
  return layout === 'first' ? toFirst.map((axis) => numbers[axis]!) : numbers;
}

function elementwise(operator: string, node: Node, operands: readonly Node[], values: Values, body: OnnxBody): Native {
  const isFirst = operands.some(
    (operand) => sameShape(operand.shape, node.shape) && values.native(operand).layout === 'first',
  );
  const names = operands.map((operand, index) => {
    const isCondition = operator === 'Where' && index === 0;
    if (isFirst) return values.broadcastFirst(operand, isCondition);
    return isCondition ? values.condition(operand, 'last') : values.get(operand, 'last');
  });
  return { name: body.emit(operator, names), layout: isFirst ? 'first' : 'last', isBool: false };
}

/** Axes of a value with channels first are reduced as they lie where the result comes out in order. */
function reduction(node: Reduce, values: Values, body: OnnxBody): Native {
  const kept = node.operand.shape.map((_, axis) => axis).filter((axis) => !node.axes.includes(axis));
  const isInOrder = kept
    .map((axis) => toLast[axis]!)
    .every((axis, index, all) => index === 0 || all[index - 1]! < axis);
  const layout = values.native(node.operand).layout === 'first' && (isInOrder || node.keepAxes) ? 'first' : 'last';
  const axes = layout === 'first' ? node.axes.map((axis) => toLast[axis]!).toSorted((a, b) => a - b) : node.axes;
  if (axes.length === 0) return { name: values.get(node.operand, layout), layout, isBool: false };
  const operand = values.get(node.operand, layout);
  const keepdims = int(Number(node.keepAxes));
  const name =
    node.kind === 'sum'
      ? body.emit('ReduceSum', [operand, body.int64(axes)], { keepdims })
      : body.opset >= 18
        ? body.emit('ReduceMax', [operand, body.int64(axes)], { keepdims })
        : body.emit('ReduceMax', [operand], { axes: ints(axes), keepdims });
  return { name, layout: node.keepAxes ? layout : 'last', isBool: false };
}
