/** Many pixels as one. */
import type { Reduction } from '../../network/layers/layers.js';
import type { Node } from '../../tensor/graph.js';
import { max, mean, reshape, slice, spaceToDepth } from '../../tensor/ops.js';

export function reduced(reduction: Reduction, x: Node, axes: readonly number[], keepAxes = false): Node {
  switch (reduction) {
    case 'average':
      return mean(x, axes, keepAxes);
    case 'max':
      return max(x, axes, keepAxes);
  }
}

/**
 * @param image [batch, height, width, channels]; what is left over at the right and below is cut off
 * @returns [batch, rows, columns, pixels of a block, channels]
 */
export function blocksOf(image: Node, [down, across]: readonly [number, number]): Node {
  const [batch, height, width, channels] = image.shape as readonly [number, number, number, number];
  const [rows, columns] = [Math.floor(height / down), Math.floor(width / across)];
  const whole = slice(image, [0, 0, 0, 0], [batch, rows * down, columns * across, channels]);
  return reshape(spaceToDepth(whole, [down, across]), [batch, rows, columns, down * across, channels]);
}
