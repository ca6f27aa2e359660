/** Vectors with a number for each channel, the last axis: what biases and batch normalisation are made of. */
import { elementCountOf, type Node } from '../../graph.js';
import { broadcast, reshape } from '../../ops.js';

/** Whether an operand of something with `channels` on its last axis is one number for each of them, or one for all. */
export function isPerChannel(node: Node, channels: number): boolean {
  const count = elementCountOf(node.shape);
  return count === 1 || (count === channels && node.shape.at(-1) === channels);
}

/** Shape [channels], or [] where it is one number. */
export function flatVector(vector: Node): Node {
  return reshape(vector, elementCountOf(vector.shape) === 1 ? [] : [vector.shape.at(-1)!]);
}

/** The vector `times` times, one after the other; one number stays one. */
export function tiledVector(vector: Node, times: number): Node {
  const flat = flatVector(vector);
  const [channels] = flat.shape;
  return channels === undefined ? flat : reshape(broadcast(flat, [times, channels]), [times * channels]);
}
