/**
 * Casts into fixed-point formats as tensor expressions: the value is bit for bit that of the fixed-point cast, the gradient is straight-through.
 *
 * Why the value is exact. Scaling by powers of two loses nothing while results stay normal numbers: x is 0 or |x| >= 2^-60 (with AP_WRAP also
 * |x| * 2^F < 2^127). With t = x * 2^F and a = |t|, floor(a) and r = a - floor(a) are exact, because r is the low part of a's own digits -
 * which t - floor(t) is not: for t just above -1/2 it rounds to 1/2. Where r is not 0, a is below 2^24 (2^53), so that floor(a) + 1 is exact too.
 * Wrap-around subtracts a multiple of 2^W, and both that and the difference are whole numbers the dtype holds.
 */
import type { Rounding } from '../fixed/format.js';
import type { Node } from '../tensor/graph.js';
import {
  abs,
  add,
  constant,
  floor,
  less,
  lessEqual,
  maximum,
  minimum,
  multiply,
  negate,
  type Operand,
  round,
  select,
  stopGradient,
  subtract,
  surrogate,
} from '../tensor/ops.js';
import type { Grid } from './grid.js';

/** The value of `x` cast into the grid; its derivative is of no use (see `quantiseActivation`, `quantiseWeight`). */
export function castToGrid(x: Node, grid: Grid): Node {
  const raw = overflowed(rounded(multiply(x, grid.scale), grid.format.rounding), grid);
  return multiply(raw, grid.step);
}

/**
 * A quantised activation. Its gradient is 1 where `x` is in the representable range, ends included; outside it is 0, except for AP_WRAP, whose
 * jumps say nothing about the direction to go: there it is 1 everywhere.
 * @param learned shape []: the fraction bits of a learned grid, to which the rounding error is passed on (`learned-bits.ts`)
 */
export function quantiseActivation(x: Node, grid: Grid, learned?: Node): Node {
  const value = castToGrid(x, grid);
  const path = learned === undefined ? x : add(x, towardsBits(x, value, learned));
  return surrogate(value, grid.format.overflow === 'AP_WRAP' ? path : whereInside(x, grid, path));
}

/** A quantised weight: the gradient is 1 everywhere, so that a weight beyond the range can come back. */
export function quantiseWeight(x: Node, grid: Grid, learned?: Node): Node {
  const value = castToGrid(x, grid);
  return surrogate(value, learned === undefined ? x : add(x, whereInside(x, grid, towardsBits(x, value, learned))));
}

/** `path` where the grid's range holds `x`, ends included, 0 elsewhere. (A product takes a quarter of the time of a `select`.) */
function whereInside(x: Node, { low, high, step }: Grid, path: Node): Node {
  const notBelow = lessEqual(multiplied(low, step), x);
  return multiply(path, multiply(notBelow, lessEqual(x, multiplied(high, step))));
}

/**
 * A term whose derivative by the fraction bits f is ln 2 * (x - q). The rounding error x - q is about c * 2^-f with a c that does not
 * depend on f, so its derivative by f is -ln 2 * (x - q), and q = x - (x - q) has the opposite one (Sun et al., HGQ, 2024).
 */
function towardsBits(x: Node, value: Node, fraction: Node): Node {
  return multiply(stopGradient(multiply(subtract(x, value), Math.LN2)), fraction);
}

function multiplied(a: Operand, b: Operand): Operand {
  return typeof a === 'number' && typeof b === 'number' ? a * b : multiply(a, b);
}

function rounded(t: Node, mode: Rounding): Node {
  if (mode === 'AP_TRN') return floor(t);
  if (mode === 'AP_RND_CONV') return round(t);
  const magnitude = abs(t);
  const whole = floor(magnitude);
  const rest = subtract(magnitude, whole);
  const isNegative = less(t, 0);
  const bothUp = (up: Node): Node => add(whole, up);
  const atLeastHalf = (): Node => lessEqual(constant(0.5, [], t.dtype), rest);
  const aboveHalf = (): Node => less(constant(0.5, [], t.dtype), rest);
  const result = ((): Node => {
    switch (mode) {
      case 'AP_TRN_ZERO':
        return whole;
      case 'AP_RND':
        return bothUp(select(isNegative, aboveHalf(), atLeastHalf()));
      case 'AP_RND_ZERO':
        return bothUp(aboveHalf());
      case 'AP_RND_MIN_INF':
        return bothUp(select(isNegative, atLeastHalf(), aboveHalf()));
      case 'AP_RND_INF':
        return bothUp(atLeastHalf());
    }
  })();
  return select(isNegative, negate(result), result);
}

/** @param raw a whole number */
function overflowed(raw: Node, grid: Grid): Node {
  const { format, low, high } = grid;
  switch (format.overflow) {
    case 'AP_SAT':
      return minimum(maximum(raw, low), high);
    case 'AP_SAT_SYM':
      return minimum(maximum(raw, format.signed ? negated(high) : low), high);
    case 'AP_SAT_ZERO':
      return select(lessEqual(low, raw), select(lessEqual(raw, high), raw, 0), 0);
    case 'AP_WRAP': {
      const count = 2 ** format.width;
      const turns = floor(multiply(raw, 1 / count));
      const unsigned = subtract(raw, multiply(turns, count));
      return format.signed ? select(less(high, unsigned), subtract(unsigned, count), unsigned) : unsigned;
    }
  }
}

function negated(x: Operand): Operand {
  return typeof x === 'number' ? -x : negate(x);
}
