/** Nodes that one operator of ONNX computes together with their operands: biases of convolutions and matrix products, activation functions. */
import {
  type Conv2d,
  type Conv2dInputGradient,
  elementCountOf,
  type Graph,
  type MatMul,
  type Node,
  operandsOf,
} from '../graph.js';
import { topologicalOrder } from '../order.js';
import { type Pattern, patternOf } from './patterns.js';

export interface Activated {
  readonly kind: 'activated';
  readonly pattern: Pattern;
}

export interface Biased {
  readonly kind: 'biased';
  readonly sums: Conv2d | Conv2dInputGradient | MatMul;
  /** One number, or one for each filter or column. */
  readonly bias: Node;
}

export type Fused = Activated | Biased;

/** The nodes of a graph that are computed so. Sums that somebody else reads too are not joined with a bias. */
export function fusedNodes(graph: Graph): ReadonlyMap<Node, Fused> {
  const order = topologicalOrder(graph.outputs.values());
  const uses = new Map<Node, number>();
  for (const node of [...order.flatMap(operandsOf), ...graph.outputs.values()])
    uses.set(node, (uses.get(node) ?? 0) + 1);
  const fused = new Map<Node, Fused>();
  for (const node of order) {
    const found = biased(node, uses) ?? activated(node);
    if (found !== undefined) fused.set(node, found);
  }
  return fused;
}

/** What an operator reads, in the order of `operandsOf` with the bias last. */
export function readBy(fused: Fused): readonly Node[] {
  return fused.kind === 'activated' ? [fused.pattern.operand] : [...operandsOf(fused.sums), fused.bias];
}

function activated(node: Node): Activated | undefined {
  const pattern = patternOf(node);
  return pattern === undefined ? undefined : { kind: 'activated', pattern };
}

function biased(node: Node, uses: ReadonlyMap<Node, number>): Biased | undefined {
  if (node.kind !== 'add') return undefined;
  const { left: sums, right: bias } = node;
  if (sums.kind !== 'conv2d' && sums.kind !== 'conv2d_input_gradient' && sums.kind !== 'matmul') return undefined;
  const filters = sums.shape.at(-1)!;
  const count = elementCountOf(bias.shape);
  const isVector = count === filters && (filters === 1 || bias.shape.at(-1) === filters);
  if (uses.get(sums) !== 1 || !(isVector || (count === 1 && bias.kind === 'constant'))) return undefined;
  return { kind: 'biased', sums, bias };
}
