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

/**
 * As `rebuild`, for graphs whose gradients are still to be taken: the paths of surrogates, where gradients go, are rewritten too.
 * @returns a node for each, by the same name
 */
export function rebuildWithPaths(nodes: ReadonlyMap<string, Node>, rule: Rule): ReadonlyMap<string, Node> {
  const rewritten = new Map<Node, Node>();
  const pathOf = (node: Node): readonly Node[] =>
    node.kind === 'surrogate' && node.path !== undefined ? [node.path] : [];
  for (const node of topologicalOrder(nodes.values(), (one) => [...operandsOf(one), ...pathOf(one)])) {
    const operands = operandsOf(node).map((operand) => rewritten.get(operand)!);
    const moved = withOperands(node, operands);
    const [path] = pathOf(node).map((one) => rewritten.get(one)!);
    const isSame = moved.kind !== 'surrogate' || path === moved.path;
    rewritten.set(node, rule(isSame || path === undefined ? moved : { ...moved, path }));
  }
  return new Map([...nodes].map(([name, node]) => [name, rewritten.get(node)!]));
}

/** How many operands of other nodes a node is. Nodes that a rule has just made are taken to have one use. */
export type UseCount = (node: Node) => number;

/** As `rebuild`, for rules that must not copy work: they ask how often their operands are used. */
export function rebuildWithUses(graph: Graph, rule: (node: Node, uses: UseCount) => Node): Graph {
  const order = topologicalOrder(graph.outputs.values());
  const counted = new Map<Node, number>();
  const count = (node: Node): void => void counted.set(node, (counted.get(node) ?? 0) + 1);
  for (const node of order) operandsOf(node).forEach(count);
  for (const node of graph.outputs.values()) count(node);
  const current = new Map<Node, number>();
  const rewritten = new Map<Node, Node>();
  for (const node of order) {
    const operands = operandsOf(node).map((operand) => rewritten.get(operand)!);
    const result = rule(withOperands(node, operands), (operand) => current.get(operand) ?? 1);
    rewritten.set(node, result);
    current.set(result, (current.get(result) ?? 0) + (counted.get(node) ?? 0));
  }
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
