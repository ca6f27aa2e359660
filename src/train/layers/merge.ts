/** Several values as one, element by element. */
import type { Merge } from '../../network/layers/layers.js';
import type { Node } from '../../tensor/graph.js';
import { add, divide, maximum, minimum, multiply, subtract } from '../../tensor/ops.js';

export function merged(kind: Merge['kind'], read: readonly Node[]): Node {
  const joined = (join: (left: Node, right: Node) => Node): Node => read.reduce((all, node) => join(all, node));
  switch (kind) {
    case 'add':
      return joined(add);
    case 'subtract':
      return joined(subtract);
    case 'multiply':
      return joined(multiply);
    case 'average':
      return divide(joined(add), read.length);
    case 'maximum':
      return joined(maximum);
    case 'minimum':
      return joined(minimum);
  }
}
