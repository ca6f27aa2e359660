/**
 * Adds the channels of the last large convolution in groups, then the groups in pairs. What is rounded in it nothing evens out any more: in the
 * published decoders it makes most of the error of a pixel, and groups make that error half as large, for a few more additions.
 */
import { type Conv2d, type Graph, type Node, operandsOf } from '../../graph.js';
import { add, conv2d, slice } from '../../ops.js';
import { topologicalOrder } from '../../order.js';
import { rebuild } from '../rebuild.js';

/** Channels added one after the other. */
const group = 8;
/** Fewer channels, or a single filter, add too few terms to matter. */
const manyChannels = 4 * group;

export function sumInGroups(graph: Graph): Graph {
  const last = lastLarge(graph);
  return rebuild(graph, (node) => (node.kind === 'conv2d' && last.has(node) ? grouped(node) : node));
}

/** Large convolutions with no other large sum between them and an output. */
function lastLarge(graph: Graph): ReadonlySet<Node> {
  const last = new Set<Node>();
  const isFollowed = new Set<Node>();
  for (const node of topologicalOrder(graph.outputs.values()).toReversed()) {
    if (isLarge(node) && !isFollowed.has(node)) last.add(node);
    if (isLarge(node) || isFollowed.has(node)) for (const operand of operandsOf(node)) isFollowed.add(operand);
  }
  return last;
}

function isLarge(node: Node): boolean {
  if (node.kind === 'conv2d') return node.kernel.shape[2]! >= manyChannels && node.kernel.shape[3]! > 1;
  return node.kind === 'matmul' || node.kind === 'conv2d_input_gradient';
}

function grouped({ operand: image, kernel, window }: Conv2d): Node {
  const channels = kernel.shape[2]!;
  const sums = Array.from({ length: Math.ceil(channels / group) }, (_, index) => {
    const [from, to] = [index * group, Math.min((index + 1) * group, channels)];
    return conv2d(along(image, 3, from, to), along(kernel, 2, from, to), window);
  });
  return pairwise(sums);
}

function along(node: Node, axis: number, from: number, to: number): Node {
  const start = node.shape.map(() => 0).with(axis, from);
  return slice(node, start, node.shape.with(axis, to));
}

function pairwise(sums: readonly Node[]): Node {
  if (sums.length === 1) return sums[0]!;
  const half = Math.ceil(sums.length / 2);
  return add(pairwise(sums.slice(0, half)), pairwise(sums.slice(half)));
}
