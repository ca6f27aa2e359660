/** Lets a matrix product read its operands transposed instead of transposing them before. */
import type { Graph, Node } from '../graph.js';
import { matmul } from '../ops.js';
import { rebuild } from './rebuild.js';

export function mergeTransposes(graph: Graph): Graph {
  return rebuild(graph, (node) => {
    if (node.kind !== 'matmul') return node;
    const left = untransposed(node.left);
    const right = untransposed(node.right);
    if (left === node.left && right === node.right) return node;
    return matmul(left, right, {
      transposeLeft: node.transposeLeft !== (left !== node.left),
      transposeRight: node.transposeRight !== (right !== node.right),
    });
  });
}

function untransposed(node: Node): Node {
  return node.kind === 'transpose' && node.order[0] === 1 ? node.operand : node;
}
