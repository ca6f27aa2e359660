/**
 * Computes element by element before numbers are copied or moved: on fewer of them after upsampling, and right behind the convolutions that made
 * them, where runtimes fuse it.
 */
import { type Graph, type Node, operandsOf, type Shape } from '../../graph.js';
import { concat, depthToSpace, slice, upsample } from '../../ops.js';
import { broadcastShape, sameShape } from '../../shape.js';
import { isElementwise } from '../elementwise.js';
import { rebuild, withOperands } from '../rebuild.js';
import { flatVector, isPerChannel, tiledVector } from './channels.js';

export function sinkElementwise(graph: Graph): Graph {
  return rebuild(graph, sunk);
}

function sunk(node: Node): Node {
  if (!isElementwise(node)) return node;
  const operands = operandsOf(node);
  const mover = operands.find((operand) => isMover(operand) && sameShape(operand.shape, node.shape));
  if (mover === undefined) return node;
  const channels = node.shape.at(-1)!;
  const isGoing = (operand: Node): boolean => movesAlike(operand, mover);
  if (!operands.every((operand) => isGoing(operand) || isPerChannel(operand, channels))) return node;
  /** The operation on something further down: an operand that moves is taken before it does. */
  const below = (take: (moving: Node) => Node, share: (vector: Node) => Node): Node =>
    sunk(
      reshaped(
        node,
        operands.map((operand) => (isGoing(operand) ? take(operand) : share(flatVector(operand)))),
      ),
    );
  const operandOf = (moving: Node): Node => operandsOf(moving)[0]!;
  switch (mover.kind) {
    case 'upsample':
      return upsample(
        below(operandOf, (vector) => vector),
        mover.factors,
      );
    case 'depth_to_space':
      return depthToSpace(
        below(operandOf, (vector) => tiledVector(vector, mover.block[0] * mover.block[1])),
        mover.block,
      );
    case 'slice':
      return slice(
        below(operandOf, (vector) => vector),
        mover.from,
        mover.to,
      );
    case 'concat': {
      let end = 0;
      const parts = mover.operands.map((part, index) => {
        const start = end;
        end += part.shape.at(-1)!;
        return below(
          (moving) => operandsOf(moving)[index]!,
          (vector) => (vector.shape.length === 0 ? vector : slice(vector, [start], [end])),
        );
      });
      return concat(parts, mover.axis);
    }
    default:
      return node;
  }
}

/** An elementwise node with other operands, and the shape they give it. */
function reshaped(node: Node, operands: readonly Node[]): Node {
  const shape = operands.map((operand) => operand.shape).reduce(broadcastShape);
  return { ...withOperands(node, operands), shape };
}

/** What copies or moves whole channels; a concatenation only of what convolutions made. */
function isMover(node: Node): boolean {
  switch (node.kind) {
    case 'upsample':
    case 'depth_to_space':
      return true;
    case 'slice':
      return isWhole(node.operand.shape, node.from, node.to) && isMover(node.operand);
    case 'concat':
      return node.axis === node.shape.length - 1 && node.operands.every(isConvolved);
    default:
      return false;
  }
}

function isWhole(shape: Shape, from: readonly number[], to: readonly number[]): boolean {
  return from.at(-1) === 0 && to.at(-1) === shape.at(-1);
}

function isConvolved(node: Node): boolean {
  return node.kind === 'conv2d' || (isElementwise(node) && operandsOf(node).some(isConvolved));
}

function movesAlike(node: Node, mover: Node): boolean {
  if (node.kind !== mover.kind || !sameShape(node.shape, mover.shape) || node.dtype !== mover.dtype) return false;
  if (node === mover) return true;
  switch (node.kind) {
    case 'upsample':
      return sameShape(node.factors, (mover as typeof node).factors);
    case 'depth_to_space':
      return sameShape(node.block, (mover as typeof node).block);
    case 'slice': {
      const other = mover as typeof node;
      return sameShape(node.operand.shape, other.operand.shape) && sameShape(node.from, other.from) && isMover(node);
    }
    case 'concat': {
      const { operands } = mover as typeof node;
      return (
        node.axis === (mover as typeof node).axis &&
        node.operands.length === operands.length &&
        node.operands.every((operand, index) => sameShape(operand.shape, operands[index]!.shape))
      );
    }
    default:
      return false;
  }
}
