/** Computes element by element before stretching, and lets operations stretch their operands themselves. */
import { elementCountOf, type Graph, type Node, operandsOf } from '../graph.js';
import { broadcast } from '../ops.js';
import { broadcastShape } from '../shape.js';
import { isElementwise } from './elementwise.js';
import { rebuild, withOperands } from './rebuild.js';

export function shrinkBroadcasts(graph: Graph): Graph {
  return rebuild(graph, (node) => {
    if (isElementwise(node)) return shrunk(node);
    if (node.kind === 'broadcast' && node.operand.kind === 'broadcast')
      return broadcast(node.operand.operand, node.shape);
    if (node.kind === 'reshape' && node.operand.kind === 'broadcast') {
      const { operand } = node.operand;
      // A single number fits every shape of at least its rank.
      if (elementCountOf(operand.shape) === 1 && operand.shape.length <= node.shape.length)
        return broadcast(operand, node.shape);
    }
    return node;
  });
}

function shrunk(node: Node): Node {
  const operands = operandsOf(node);
  if (!operands.some((operand) => operand.kind === 'broadcast')) return node;
  const small = operands.map((operand) => (operand.kind === 'broadcast' ? operand.operand : operand));
  const shape = small.map((operand) => operand.shape).reduce(broadcastShape);
  return broadcast({ ...withOperands(node, small), shape }, node.shape);
}
