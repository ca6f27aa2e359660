/**
 * A convolution of an image whose rows and columns come in blocks, seen from the grid of blocks. Row `factor * n + phase` of its result reads, at
 * element `i` of the kernel, row `factor * n + phase - padding + i` of the image: row `floor((phase - padding + i) / factor)` of its block's grid from
 * there, and within the block the remainder. Zeros around the image are zeros around the grid.
 */
import type { Conv2d, Node, Window } from '../../graph.js';
import { concat, constant, matmul, reshape } from '../../ops.js';

/** One direction, vertical or horizontal. */
export interface Direction {
  /** Rows of a block. */
  readonly factor: number;
  /** Rows of the kernel. */
  readonly kernel: number;
  /** Zeros before the image. */
  readonly before: number;
  /** Blocks of the image. */
  readonly blocks: number;
  /** Rows of the result, of which the last block may hold fewer. */
  readonly result: number;
}

/** Rows of the grid from `first` to `last` (included), as seen from a block. */
export interface Reach {
  readonly first: number;
  readonly last: number;
}

export function directionsOf(node: Conv2d, factors: readonly [number, number]): readonly [Direction, Direction] {
  const [top, , left] = node.window.padding;
  const direction = (axis: 0 | 1, before: number): Direction => ({
    factor: factors[axis],
    kernel: node.kernel.shape[axis]!,
    before,
    blocks: node.operand.shape[axis + 1]! / factors[axis],
    result: node.shape[axis + 1]!,
  });
  return [direction(0, top), direction(1, left)];
}

/** What a phase of the result reads. */
export function reachOf({ factor, kernel, before }: Direction, phase: number): Reach {
  return {
    first: Math.floor((phase - before) / factor),
    last: Math.floor((phase - before + kernel - 1) / factor),
  };
}

/** What several phases read together. */
export function unionOf(reaches: readonly Reach[]): Reach {
  return {
    first: Math.min(...reaches.map(({ first }) => first)),
    last: Math.max(...reaches.map(({ last }) => last)),
  };
}

export function sameReach(a: Reach, b: Reach): boolean {
  return a.first === b.first && a.last === b.last;
}

/** The window on the grid that gives every block of the result. */
export function windowOf(directions: readonly [Direction, Direction], reaches: readonly [Reach, Reach]): Window {
  const [top, bottom] = zerosOf(directions[0], reaches[0]);
  const [left, right] = zerosOf(directions[1], reaches[1]);
  return { strides: [1, 1], padding: [top, bottom, left, right] };
}

function zerosOf({ blocks, factor, result }: Direction, { first, last }: Reach): readonly [number, number] {
  return [-first, Math.ceil(result / factor) - 1 + last - (blocks - 1)];
}

export type Phase = readonly [number, number];

/**
 * The kernel on the grid, its filters phase after phase.
 * @param isSpread whether the image's blocks hold copies of one pixel (upsampling), or each element its own channels (`depth_to_space`)
 * @returns [rows, columns, channels of the grid, phases * filters]
 */
export function gridKernel(
  kernel: Node,
  directions: readonly [Direction, Direction],
  phases: readonly Phase[],
  reaches: readonly [Reach, Reach],
  isSpread: boolean,
): Node {
  return concat(
    phases.map((phase) => phaseKernel(kernel, directions, phase, reaches, isSpread)),
    3,
  );
}

/** Sums of elements of the kernel: a product with a matrix of zeros and ones. */
function phaseKernel(
  kernel: Node,
  [vertical, horizontal]: readonly [Direction, Direction],
  [row, column]: Phase,
  [rows, columns]: readonly [Reach, Reach],
  isSpread: boolean,
): Node {
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const places = isSpread ? vertical.factor * horizontal.factor : 1;
  const across = columns.last - columns.first + 1;
  const down = rows.last - rows.first + 1;
  const matrix = Array<number>(down * across * places * height * width).fill(0);
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const [y, x] = [row - vertical.before + i, column - horizontal.before + j];
      const [gridRow, gridColumn] = [Math.floor(y / vertical.factor), Math.floor(x / horizontal.factor)];
      const within = (y - gridRow * vertical.factor) * horizontal.factor + (x - gridColumn * horizontal.factor);
      const block = (gridRow - rows.first) * across + (gridColumn - columns.first);
      matrix[(block * places + (isSpread ? within : 0)) * height * width + i * width + j] = 1;
    }
  const sums = matmul(
    constant(matrix, [down * across * places, height * width], kernel.dtype),
    reshape(kernel, [height * width, channels * filters]),
  );
  return reshape(sums, [down, across, places * channels, filters]);
}
