/**
 * A tensor graph as an ONNX model (opset 13), node by node; no rewriting here beyond layouts.
 * Convolutions of ONNX have channels first, ours have them last: a value made by one stays channels first through everything done element by
 * element, and is transposed only where somebody needs it otherwise.
 */
import { internalError } from '../base/diagnostic.js';
import { int, ints, modelOf, type OnnxModel, type ValueInfo } from '../onnx/model.js';
import { checkGraph } from './check.js';
import type { DType, Graph, Node, Reduce, Shape } from './graph.js';
import { elementCountOf } from './graph.js';
import { OnnxBody } from './onnx-body.js';
import { convolution, inputGradient, kernelGradient, toFirst, toLast } from './onnx-convolution.js';
import { gathering, spreading, upsampling } from './onnx-resampling.js';
import { topologicalOrder } from './order.js';
import { sameShape } from './shape.js';

type Layout = 'last' | 'first';

/** Where a node's value stands in the model. */
interface Native {
  readonly name: string;
  readonly layout: Layout;
  /** Result of a comparison, which ONNX gives as bool. */
  readonly isBool: boolean;
}

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

/** @returns a model with the graph's inputs and outputs, in their order and under their names */
export function toOnnx(graph: Graph, name = 'graph'): OnnxModel {
  checkGraph(graph);
  const order = topologicalOrder(graph.outputs.values());
  const body = new OnnxBody([...graph.inputs.map((input) => input.name), ...graph.outputs.keys()]);
  const values = new Values(body);
  for (const node of order) values.set(node, emit(node, values, body));
  for (const [output, node] of graph.outputs) body.nameOutput(values.get(node, 'last'), output);
  return modelOf(
    body.graph(
      name,
      graph.inputs.map((input) => valueInfo(input.name, input.shape, input.dtype)),
      [...graph.outputs].map(([output, node]) => valueInfo(output, node.shape, node.dtype)),
    ),
  );
}

function valueInfo(name: string, shape: Shape, type: DType): ValueInfo {
  return { name, type, shape };
}

/** The values made so far, each in the forms that somebody asked for. */
class Values {
  readonly #native = new Map<Node, Native>();
  readonly #forms = new Map<string, string>();

  constructor(private readonly body: OnnxBody) {}

  set(node: Node, native: Native): void {
    this.#native.set(node, native);
  }

  native(node: Node): Native {
    const native = this.#native.get(node);
    if (native === undefined) throw internalError('to-onnx', `${node.kind} is used before it is made`);
    return native;
  }

  /** As numbers, in a layout. */
  get(node: Node, layout: Layout): string {
    const native = this.native(node);
    const number = native.isBool
      ? this.#once(`${native.name} as number`, () => this.body.cast(native.name, node.dtype))
      : native.name;
    return this.#in(layout, native.layout, number);
  }

  /** Whether it is not 0, in a layout. */
  condition(node: Node, layout: Layout): string {
    const native = this.native(node);
    const bool = native.isBool
      ? native.name
      : this.#once(`${native.name} as bool`, () => this.body.cast(native.name, 'bool'));
    return this.#in(layout, native.layout, bool);
  }

  /** An operand that broadcasts to a result of rank 4 with channels first. */
  broadcastFirst(node: Node, isCondition: boolean): string {
    const name = (layout: Layout): string => (isCondition ? this.condition(node, layout) : this.get(node, layout));
    if (elementCountOf(node.shape) === 1 && node.shape.length < 4) return name('last');
    if (node.shape.length === 4) return name('first');
    const [batch, height, width, channels] = [...Array<number>(4 - node.shape.length).fill(1), ...node.shape];
    if (height !== 1 || width !== 1) {
      const padded = this.body.reshape(name('last'), [batch!, height!, width!, channels!]);
      return this.body.emit('Transpose', [padded], { perm: ints(toFirst) });
    }
    return this.#once(`${name('last')} to first`, () =>
      this.body.reshape(name('last'), [batch!, channels!, height!, width!]),
    );
  }

  #in(wanted: Layout, is: Layout, name: string): string {
    if (wanted === is) return name;
    const perm = wanted === 'first' ? toFirst : toLast;
    return this.#once(`${name} ${wanted}`, () => this.body.emit('Transpose', [name], { perm: ints(perm) }));
  }

  #once(key: string, make: () => string): string {
    const known = this.#forms.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#forms.set(key, made);
    return made;
  }
}

function emit(node: Node, values: Values, body: OnnxBody): Native {
  const last = (name: string): Native => ({ name, layout: 'last', isBool: false });
  const first = (name: string): Native => ({ name, layout: 'first', isBool: false });
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
    case 'matmul': {
      const attributes = { transA: int(Number(node.transposeLeft)), transB: int(Number(node.transposeRight)) };
      return last(body.emit('Gemm', [values.get(node.left, 'last'), values.get(node.right, 'last')], attributes));
    }
    case 'sum':
    case 'max':
      return reduction(node, values, body);
    case 'reshape':
      return last(body.reshape(values.get(node.operand, 'last'), node.shape));
    case 'broadcast':
      return last(body.emit('Expand', [values.get(node.operand, 'last'), body.int64(node.shape)]));
    case 'transpose':
      return last(body.emit('Transpose', [values.get(node.operand, 'last')], { perm: ints(node.order) }));
    case 'concat': {
      const operands = node.operands.map((operand) => values.get(operand, 'last'));
      return last(body.emit('Concat', operands, { axis: int(node.axis) }));
    }
    case 'slice':
      return last(body.emit('Slice', [values.get(node.operand, 'last'), body.int64(node.from), body.int64(node.to)]));
    case 'pad':
      return last(body.emit('Pad', [values.get(node.operand, 'last'), body.int64([...node.before, ...node.after])]));
    case 'conv2d':
      return first(convolution(node, values.get(node.operand, 'first'), values.get(node.kernel, 'last'), body));
    case 'conv2d_input_gradient':
      return first(inputGradient(node, values.get(node.gradient, 'first'), values.get(node.kernel, 'last'), body));
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
      : body.emit('ReduceMax', [operand], { axes: ints(axes), keepdims });
  return { name, layout: node.keepAxes ? layout : 'last', isBool: false };
}
