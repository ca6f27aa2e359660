/** The score of a batch as a graph: exact, in the dtype that its widest part needs. */
import { toDouble } from '../../fixed/dyadic.js';
import { foldScore, type ScoreExpression } from '../../network/score/expression.js';
import { type DType, elementCountOf, type Node } from '../../tensor/graph.js';
import {
  abs,
  add,
  constant,
  convert,
  max,
  maximum,
  multiply,
  reshape,
  slice,
  square,
  subtract,
  sum,
} from '../../tensor/ops.js';
import { dtypeFor } from './exact-range.js';
import type { Signal } from './forward.js';
import { rangesOfScore } from './score-range.js';

/**
 * @param signalOf the values of a layer, [batch, ...]
 * @param exactBits of the executor
 * @returns [batch], before any cast
 * @throws AxocError (user) when a part is wider than the executor computes exactly
 */
export function scoreSignal(
  expression: ScoreExpression,
  signalOf: (layer: string) => Signal,
  exactBits: 24 | 53,
): Signal {
  const ranges = rangesOfScore(expression, (layer) => signalOf(layer).range);
  const dtype =
    ranges === undefined ? 'float32' : dtypeFor(ranges.widest, exactBits, 'score', 'the layers that it reads');
  const score = graphOf(expression, (layer) => signalOf(layer).node, dtype);
  return { node: reshape(score, [score.shape[0]!]), ...(ranges === undefined ? {} : { range: ranges.result }) };
}

/** Vectors are [batch, length], single numbers [batch, 1], constants []. */
function graphOf(expression: ScoreExpression, nodeOf: (layer: string) => Node, dtype: DType): Node {
  return foldScore<Node>(expression, (part, operands) => {
    const [x, y] = operands as readonly [Node, Node];
    switch (part.kind) {
      case 'negate':
        // Not `negate`, which makes -0 of 0.
        return subtract(0, x);
      case 'layer': {
        const node = nodeOf(part.name);
        const batch = node.shape[0]!;
        return convert(reshape(node, [batch, elementCountOf(node.shape) / batch]), dtype);
      }
      case 'constant':
        return constant(toDouble(part.value.mantissa, part.value.fraction), [], dtype);
      case 'element':
        return slice(x, [0, part.index], [x.shape[0]!, part.index + 1]);
      case 'add':
        return add(x, y);
      case 'subtract':
        return subtract(x, y);
      case 'multiply':
        return multiply(x, y);
      case 'max':
        return maximum(x, y);
      case 'square':
        return square(x);
      case 'abs':
        return abs(x);
      case 'sum':
        return sum(x, [1], true);
      case 'largest':
        return max(x, [1], true);
    }
  });
}
