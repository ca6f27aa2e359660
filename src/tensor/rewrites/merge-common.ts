/** Makes one node of all that compute the same. */
import { type Graph, type Node, operandsOf } from '../graph.js';
import { rebuild } from './rebuild.js';

/** Constants with more elements than this are only the same if they are one node. */
const longestComparedConstant = 64;

export function mergeCommon(graph: Graph): Graph {
  const numbers = new Map<Node, number>();
  const known = new Map<string, Node>();
  const numberOf = (node: Node): number => {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    return number;
  };
  return rebuild(graph, (node) => {
    const key = `${node.dtype} [${node.shape}] ${describe(node, numberOf)} ${operandsOf(node).map(numberOf)}`;
    const same = known.get(key) ?? node;
    known.set(key, same);
    return same;
  });
}

/** Everything that makes the result besides dtype, shape and operands. */
function describe(node: Node, numberOf: (node: Node) => number): string {
  switch (node.kind) {
    case 'input':
    case 'surrogate':
      return `${node.kind} ${numberOf(node)}`;
    case 'constant':
      return node.values.length > longestComparedConstant
        ? `constant ${numberOf(node)}`
        : `constant ${node.values.map((value) => (Object.is(value, -0) ? '-0' : value))}`;
    case 'matmul':
      return `matmul ${node.transposeLeft} ${node.transposeRight}`;
    case 'sum':
    case 'max':
      return `${node.kind} ${node.axes} ${node.keepAxes}`;
    case 'transpose':
      return `transpose ${node.order}`;
    case 'concat':
      return `concat ${node.axis}`;
    case 'slice':
      return `slice ${node.from} ${node.to}`;
    case 'pad':
      return `pad ${node.before} ${node.after}`;
    case 'conv2d':
    case 'conv2d_input_gradient':
    case 'conv2d_kernel_gradient':
      return `${node.kind} ${node.window.strides} ${node.window.padding}`;
    case 'upsample':
      return `upsample ${node.factors}`;
    case 'depth_to_space':
    case 'space_to_depth':
      return `${node.kind} ${node.block}`;
    default:
      return node.kind;
  }
}
