/** Real numbers at the border: doubles and decimal text as exact `mantissa * 2^-fraction`, and back. */
import { rounded } from './cast.js';
import { type Format, fractionBits, holdsRaw } from './format.js';

/** An exact binary fraction: `mantissa * 2^-fraction`. */
export interface Dyadic {
  readonly mantissa: bigint;
  readonly fraction: number;
}

/** The exact value of a finite double, with an odd mantissa (or zero with fraction 0). */
export function fromDouble(value: number): Dyadic {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a finite number`);
  if (value === 0) return { mantissa: 0n, fraction: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const significand = (bits & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  const magnitude = value < 0 ? -significand : significand;
  return reduced(magnitude, 1074 - (exponent === 0 ? 0 : exponent - 1));
}

/** The exact value of decimal text such as "-12.375"; undefined when it is no binary fraction or no number. */
export function fromDecimal(text: string): Dyadic | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return undefined;
  const decimals = match[3] ?? '';
  const digits = BigInt(match[2]! + decimals);
  const fives = 5n ** BigInt(decimals.length);
  if (digits % fives !== 0n) return undefined;
  const magnitude = digits / fives;
  return reduced(match[1] === '-' ? -magnitude : magnitude, decimals.length);
}

function reduced(mantissa: bigint, fraction: number): Dyadic {
  if (mantissa === 0n) return { mantissa: 0n, fraction: 0 };
  const zeros = trailingZeros(mantissa);
  return { mantissa: mantissa >> BigInt(zeros), fraction: fraction - zeros };
}

/** How often 2 divides a non-zero integer. */
export function trailingZeros(value: bigint): number {
  const lowestBit = value & -value;
  return lowestBit.toString(2).length - 1;
}

/** The raw integer of `value` in `format`; undefined when it is off the format's grid or out of its range. */
export function exactRaw(value: Dyadic, format: Format): bigint | undefined {
  const shift = fractionBits(format) - value.fraction;
  if (shift < 0 && value.mantissa !== 0n) return undefined;
  const raw = value.mantissa === 0n ? 0n : value.mantissa << BigInt(shift);
  return holdsRaw(format, raw) ? raw : undefined;
}

/** `raw * 2^-fraction` as a double: the nearest one, ties to even; exact where a double can hold it. */
export function toDouble(raw: bigint, fraction: number): number {
  return toDoubleOf(reduced(raw, fraction));
}

function toDoubleOf(value: Dyadic): number {
  const magnitude = value.mantissa < 0n ? -value.mantissa : value.mantissa;
  // The last place of a double: its 53rd significant bit, and nowhere below 2^-1074.
  const dropped = Math.max(0, magnitude.toString(2).length - 53, value.fraction - 1074);
  const leading = Number(rounded(magnitude, dropped, 'AP_RND_CONV'));
  const scaled = scaleByPowerOfTwo(leading, dropped - value.fraction);
  return value.mantissa < 0n ? -scaled : scaled;
}

function scaleByPowerOfTwo(value: number, exponent: number): number {
  let result = value;
  let left = exponent;
  for (; left > 1000; left -= 1000) result *= 2 ** 1000;
  for (; left < -1000; left += 1000) result *= 2 ** -1000;
  return result * 2 ** left;
}

/** `raw * 2^-fraction` in decimal digits, exactly: "-0.125", "16384". */
export function toDecimal(raw: bigint, fraction: number): string {
  if (fraction <= 0) return (raw << BigInt(-fraction)).toString();
  const sign = raw < 0n ? '-' : '';
  const magnitude = raw < 0n ? -raw : raw;
  const whole = magnitude >> BigInt(fraction);
  const rest = (magnitude - (whole << BigInt(fraction))) * 5n ** BigInt(fraction);
  const decimals = rest.toString().padStart(fraction, '0').replace(/0+$/, '');
  return `${sign}${whole}${decimals === '' ? '' : `.${decimals}`}`;
}
