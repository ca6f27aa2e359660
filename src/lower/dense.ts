/** Dense layers. */
import { compacted } from '../fixed/table.js';
import type { ProgramBuilder } from '../ir/builder.js';
import type { Dense } from '../network/network.js';
import { flattened } from './flat.js';
import { lowerSums } from './sums.js';

/** @returns the id of the accumulator's last value (or of the exact sum), shape [outputs], not yet in the result type */
export function lowerDense(builder: ProgramBuilder, layer: Dense, id: string, source: string): string {
  const weights = compacted(layer.weights);
  const x = flattened(builder, `${id}.flat`, source);
  return lowerSums(builder, {
    id,
    layer,
    operation: { id: `${id}.product`, kind: 'dense', operand: x, weights },
    bias: builder.constant(`${id}.bias`, layer.bias),
    products: () => {
      const column = builder.exact({ id: `${id}.column`, kind: 'reshape', operand: x }, [weights.shape[0]!, 1]);
      const factors = builder.constant(`${id}.weights`, weights);
      return builder.exact({ id: `${id}.products`, kind: 'multiply', left: column, right: factors });
    },
  });
}
