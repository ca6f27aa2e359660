/** What a score and its parts can be, from the formats of the layers alone. */
import {
  addIntervals,
  hull,
  type Interval,
  maxInterval,
  pointInterval,
  squareInterval,
  subtractIntervals,
} from '../../fixed/interval.js';
import { foldScore, type ScoreExpression, vectorLength } from '../../network/score/expression.js';
import { bitsOf, combined, type ExactRange, rangeOfProduct, repeated } from './exact-range.js';

export interface ScoreRanges {
  /** Of the score. */
  readonly result: ExactRange;
  /** Of the part that needs the most bits. */
  readonly widest: ExactRange;
}

/**
 * @param rangeOf of a layer's values; undefined for floating point
 * @returns undefined where a layer has no range
 */
export function rangesOfScore(
  expression: ScoreExpression,
  rangeOf: (layer: string) => ExactRange | undefined,
): ScoreRanges | undefined {
  const parts: ExactRange[] = [];
  let isKnown = true;
  const unknown: ExactRange = { fraction: 0, raws: pointInterval(0n) };
  const result = foldScore<ExactRange>(expression, (part, operands) => {
    const range = part.kind === 'layer' ? rangeOf(part.name) : rangeOfPart(part, operands);
    if (range === undefined) isKnown = false;
    parts.push(range ?? unknown);
    return range ?? unknown;
  });
  if (!isKnown) return undefined;
  return { result, widest: parts.reduce((a, b) => (bitsOf(b) > bitsOf(a) ? b : a)) };
}

type Part = Exclude<ScoreExpression, { kind: 'layer' }>;

function rangeOfPart(part: Part, operands: readonly ExactRange[]): ExactRange {
  const [x, y] = operands as readonly [ExactRange, ExactRange];
  switch (part.kind) {
    case 'constant': {
      const { mantissa, fraction } = part.value;
      return { fraction, raws: pointInterval(mantissa) };
    }
    case 'element':
    case 'largest':
      return x;
    case 'add':
      return combined(x, y, addIntervals);
    case 'subtract':
      return combined(x, y, subtractIntervals);
    case 'max':
      return combined(x, y, maxInterval);
    case 'multiply':
      return rangeOfProduct(x, y);
    case 'negate':
      return { ...x, raws: subtractIntervals(pointInterval(0n), x.raws) };
    case 'square':
      return { fraction: 2 * x.fraction, raws: squareInterval(x.raws) };
    case 'abs':
      return { ...x, raws: magnitudes(x.raws) };
    case 'sum':
      return repeated(x, vectorLength(part.operand));
  }
}

function magnitudes({ low, high }: Interval): Interval {
  return hull(pointInterval(0n), pointInterval(-low > high ? -low : high));
}
