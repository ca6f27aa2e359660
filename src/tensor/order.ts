/** The nodes behind some results, each after its operands. */
import { type Node, operandsOf } from './graph.js';

/**
 * Without recursion: graphs of training steps are deeper than the stack allows.
 * @param next what a node needs first; its operands by default
 * @returns every node reached from `roots` once, operands first, in an order that depends on the graph alone
 */
export function topologicalOrder(
  roots: Iterable<Node>,
  next: (node: Node) => readonly Node[] = operandsOf,
): readonly Node[] {
  const order: Node[] = [];
  const entered = new Set<Node>();
  for (const root of roots) {
    const path: { node: Node; operands: readonly Node[]; visited: number }[] = [];
    const enter = (node: Node): void => {
      if (entered.has(node)) return;
      entered.add(node);
      path.push({ node, operands: next(node), visited: 0 });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const operand = top.operands[top.visited++];
      if (operand !== undefined) enter(operand);
      else order.push(path.pop()!.node);
    }
  }
  return order;
}
