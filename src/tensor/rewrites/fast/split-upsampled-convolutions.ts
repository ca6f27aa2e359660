/**
 * Convolves before upsampling. Every pixel of an upsampled image is there several times; a convolution of it multiplies each copy. On the small image
 * the elements of the kernel that meet copies of one pixel are added first, once for each phase of the result: with factor 2 and a kernel of 4 x 4 the
 * four phases take kernels of 3 x 3, 3 x 2, 2 x 3 and 2 x 2, 25 products instead of 64.
 */
import type { Conv2d, Graph, Node, Upsample } from '../../graph.js';
import { concat, conv2d, depthToSpace, slice, upsample } from '../../ops.js';
import { rebuild } from '../rebuild.js';
import { directionsOf, gridKernel, type Phase, reachOf, sameReach, unionOf, windowOf } from './small-grid.js';

/** Up to so many filters are computed at the price of this many: phases are best made together. */
export const fewFilters = 16;

export function splitUpsampledConvolutions(graph: Graph): Graph {
  return rebuild(graph, splitUpsampledConvolution);
}

/** The rule itself, for graphs that are rebuilt in other ways. */
export function splitUpsampledConvolution(node: Node): Node {
  if (node.kind !== 'conv2d' || node.operand.kind !== 'upsample') return node;
  return node.window.strides.every((stride) => stride === 1) ? split(node, node.operand) : node;
}

function split(node: Conv2d, { operand: small, factors }: Upsample): Node {
  const [height, width, , filters] = node.kernel.shape as [number, number, number, number];
  if (height * width === 1 && node.window.padding.every((length) => length === 0))
    return upsample(conv2d(small, node.kernel, node.window), factors);
  const directions = directionsOf(node, factors);
  const parts = groupsOf(directions, factors, filters).map((phases) => {
    const reaches = [
      unionOf(phases.map(([row]) => reachOf(directions[0], row))),
      unionOf(phases.map(([, column]) => reachOf(directions[1], column))),
    ] as const;
    const kernel = gridKernel(node.kernel, directions, phases, reaches, false);
    return conv2d(small, kernel, windowOf(directions, reaches));
  });
  return cut(depthToSpace(parts.length === 1 ? parts[0]! : concat(parts, 3), factors), node.shape);
}

/** The phases, row by row, that one convolution computes: those that read the same, or all where filters are few. */
function groupsOf(
  [vertical, horizontal]: ReturnType<typeof directionsOf>,
  [down, across]: readonly [number, number],
  filters: number,
): readonly (readonly Phase[])[] {
  const rows = Array.from({ length: down }, (_, row) => row);
  const columns = Array.from({ length: across }, (_, column) => column);
  const areAlike = (direction: typeof vertical, phases: readonly number[]): boolean =>
    phases.every((phase) => sameReach(reachOf(direction, phase), reachOf(direction, 0)));
  const [rowsAlike, columnsAlike] = [areAlike(vertical, rows), areAlike(horizontal, columns)];
  const phasesOf = (row: number): Phase[] => columns.map((column): Phase => [row, column]);
  if (filters * down * across <= fewFilters || (rowsAlike && columnsAlike)) return [rows.flatMap(phasesOf)];
  return columnsAlike ? rows.map(phasesOf) : rows.flatMap(phasesOf).map((phase) => [phase]);
}

/** The last block may reach beyond the result. */
export function cut(node: Node, shape: readonly number[]): Node {
  return node.shape.every((length, axis) => length === shape[axis])
    ? node
    : slice(
        node,
        shape.map(() => 0),
        shape,
      );
}
