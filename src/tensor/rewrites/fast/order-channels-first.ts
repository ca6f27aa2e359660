/**
 * Lets a dense layer write an image with channels first, as convolutions of ONNX want it: the columns of its kernel change places instead of its
 * results. The graph says so by a transpose back to channels last, which costs nothing where channels are first anyway.
 */
import { elementCountOf, type Graph, type Node, operandsOf, type Reshape } from '../../graph.js';
import { matmul, reshape, transpose } from '../../ops.js';
import { topologicalOrder } from '../../order.js';
import { isElementwise } from '../elementwise.js';
import { rebuild, withOperands } from '../rebuild.js';

export function orderChannelsFirst(graph: Graph): Graph {
  const images = imagesOf(graph);
  return rebuild(graph, (node) => {
    if (node.kind !== 'reshape' || !images.has(node)) return node;
    const ordered = reordered(node.operand, node, new Map());
    if (ordered === undefined) return node;
    const [batch, height, width, channels] = node.shape as [number, number, number, number];
    return transpose(reshape(ordered, [batch, channels, height, width]), [0, 2, 3, 1]);
  });
}

/** Reshapes from [batch, values] to an image that only convolutions and their like read, as it is or after operations element by element. */
function imagesOf(graph: Graph): ReadonlySet<Node> {
  const outputs = new Set(graph.outputs.values());
  const isRead = new Map<Node, boolean>();
  const order = topologicalOrder(graph.outputs.values());
  for (const node of order.toReversed()) {
    for (const operand of operandsOf(node)) {
      const isFine = isElementwise(node) ? isRead.get(node) === true : isSpatial(node, operand);
      isRead.set(operand, isFine && isRead.get(operand) !== false && !outputs.has(operand));
    }
  }
  return new Set(order.filter((node) => node.kind === 'reshape' && isImage(node) && isRead.get(node) === true));
}

function isImage({ shape, operand }: Reshape): boolean {
  return shape.length === 4 && operand.shape.length === 2 && operand.shape[0] === shape[0];
}

function isSpatial(node: Node, operand: Node): boolean {
  switch (node.kind) {
    case 'conv2d':
    case 'upsample':
    case 'depth_to_space':
      return node.operand === operand;
    case 'conv2d_input_gradient':
      return node.gradient === operand;
    default:
      return false;
  }
}

/**
 * [batch, values] with the values of each event in the order [channels, height, width]; undefined where no kernel makes them.
 * @param known what has been reordered: an activation function reads the same sums several times, and they are to be computed once
 */
function reordered(node: Node, image: Reshape, known: Map<Node, Node | undefined>): Node | undefined {
  if (!known.has(node)) known.set(node, reorderedAnew(node, image, known));
  return known.get(node);
}

function reorderedAnew(node: Node, image: Reshape, known: Map<Node, Node | undefined>): Node | undefined {
  if (elementCountOf(node.shape) === 1 && node.shape.length < 2) return node;
  if (node.kind === 'matmul' && !node.transposeRight)
    return matmul(node.left, moved(node.right, image), { transposeLeft: node.transposeLeft });
  if (elementCountOf(node.shape) === image.operand.shape[1] && node.shape[0] !== image.shape[0])
    return moved(node, image);
  if (!isElementwise(node)) return undefined;
  const operands = operandsOf(node).map((operand) => reordered(operand, image, known));
  return operands.every((operand) => operand !== undefined) ? withOperands(node, operands) : undefined;
}

/** [rows, values] or [values] with the values in the other order. */
function moved(node: Node, { shape }: Reshape): Node {
  const [, height, width, channels] = shape as [number, number, number, number];
  const rows = elementCountOf(node.shape.slice(0, -1));
  const images = reshape(node, [rows, height, width, channels]);
  return reshape(transpose(images, [0, 3, 1, 2]), node.shape);
}
