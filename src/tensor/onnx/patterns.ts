/** Activation functions that ONNX has an operator for, as the graphs that they are here. */
import { type Attribute, float, int } from '../../onnx/model.js';
import { type Node, operandsOf } from '../graph.js';
import {
  abs,
  add,
  constant,
  divide,
  exp,
  less,
  lessEqual,
  log,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  select,
  stopGradient,
  subtract,
  sum,
} from '../ops.js';
import { sameShape } from '../shape.js';

export interface Pattern {
  readonly operator: string;
  readonly operand: Node;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface Shown {
  readonly operator: string;
  /** The graph of the function of a node; its second operand is a constant to be found. */
  readonly of: (x: Node, slope: Node) => Node;
  readonly attributes?: (slope: number, x: Node) => Readonly<Record<string, Attribute>>;
}

/** Longer ones first where one ends like another. */
const shown: readonly Shown[] = [
  { operator: 'Relu', of: (x) => maximum(0, x) },
  {
    operator: 'LeakyRelu',
    of: (x, slope) => select(less(0, x), x, multiply(x, slope)),
    attributes: (slope) => ({ alpha: float(slope) }),
  },
  {
    operator: 'Sigmoid',
    of: (x) => divide(select(lessEqual(0, x), 1, exp(negate(abs(x)))), add(exp(negate(abs(x))), 1)),
  },
  {
    operator: 'Elu',
    of: (x) => select(less(0, x), x, subtract(exp(minimum(x, 0)), 1)),
    attributes: () => ({ alpha: float(1) }),
  },
  {
    operator: 'Elu',
    // As rewrites leave it.
    of: (x) => select(less(0, x), x, add(exp(minimum(x, 0)), -1)),
    attributes: () => ({ alpha: float(1) }),
  },
  {
    operator: 'Elu',
    of: (x, alpha) => select(less(0, x), x, multiply(subtract(exp(minimum(x, 0)), 1), alpha)),
    attributes: (alpha) => ({ alpha: float(alpha) }),
  },
  {
    operator: 'Elu',
    of: (x, alpha) => select(less(0, x), x, multiply(add(exp(minimum(x, 0)), -1), alpha)),
    attributes: (alpha) => ({ alpha: float(alpha) }),
  },
  { operator: 'Softplus', of: (x) => add(maximum(0, x), log(add(exp(negate(abs(x))), 1))) },
  { operator: 'Softsign', of: (x) => divide(x, add(abs(x), 1)) },
  { operator: 'Softmax', of: (x) => softmax(x, max(x, [lastAxis(x)], true)), attributes: (_, x) => axisOf(x) },
  {
    operator: 'Softmax',
    of: (x) => softmax(x, stopGradient(max(x, [lastAxis(x)], true))),
    attributes: (_, x) => axisOf(x),
  },
  { operator: 'LogSoftmax', of: (x) => logSoftmax(x, max(x, [lastAxis(x)], true)), attributes: (_, x) => axisOf(x) },
  {
    operator: 'LogSoftmax',
    of: (x) => logSoftmax(x, stopGradient(max(x, [lastAxis(x)], true))),
    attributes: (_, x) => axisOf(x),
  },
  {
    operator: 'HardSigmoid',
    of: (x, slope) => minimum(maximum(0, add(multiply(x, slope), 0.5)), 1),
    attributes: (slope) => ({ alpha: float(slope), beta: float(0.5) }),
  },
];

function softmax(x: Node, largest: Node): Node {
  const powers = exp(subtract(x, largest));
  return divide(powers, sum(powers, [lastAxis(x)], true));
}

function logSoftmax(x: Node, largest: Node): Node {
  const lower = subtract(x, largest);
  return subtract(lower, log(sum(exp(lower), [lastAxis(x)], true)));
}

function lastAxis(x: Node): number {
  return x.shape.length - 1;
}

function axisOf(x: Node): Readonly<Record<string, Attribute>> {
  return { axis: int(lastAxis(x)) };
}

/** The operator that computes the node from what the pattern begins with, if there is one. */
export function patternOf(node: Node): Pattern | undefined {
  for (const { operator, of, attributes = () => ({}) } of shown) {
    for (const operand of candidatesOf(node)) {
      if (!sameShape(operand.shape, node.shape) || operand.shape.length === 0) continue;
      const slope = constant(0, [], node.dtype);
      const found = new Map<Node, Node>();
      if (!isSame(of(operand, slope), node, operand, slope, found)) continue;
      const value = found.get(slope);
      return { operator, operand, attributes: attributes(value?.kind === 'constant' ? value.values[0]! : 0, operand) };
    }
  }
  return undefined;
}

/** What the function of a node could be a function of: a pattern's operand is at most six steps away. */
function candidatesOf(node: Node): ReadonlySet<Node> {
  const near = new Set<Node>();
  let ring: readonly Node[] = [node];
  for (let step = 0; step < 6; step++) {
    ring = ring.flatMap(operandsOf).filter(({ kind }) => kind !== 'constant');
    for (const operand of ring) near.add(operand);
    if (ring.length > 64) break;
  }
  return near;
}

function isSame(pattern: Node, node: Node, operand: Node, slope: Node, found: Map<Node, Node>): boolean {
  if (pattern === slope) {
    if (node.kind !== 'constant' || node.values.length !== 1) return false;
    found.set(slope, node);
    return true;
  }
  if (pattern === operand || node === operand) return pattern === node;
  if (pattern.kind !== node.kind || !sameShape(pattern.shape, node.shape)) return false;
  if (pattern.kind === 'constant') return node.kind === 'constant' && pattern.values[0] === node.values[0];
  if ('axes' in pattern && (!('axes' in node) || !sameShape(pattern.axes, node.axes))) return false;
  const operands = operandsOf(node);
  return operandsOf(pattern).every((part, index) => isSame(part, operands[index]!, operand, slope, found));
}
