/** The anomaly score: a sum of squares, every step in the type its description gives, or an expression. */
import type { Format } from '../fixed/format.js';
import type { ProgramBuilder } from '../ir/builder.js';
import { sizeOf } from '../ir/op.js';
import type { Score, SumOfSquares } from '../network/network.js';
import { accumulate } from './accumulate.js';
import { flattened } from './flat.js';
import { lowerExpression } from './score-expression.js';

/**
 * @param idOf the id of a layer's values
 * @returns the id of the score, shape [1]
 */
export function lowerScore(builder: ProgramBuilder, score: Score, id: string, idOf: (layer: string) => string): string {
  if (score.kind !== 'expression') return lowerSum(builder, score, id, idOf);
  const exact = lowerExpression(builder, score.expression, id, idOf);
  return builder.cast(
    id,
    exact,
    score.resultFormat === undefined ? builder.typeOf(exact).formats : [score.resultFormat],
  );
}

function lowerSum(builder: ProgramBuilder, score: SumOfSquares, id: string, idOf: (layer: string) => string): string {
  const values = squaredValues(builder, score, id, idOf);
  const squares = builder.exact({ id: `${id}.squares`, kind: 'square', operand: values });
  const products = castIfGiven(builder, `${id}.products`, squares, score.productFormat);
  const sum = summed(builder, id, products, score.accumFormat);
  if (score.lastFormat === undefined) return builder.cast(id, sum, [score.resultFormat]);
  return builder.cast(id, builder.cast(`${id}.result`, sum, [score.resultFormat]), [score.lastFormat]);
}

function squaredValues(
  builder: ProgramBuilder,
  score: SumOfSquares,
  id: string,
  idOf: (layer: string) => string,
): string {
  const left = flattened(builder, `${id}.flat`, idOf(score.of));
  if (score.minus === undefined) return left;
  const right = flattened(builder, `${id}.flat_minus`, idOf(score.minus));
  const exact = builder.exact({ id: `${id}.exact_difference`, kind: 'subtract', left, right });
  return castIfGiven(builder, `${id}.difference`, exact, score.differenceFormat);
}

function summed(builder: ProgramBuilder, id: string, products: string, accum: Format | undefined): string {
  if (accum === undefined) return builder.exact({ id: `${id}.sum`, kind: 'sum', operand: products, axis: 0 });
  const terms = sizeOf(builder.typeOf(products).shape);
  const addends = builder.exact({ id: `${id}.terms`, kind: 'reshape', operand: products }, [terms, 1]);
  return accumulate(builder, { prefix: `${id}.`, addends, format: accum });
}

function castIfGiven(builder: ProgramBuilder, id: string, operand: string, format: Format | undefined): string {
  return format === undefined ? operand : builder.cast(id, operand, [format]);
}
