/** Bilinear upsampling as a graph: along one axis it is a product with a matrix that has two numbers a column. */
import { elementCountOf, type Node } from '../../tensor/graph.js';
import { constant, matmul, reshape, transpose } from '../../tensor/ops.js';

/** @param image [batch, height, width, channels] */
export function bilinear(image: Node, [down, across]: readonly [number, number]): Node {
  const taller = alongLast(transpose(image, [0, 2, 3, 1]), down);
  const wider = alongLast(transpose(taller, [0, 3, 2, 1]), across);
  return transpose(wider, [0, 1, 3, 2]);
}

function alongLast(node: Node, factor: number): Node {
  if (factor === 1) return node;
  const length = node.shape.at(-1)!;
  const rows = reshape(node, [elementCountOf(node.shape) / length, length]);
  const product = matmul(rows, constant(shares(length, factor), [length, length * factor], node.dtype));
  return reshape(product, node.shape.with(-1, length * factor));
}

/** Row by row, the share of every element in every result. */
function shares(length: number, factor: number): readonly number[] {
  const results = length * factor;
  const matrix = Array<number>(length * results).fill(0);
  for (let result = 0; result < results; result++) {
    // Positions of middles, in elements.
    const position = (result + 0.5) / factor - 0.5;
    const share = position - Math.floor(position);
    const add = (element: number, part: number): void => {
      const inside = Math.min(Math.max(element, 0), length - 1);
      matrix[inside * results + result]! += part;
    };
    add(Math.floor(position), 1 - share);
    add(Math.floor(position) + 1, share);
  }
  return matrix;
}
