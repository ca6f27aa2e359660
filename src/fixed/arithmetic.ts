/** Exact operations on fixed-point values and the formats of their results (AMD UG1399). */
import { type Format, fractionBits, makeFormat } from './format.js';

/** A value: `raw * 2^-F` in its format. */
export interface Fixed {
  readonly raw: bigint;
  readonly format: Format;
}

/** W = W1+W2, I = I1+I2, signed if either is. */
export function productFormat(a: Format, b: Format): Format {
  return makeFormat(a.signed || b.signed, a.width + b.width, a.integer + b.integer);
}

/** One more integer bit than the wider operand, counted with a sign when either has one; signed if either is. */
export function sumFormat(a: Format, b: Format): Format {
  return widened(a, b, a.signed || b.signed);
}

/** As a sum, and always signed. */
export function differenceFormat(a: Format, b: Format): Format {
  return widened(a, b, true);
}

function widened(a: Format, b: Format, signed: boolean): Format {
  const integer =
    Math.max(a.integer + (b.signed && !a.signed ? 1 : 0), b.integer + (a.signed && !b.signed ? 1 : 0)) + 1;
  const fraction = Math.max(fractionBits(a), fractionBits(b));
  return makeFormat(signed, integer + fraction, integer);
}

/** The same bits read `by` places lower (higher when negative): the value times 2^-by, exactly. */
export function shiftedFormat(format: Format, by: number): Format {
  return { ...format, integer: format.integer - by };
}

export function add(a: Fixed, b: Fixed): Fixed {
  const format = sumFormat(a.format, b.format);
  return { raw: aligned(a, format) + aligned(b, format), format };
}

export function subtract(a: Fixed, b: Fixed): Fixed {
  const format = differenceFormat(a.format, b.format);
  return { raw: aligned(a, format) - aligned(b, format), format };
}

export function multiply(a: Fixed, b: Fixed): Fixed {
  return { raw: a.raw * b.raw, format: productFormat(a.format, b.format) };
}

/** `value * 2^-by`, exactly: the format moves, the bits stay. */
export function shiftRight(value: Fixed, by: number): Fixed {
  return { raw: value.raw, format: shiftedFormat(value.format, by) };
}

/** Negative, zero or positive as `a` is below, equal to or above `b`; the formats may differ. */
export function compare(a: Fixed, b: Fixed): number {
  const fraction = Math.max(fractionBits(a.format), fractionBits(b.format));
  const x = rescaled(a.raw, fractionBits(a.format), fraction);
  const y = rescaled(b.raw, fractionBits(b.format), fraction);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `raw * 2^-from` as an integer multiple of 2^-to; `to` must not be smaller than `from`. */
export function rescaled(raw: bigint, from: number, to: number): bigint {
  return raw << BigInt(to - from);
}

function aligned(value: Fixed, to: Format): bigint {
  return rescaled(value.raw, fractionBits(value.format), fractionBits(to));
}
