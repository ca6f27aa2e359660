/** Removes what gives back its operand: x + 0 (which turns -0 into 0), x - 0, x * 1, x / 1, two negations, movements that move nothing. */
import { type Graph, type Node, operandsOf } from '../graph.js';
import { broadcast, negate, reshape, transpose } from '../ops.js';
import { sameShape } from '../shape.js';
import { rebuild } from './rebuild.js';

export function removeIdentities(graph: Graph): Graph {
  return rebuild(graph, (node) => {
    let current = node;
    for (let next = simplified(current); next !== undefined; next = simplified(current)) current = next;
    return current;
  });
}

/** @returns undefined where there is nothing to remove */
function simplified(node: Node): Node | undefined {
  switch (node.kind) {
    case 'add':
      if (isAll(node.right, 0)) return broadcast(node.left, node.shape);
      return isAll(node.left, 0) ? broadcast(node.right, node.shape) : undefined;
    case 'subtract':
      if (isAll(node.right, 0)) return broadcast(node.left, node.shape);
      return isAll(node.left, 0) ? broadcast(negate(node.right), node.shape) : undefined;
    case 'multiply':
      if (isAll(node.right, 1)) return broadcast(node.left, node.shape);
      return isAll(node.left, 1) ? broadcast(node.right, node.shape) : undefined;
    case 'divide':
      return isAll(node.right, 1) ? broadcast(node.left, node.shape) : undefined;
    case 'negate':
      return node.operand.kind === 'negate' ? node.operand.operand : undefined;
    case 'reshape':
      if (sameShape(node.shape, node.operand.shape)) return node.operand;
      return node.operand.kind === 'reshape' ? reshape(node.operand.operand, node.shape) : undefined;
    case 'broadcast':
      return sameShape(node.shape, node.operand.shape) ? node.operand : undefined;
    case 'transpose': {
      const { operand, order } = node;
      if (order.every((axis, index) => axis === index)) return operand;
      if (operand.kind !== 'transpose') return undefined;
      const inner = operand.order;
      const both = order.map((axis) => inner[axis]!);
      return both.every((axis, index) => axis === index) ? operand.operand : transpose(operand.operand, both);
    }
    case 'sum':
    case 'max':
      // Over axes of length 1 there is nothing to add or compare.
      return node.axes.every((axis) => node.operand.shape[axis] === 1) ? reshape(node.operand, node.shape) : undefined;
    case 'concat':
      return node.operands.length === 1 ? node.operands[0] : undefined;
    case 'slice':
    case 'pad':
      return sameShape(node.shape, operandsOf(node)[0]!.shape) ? node.operand : undefined;
    default:
      return undefined;
  }
}

function isAll(node: Node, value: number): boolean {
  return node.kind === 'constant' && node.values.every((element) => element === value);
}
