/** The grid of a fixed-point format as operands of tensor expressions: its unit and its ends, fixed or learned. */
import { userError } from '../base/diagnostic.js';
import { type Format, fractionBits, printFormat } from '../fixed/format.js';
import type { DType, Node } from '../tensor/graph.js';
import { add, constant, convert, equal, multiply, type Operand, subtract } from '../tensor/ops.js';

/** How a cast into the grid rounds and overflows, and where its values lie. All operands are exact. */
export interface Grid {
  readonly format: Format;
  /** 2^F: raw integers in a unit. */
  readonly scale: Operand;
  /** 2^-F. */
  readonly step: Operand;
  /** Lowest and highest raw integer the format holds. */
  readonly low: Operand;
  readonly high: Operand;
}

/** Farthest a binary point may be: powers of two beyond it would leave the normal numbers of the dtype in products. */
const farthestPoint = { float32: 60, float64: 400 } as const;
const exactBitsOf = { float32: 24, float64: 53 } as const;

/**
 * The grid of a format in tensors of a dtype.
 * @param place tensor it quantises, for the error
 * @throws AxocError (user) for a format whose raw integers the dtype does not hold exactly
 */
export function gridOf(format: Format, dtype: DType, place: string): Grid {
  checkHolds(format, dtype, place);
  const fraction = fractionBits(format);
  return {
    format,
    scale: 2 ** fraction,
    step: 2 ** -fraction,
    low: format.signed ? -(2 ** (format.width - 1)) : 0,
    high: 2 ** (format.signed ? format.width - 1 : format.width) - 1,
  };
}

/**
 * The grid of a format whose number of fraction bits is a tensor: I stays, F moves, W = I + F. It must not wrap around.
 * @param fraction shape [], an integer from `fewest` to `most`
 */
export function learnedGridOf(
  format: Format,
  fraction: Node,
  fewest: number,
  most: number,
  dtype: DType,
  place: string,
): Grid {
  for (const bits of [fewest, most]) checkHolds({ ...format, width: format.integer + bits }, dtype, place);
  const scale = tabulated(fraction, fewest, most, (bits) => 2 ** bits, dtype);
  const positive = multiply(scale, 2 ** (format.signed ? format.integer - 1 : format.integer));
  return {
    format,
    scale,
    step: tabulated(fraction, fewest, most, (bits) => 2 ** -bits, dtype),
    low: format.signed ? multiply(positive, -1) : 0,
    high: subtract(positive, 1),
  };
}

/** `table(index)` exactly, on every executor: a sum in which all terms but one are 0. */
function tabulated(index: Node, first: number, last: number, table: (index: number) => number, dtype: DType): Node {
  let total = constant(0, [], dtype);
  for (let entry = first; entry <= last; entry++) {
    const isEntry = equal(index, entry);
    total = add(total, multiply(convert(isEntry, dtype), table(entry)));
  }
  return total;
}

function checkHolds(format: Format, dtype: DType, place: string): void {
  const point = farthestPoint[dtype];
  const isNear = Math.abs(fractionBits(format)) <= point && Math.abs(format.integer) <= point;
  if (format.width <= exactBitsOf[dtype] && isNear) return;
  throw userError(
    'not-exact',
    place,
    `${printFormat(format)} needs ${format.width} bits with the binary point at ${fractionBits(format)}; ${dtype} computes exactly with up to ` +
      `${exactBitsOf[dtype]} bits and a point within ${point} places`,
    'choose a quantiser with fewer bits',
  );
}
