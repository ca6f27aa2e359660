/** Fixed-point formats: the types `ap_[u]fixed<W,I,Q,O>` and `ap_[u]int<W>` of AMD UG1399 as plain records. */
import { userError } from '../base/diagnostic.js';
import { suggest } from '../base/nearest.js';

export const roundings = [
  'AP_TRN',
  'AP_TRN_ZERO',
  'AP_RND',
  'AP_RND_ZERO',
  'AP_RND_MIN_INF',
  'AP_RND_INF',
  'AP_RND_CONV',
] as const;
export type Rounding = (typeof roundings)[number];

export const overflows = ['AP_WRAP', 'AP_SAT', 'AP_SAT_ZERO', 'AP_SAT_SYM'] as const;
export type Overflow = (typeof overflows)[number];

/** The widest format and the largest distance of the binary point from the bits that axoc takes. */
export const maxWidth = 1024;
export const maxInteger = 4096;

/** A value is `raw * 2^-(width - integer)`, raw an integer of `width` bits. */
export interface Format {
  readonly signed: boolean;
  /** W: all bits, the sign included. */
  readonly width: number;
  /** I: bits left of the binary point, the sign included; may be negative or larger than `width`. */
  readonly integer: number;
  /** Q: how a cast into this format drops fraction bits. */
  readonly rounding: Rounding;
  /** O: how a cast into this format handles a value out of range. */
  readonly overflow: Overflow;
}

/** A format whose modes are the defaults, AP_TRN and AP_WRAP, unless given. */
export function makeFormat(
  signed: boolean,
  width: number,
  integer: number,
  rounding: Rounding = 'AP_TRN',
  overflow: Overflow = 'AP_WRAP',
): Format {
  return { signed, width, integer, rounding, overflow };
}

/** The format of numbers that are known: nothing is ever cast into it. */
export function withoutModes({ signed, width, integer }: Format): Format {
  return makeFormat(signed, width, integer);
}

/** F: bits right of the binary point; the unit of a raw integer is 2^-F. */
export function fractionBits(format: Format): number {
  return format.width - format.integer;
}

export function minRaw(format: Format): bigint {
  return format.signed ? -(1n << BigInt(format.width - 1)) : 0n;
}

export function maxRaw(format: Format): bigint {
  return (1n << BigInt(format.signed ? format.width - 1 : format.width)) - 1n;
}

export function holdsRaw(format: Format, raw: bigint): boolean {
  return raw >= minRaw(format) && raw <= maxRaw(format);
}

export function sameFormat(a: Format, b: Format): boolean {
  return sameValues(a, b) && a.rounding === b.rounding && a.overflow === b.overflow;
}

/** Whether two formats hold the same values as the same raw integers; the modes only matter to casts. */
export function sameValues(a: Format, b: Format): boolean {
  return a.signed === b.signed && a.width === b.width && a.integer === b.integer;
}

/** The text that `parseFormat` reads: modes are left out when both are the default; `ap_[u]int<W>` where that is the same. */
export function printFormat(format: Format): string {
  const { signed, width, integer, rounding, overflow } = format;
  const prefix = signed ? 'ap_' : 'ap_u';
  if (integer === width && rounding === 'AP_TRN_ZERO' && overflow === 'AP_WRAP') return `${prefix}int<${width}>`;
  if (rounding === 'AP_TRN' && overflow === 'AP_WRAP') return `${prefix}fixed<${width},${integer}>`;
  const modes = overflow === 'AP_WRAP' ? rounding : `${rounding},${overflow}`;
  return `${prefix}fixed<${width},${integer},${modes}>`;
}

/**
 * Reads `ap_[u]fixed<W,I[,Q[,O[,N]]]>` or `ap_[u]int<W>`. A cast into an integer type truncates toward zero, as in C++.
 * @param place where the text stands, for the error
 * @throws AxocError (user) for anything else, and for what axoc does not support: AP_WRAP_SM, N > 0, a signed AP_SAT_SYM bit
 */
export function parseFormat(text: string, place: string): Format {
  const match = /^\s*ap_(u?)(fixed|int)\s*<([^<>]*)>\s*$/.exec(text);
  if (!match) {
    throw bad(
      place,
      `"${text}" is not a fixed-point type`,
      'write ap_fixed<W,I>, ap_ufixed<W,I,Q,O>, ap_int<W> or ap_uint<W>',
    );
  }
  const signed = match[1] === '';
  const args = match[3]!.split(',').map((arg) => arg.trim());
  const isInt = match[2] === 'int';
  if (isInt ? args.length !== 1 : args.length < 2 || args.length > 5) {
    throw bad(
      place,
      `"${text}" has ${args.length} argument(s)`,
      isInt ? 'ap_int takes one: ap_int<W>' : 'ap_fixed takes two to five: ap_fixed<W,I,Q,O,N>',
    );
  }
  const width = parseInteger(args[0]!, 'width W', text, place);
  const integer = isInt ? width : parseInteger(args[1]!, 'integer bits I', text, place);
  const rounding = parseMode(args[2] ?? (isInt ? 'AP_TRN_ZERO' : 'AP_TRN'), roundings, 'rounding mode', text, place);
  if (args[3] === 'AP_WRAP_SM') {
    throw bad(place, `"${text}": sign-magnitude wrap-around is not supported`, 'use AP_WRAP, or AP_SAT to clamp');
  }
  const overflow = parseMode(args[3] ?? 'AP_WRAP', overflows, 'overflow mode', text, place);
  if (args[4] !== undefined && parseInteger(args[4], 'saturation bits N', text, place) !== 0) {
    throw bad(place, `"${text}": N > 0 (saturated bits in wrap-around) is not supported`, 'leave N out');
  }
  const format = makeFormat(signed, width, integer, rounding, overflow);
  const reason = whyUnsupported(format);
  if (reason !== undefined) throw bad(place, `"${text}": ${reason.what}`, reason.remedy);
  return format;
}

/** Why a well-formed format cannot be used; undefined when it can. */
export function whyUnsupported(format: Format): { readonly what: string; readonly remedy: string } | undefined {
  if (format.width < 1 || format.width > maxWidth) {
    return { what: `the width ${format.width} is outside 1 to ${maxWidth}`, remedy: `choose W from 1 to ${maxWidth}` };
  }
  if (Math.abs(format.integer) > maxInteger) {
    return {
      what: `${format.integer} integer bits are outside -${maxInteger} to ${maxInteger}`,
      remedy: 'move the binary point nearer to the bits',
    };
  }
  if (format.signed && format.width === 1 && format.overflow === 'AP_SAT_SYM') {
    return {
      what: 'a signed single bit has no symmetric range, and public ap_fixed headers disagree with the standard on it',
      remedy: 'use two bits, or AP_SAT',
    };
  }
  return undefined;
}

function parseInteger(text: string, what: string, whole: string, place: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw bad(place, `"${whole}": the ${what} "${text}" is not an integer`, 'write decimal digits');
  }
  return Number(text);
}

function parseMode<T extends string>(text: string, modes: readonly T[], what: string, whole: string, place: string): T {
  const mode = modes.find((known) => known === text);
  if (mode === undefined) throw bad(place, `"${whole}": unknown ${what} "${text}"`, suggest(text, modes) ?? '');
  return mode;
}

function bad(place: string, message: string, hint: string) {
  return userError('bad-type', place, message, hint);
}
