/** Applies a local rule to every node of a graph, operands first. */
import { type Graph, type Node, operandsOf } from '../graph.js';
import { topologicalOrder } from '../order.js';

/** What takes the place of a node whose operands are rewritten already: the node itself, or one of the same shape, dtype and value. */
export type Rule = (node: Node) => Node;

/** @returns the same graph where the rule changes nothing */
export function rebuild(graph: Graph, rule: Rule): Graph {
  const rewritten = new Map<Node, Node>();
  for (const node of topologicalOrder(graph.outputs.values()))
    rewritten.set(
      node,
      rule(
        withOperands(
          node,
          operandsOf(node).map((operand) => rewritten.get(operand)!),
        ),
      ),
    );
  return { ...graph, outputs: new Map([...graph.outputs].map(([name, node]) => [name, rewritten.get(node)!])) };
}

/** The node with other operands, in the order of `operandsOf`; itself if they are the same. */
export function withOperands(node: Node, operands: readonly Node[]): Node {
  const before = operandsOf(node);
  if (operands.every((operand, index) => operand === before[index])) return node;
  const [first, second, third] = operands as [Node, Node, Node];
  switch (node.kind) {
    case 'input':
    case 'constant':
      return node;
    case 'select':
      return { ...node, condition: first, left: second, right: third };
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'maximum':
    case 'minimum':
    case 'less':
    case 'less_equal':
    case 'equal':
    case 'matmul':
      return { ...node, left: first, right: second };
    case 'concat':
      return { ...node, operands };
    case 'conv2d':
      return { ...node, operand: first, kernel: second };
    case 'conv2d_input_gradient':
      return { ...node, gradient: first, kernel: second };
    case 'conv2d_kernel_gradient':
      return { ...node, operand: first, gradient: second };
    case 'surrogate':
      return { ...node, value: first };
    default:
      return { ...node, operand: first };
  }
}
