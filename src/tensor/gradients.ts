/** Reverse-mode differentiation, graph to graph: the gradients of a scalar node are nodes again. */
import { derivativesOf } from './derivatives.js';
import { type Node, operandsOf } from './graph.js';
import { add, broadcast, constant } from './ops.js';
import { topologicalOrder } from './order.js';
import { wrongShape } from './shape.js';

/**
 * @param loss shape []
 * @param wrt nodes that `loss` may depend on, inputs or any others
 * @returns for each of `wrt` the gradient of `loss`, in its shape and dtype; zeros where `loss` does not depend on it.
 *   What a surrogate hides gets none, its path does. The result is linear in the size of the graph and shares its nodes.
 */
export function gradients(loss: Node, wrt: readonly Node[]): readonly Node[] {
  if (loss.shape.length !== 0) throw wrongShape(`gradients of a loss of shape [${loss.shape}]`);
  const order = topologicalOrder([loss], differentiableOperandsOf);
  const targets = new Set(wrt);
  const relevant = new Set<Node>();
  for (const node of order)
    if (targets.has(node) || differentiableOperandsOf(node).some((operand) => relevant.has(operand)))
      relevant.add(node);

  const gradientOf = new Map<Node, Node>([[loss, constant(1, [], loss.dtype)]]);
  for (const node of order.toReversed()) {
    const gradient = gradientOf.get(node);
    if (gradient === undefined || !relevant.has(node)) continue;
    for (const [operand, derivative] of derivativesOf(node, gradient)) {
      if (!relevant.has(operand)) continue;
      const before = gradientOf.get(operand);
      const contribution = derivative();
      gradientOf.set(operand, before === undefined ? contribution : add(before, contribution));
    }
  }
  return wrt.map((node) => {
    const gradient = relevant.has(node) ? gradientOf.get(node) : undefined;
    return gradient ?? broadcast(constant(0, [], node.dtype), node.shape);
  });
}

/** Where gradients flow: to the path of a surrogate instead of its value. */
function differentiableOperandsOf(node: Node): readonly Node[] {
  if (node.kind !== 'surrogate') return operandsOf(node);
  return node.path === undefined ? [] : [node.path];
}
