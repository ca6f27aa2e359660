/**
 * What a cast between fixed-point formats gives, computed a second way: with rational numbers, from the words with which
 * AMD UG1399 defines the modes. Shares nothing with src and looks at no bits.
 */

/** numerator / denominator; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export interface OracleFormat {
  readonly signed: boolean;
  readonly width: number;
  readonly integer: number;
  readonly rounding: string;
  readonly overflow: string;
}

/** The value of the raw integer: raw times 2 to the power of (integer - width). */
export function rationalOf(raw: bigint, format: Pick<OracleFormat, 'width' | 'integer'>): Rational {
  return times({ numerator: raw, denominator: 1n }, powerOfTwo(format.integer - format.width));
}

/** The raw integer that `value` becomes in the format. */
export function oracleCast(value: Rational, to: OracleFormat): bigint {
  return oracleOverflow(oracleRound(value, to.width - to.integer, to.rounding), to);
}

/** How many units of 2^-fraction the value is, as a whole number: by `rounding` where it lies between two. */
export function oracleRound(value: Rational, fraction: number, rounding: string): bigint {
  const units = times(value, powerOfTwo(fraction));
  const below = floor(units);
  if (units.numerator === below * units.denominator) return below;
  const above = below + 1n;
  const isPositive = units.numerator > 0n;
  const [towardZero, awayFromZero] = isPositive ? [below, above] : [above, below];
  const even = below % 2n === 0n ? below : above;
  switch (rounding) {
    case 'AP_TRN':
      return below;
    case 'AP_TRN_ZERO':
      return towardZero;
    case 'AP_RND':
      return nearest(units, below, above, above);
    case 'AP_RND_ZERO':
      return nearest(units, below, above, towardZero);
    case 'AP_RND_MIN_INF':
      return nearest(units, below, above, below);
    case 'AP_RND_INF':
      return nearest(units, below, above, awayFromZero);
    case 'AP_RND_CONV':
      return nearest(units, below, above, even);
    default:
      throw new Error(`no rounding mode ${rounding}`);
  }
}

/** What becomes of a whole number of units in the range of a format. */
export function oracleOverflow(units: bigint, to: Omit<OracleFormat, 'integer' | 'rounding'>): bigint {
  const codes = 2n ** BigInt(to.width);
  const lowest = to.signed ? -codes / 2n : 0n;
  const highest = lowest + codes - 1n;
  if (to.overflow === 'AP_SAT_SYM') {
    const symmetric = to.signed ? -highest : lowest;
    return clamped(units, symmetric, highest);
  }
  if (lowest <= units && units <= highest) return units;
  switch (to.overflow) {
    case 'AP_WRAP':
      return wrapped(units, lowest, codes);
    case 'AP_SAT':
      return clamped(units, lowest, highest);
    case 'AP_SAT_ZERO':
      return 0n;
    default:
      throw new Error(`no overflow mode ${to.overflow}`);
  }
}

/** Whichever of `below` and `above` is nearer to the value; `atTie` where both are equally near. */
function nearest(value: Rational, below: bigint, above: bigint, atTie: bigint): bigint {
  // Both distances in units of 1/denominator.
  const toBelow = value.numerator - below * value.denominator;
  const toAbove = above * value.denominator - value.numerator;
  if (toBelow === toAbove) return atTie;
  return toBelow < toAbove ? below : above;
}

/** The one number of [lowest, lowest + codes) that differs from `units` by a multiple of `codes`. */
function wrapped(units: bigint, lowest: bigint, codes: bigint): bigint {
  const turns = floor({ numerator: units - lowest, denominator: codes });
  return units - turns * codes;
}

function clamped(value: bigint, low: bigint, high: bigint): bigint {
  if (value < low) return low;
  return value > high ? high : value;
}

function floor({ numerator, denominator }: Rational): bigint {
  const towardZero = numerator / denominator;
  return towardZero * denominator > numerator ? towardZero - 1n : towardZero;
}

function times(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

function powerOfTwo(exponent: number): Rational {
  const power = 2n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { numerator: 1n, denominator: power } : { numerator: power, denominator: 1n };
}
