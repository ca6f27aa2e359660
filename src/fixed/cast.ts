/** Casts between fixed-point formats: round, then handle overflow (AMD UG1399, table by table). */
import { type Format, fractionBits, maxRaw, minRaw, type Rounding } from './format.js';

/**
 * The raw integer that `raw * 2^-fraction` becomes in format `to`. Exact for any width.
 * @param fraction fraction bits of `raw`, which may be any integer, in range of its own format or not
 */
export function castRaw(raw: bigint, fraction: number, to: Format): bigint {
  return overflowed(rounded(raw, fraction - fractionBits(to), to.rounding), to);
}

/** `castRaw` for many values: what does not depend on the value is done once. */
export function casterOf(fraction: number, to: Format): (raw: bigint) => bigint {
  const dropped = fraction - fractionBits(to);
  const low = lowestKept(to);
  const high = maxRaw(to);
  return (raw) => {
    const onGrid = dropped === 0 ? raw : rounded(raw, dropped, to.rounding);
    return onGrid >= low && onGrid <= high ? onGrid : overflowed(onGrid, to);
  };
}

/** `raw` without its `dropped` lowest bits (shifted left when negative), rounded by `mode`. */
export function rounded(raw: bigint, dropped: number, mode: Rounding): bigint {
  if (dropped <= 0) return raw << BigInt(-dropped);
  const d = BigInt(dropped);
  const floor = raw >> d;
  if (mode === 'AP_TRN') return floor;
  return roundsUp(raw, floor, d, mode) ? floor + 1n : floor;
}

/** Whether the value dropped below `floor` moves the result one unit up. */
function roundsUp(raw: bigint, floor: bigint, dropped: bigint, mode: Rounding): boolean {
  const remainder = raw - (floor << dropped);
  const half = 1n << (dropped - 1n);
  const isNegative = raw < 0n;
  switch (mode) {
    case 'AP_TRN':
      return false;
    case 'AP_TRN_ZERO':
      return isNegative && remainder !== 0n;
    case 'AP_RND':
      return remainder >= half;
    case 'AP_RND_ZERO':
      return remainder > half || (remainder === half && isNegative);
    case 'AP_RND_MIN_INF':
      return remainder > half;
    case 'AP_RND_INF':
      return remainder > half || (remainder === half && !isNegative);
    case 'AP_RND_CONV':
      return remainder > half || (remainder === half && (floor & 1n) === 1n);
  }
}

/** The raw integer that `raw`, already on the grid of `to`, becomes in its range. */
export function overflowed(raw: bigint, to: Format): bigint {
  const low = lowestKept(to);
  const high = maxRaw(to);
  if (raw >= low && raw <= high) return raw;
  switch (to.overflow) {
    case 'AP_WRAP':
      return to.signed ? BigInt.asIntN(to.width, raw) : BigInt.asUintN(to.width, raw);
    case 'AP_SAT':
    case 'AP_SAT_SYM':
      return raw < low ? low : high;
    case 'AP_SAT_ZERO':
      return 0n;
  }
}

/** The lowest raw integer a cast into `to` gives: AP_SAT_SYM leaves out the one code without a positive twin. */
export function lowestKept(to: Format): bigint {
  return to.signed && to.overflow === 'AP_SAT_SYM' ? -maxRaw(to) : minRaw(to);
}

/**
 * Whether a cast rounds away more bits than its source has. Its result is well defined, but public simulation headers
 * abort on it: generated C++ never holds such a cast.
 */
export function dropsMoreThanAll(from: Format, to: Format): boolean {
  return to.rounding !== 'AP_TRN' && fractionBits(from) - fractionBits(to) > from.width;
}
