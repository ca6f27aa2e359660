/**
 * Lets a convolution with few filters read blocks as channels, before `depth_to_space`: it then moves its own few results and not all that it reads,
 * and makes several of them at the price of one.
 */
import type { Conv2d, DepthToSpace, Graph, Node } from '../../graph.js';
import { conv2d, depthToSpace } from '../../ops.js';
import { rebuild } from '../rebuild.js';
import { directionsOf, gridKernel, type Phase, reachOf, unionOf, windowOf } from './small-grid.js';
import { cut, fewFilters } from './split-upsampled-convolutions.js';

export function gatherConvolutions(graph: Graph): Graph {
  return rebuild(graph, (node) => {
    if (node.kind !== 'conv2d' || node.operand.kind !== 'depth_to_space') return node;
    return node.window.strides.every((stride) => stride === 1) ? gathered(node, node.operand) : node;
  });
}

/** Below this the moves that are saved hardly pay, and longer sums round more. */
const worthwhile = 2;

function gathered(node: Conv2d, { operand: small, block }: DepthToSpace): Node {
  const [down, across] = block;
  if (node.kernel.shape[3]! * down * across > fewFilters) return node;
  const directions = directionsOf(node, block);
  const phases = Array.from(
    { length: down * across },
    (_, index): Phase => [Math.floor(index / across), index % across],
  );
  const reaches = [
    unionOf(phases.map(([row]) => reachOf(directions[0], row))),
    unionOf(phases.map(([, column]) => reachOf(directions[1], column))),
  ] as const;
  const elements = reaches.map(({ first, last }) => last - first + 1);
  if (node.kernel.shape[0]! * node.kernel.shape[1]! < worthwhile * elements[0]! * elements[1]!) return node;
  const kernel = gridKernel(node.kernel, directions, phases, reaches, true);
  return cut(depthToSpace(conv2d(small, kernel, windowOf(directions, reaches)), block), node.shape);
}
