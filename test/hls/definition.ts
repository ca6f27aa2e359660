/** The definition of fixed-point casts and result types, on bigints, without bit tricks: the oracle of these tests. */
import type { Random } from '../../src/base/random.js';

export const roundingModes = [
  'AP_RND',
  'AP_RND_ZERO',
  'AP_RND_MIN_INF',
  'AP_RND_INF',
  'AP_RND_CONV',
  'AP_TRN',
  'AP_TRN_ZERO',
] as const;
export const overflowModes = ['AP_SAT', 'AP_SAT_ZERO', 'AP_SAT_SYM', 'AP_WRAP'] as const;

export interface Format {
  readonly width: number;
  readonly integer: number;
  readonly signed: boolean;
  readonly rounding: (typeof roundingModes)[number];
  readonly overflow: (typeof overflowModes)[number];
  /** It is an `ap_int` or `ap_uint`. */
  readonly whole: boolean;
}

export function fixedFormat(width: number, integer: number, signed: boolean, modes: Partial<Format> = {}): Format {
  return { width, integer, signed, rounding: 'AP_TRN', overflow: 'AP_WRAP', whole: false, ...modes };
}

/** `ap_int` and `ap_uint` convert toward zero. */
export function wholeFormat(width: number, signed: boolean): Format {
  return fixedFormat(width, width, signed, { rounding: 'AP_TRN_ZERO', whole: true });
}

export const fractionOf = (format: Format): number => format.width - format.integer;

/** The C++ type. */
export function typeName({ width, integer, signed, rounding, overflow, whole }: Format): string {
  const unsigned = signed ? '' : 'u';
  return whole ? `ap_${unsigned}int<${width}>` : `ap_${unsigned}fixed<${width}, ${integer}, ${rounding}, ${overflow}>`;
}

export function rangeOf({ width, signed, overflow }: Format): { lowest: bigint; highest: bigint } {
  const highest = 2n ** BigInt(signed ? width - 1 : width) - 1n;
  return { lowest: !signed ? 0n : overflow === 'AP_SAT_SYM' ? -highest : -highest - 1n, highest };
}

/** The integer that `numerator / denominator` rounds to. */
export function rounded(numerator: bigint, denominator: bigint, mode: Format['rounding']): bigint {
  let lower = numerator / denominator;
  if (lower * denominator > numerator) lower -= 1n;
  if (lower * denominator === numerator) return lower;
  const upper = lower + 1n;
  const [toZero, fromZero] = numerator < 0n ? [upper, lower] : [lower, upper];
  if (mode === 'AP_TRN') return lower;
  if (mode === 'AP_TRN_ZERO') return toZero;
  const below = numerator - lower * denominator;
  const above = upper * denominator - numerator;
  if (below !== above) return below < above ? lower : upper;
  switch (mode) {
    case 'AP_RND':
      return upper;
    case 'AP_RND_MIN_INF':
      return lower;
    case 'AP_RND_ZERO':
      return toZero;
    case 'AP_RND_INF':
      return fromZero;
    case 'AP_RND_CONV':
      return lower % 2n === 0n ? lower : upper;
  }
}

/** The raw value of `raw * 2^-fraction` cast to a format. */
export function castByDefinition(raw: bigint, fraction: number, to: Format): bigint {
  const dropped = fraction - fractionOf(to);
  const value = dropped > 0 ? rounded(raw, 2n ** BigInt(dropped), to.rounding) : raw * 2n ** BigInt(-dropped);
  const { lowest, highest } = rangeOf(to);
  if (value >= lowest && value <= highest) return value;
  switch (to.overflow) {
    case 'AP_WRAP':
      return to.signed ? BigInt.asIntN(to.width, value) : BigInt.asUintN(to.width, value);
    case 'AP_SAT_ZERO':
      return 0n;
    default:
      return value < lowest ? lowest : highest;
  }
}

export type Operation = '+' | '-' | '*';

/** The format of the exact result of `a op b`. */
export function resultFormat(a: Format, op: Operation, b: Format): Format {
  const signed = op === '-' || a.signed || b.signed;
  const whole = a.whole && b.whole;
  const of = (width: number, integer: number): Format =>
    whole ? wholeFormat(width, signed) : fixedFormat(width, integer, signed);
  if (op === '*') return of(a.width + b.width, a.integer + b.integer);
  const integer = 1 + Math.max(a.integer + Number(b.signed && !a.signed), b.integer + Number(a.signed && !b.signed));
  return of(integer + Math.max(fractionOf(a), fractionOf(b)), integer);
}

/** The raw value of `x op y` in that format. */
export function resultByDefinition(x: bigint, a: Format, op: Operation, y: bigint, b: Format): bigint {
  if (op === '*') return x * y;
  const [left, right] = aligned(x, a, y, b);
  return op === '+' ? left + right : left - right;
}

/** Both values as multiples of the smaller step. */
export function aligned(x: bigint, a: Format, y: bigint, b: Format): [bigint, bigint] {
  const fraction = Math.max(fractionOf(a), fractionOf(b));
  return [x * 2n ** BigInt(fraction - fractionOf(a)), y * 2n ** BigInt(fraction - fractionOf(b))];
}

/** A double as the exact `raw * 2^-fraction`. */
export function exactly(value: number): { raw: bigint; fraction: number } {
  let fraction = 0;
  let scaled = value;
  for (; !Number.isInteger(scaled); fraction++) scaled *= 2;
  return { raw: BigInt(scaled), fraction };
}

/** A raw value of the format, often at an end of its range or near zero. */
export function randomRaw(random: Random, format: Format): bigint {
  const { lowest, highest } = rangeOf(format);
  const special = [lowest, highest, 0n, lowest + 1n, highest - 1n, 1n, format.signed ? -1n : 2n];
  const value = random.chance(0.3) ? random.pick(special) : random.bigint(lowest, highest);
  return value < lowest ? lowest : value > highest ? highest : value;
}

/** The bits of a raw value in 64-bit words, least significant first, as a C++ initialiser. */
export function wordsOf(raw: bigint, width: number): string {
  const words: string[] = [];
  for (let low = 0; low < width; low += 64) {
    words.push(`0x${BigInt.asUintN(64, BigInt.asUintN(width, raw) >> BigInt(low)).toString(16)}ull`);
  }
  return `{${words.join(', ')}}`;
}

/** Reads printed bits back as the raw value of a format. */
export function rawOf(bits: string, { width, signed }: Format): bigint {
  const value = BigInt(`0x${bits}`);
  return signed ? BigInt.asIntN(width, value) : value;
}
