/** Plain decimal numbers in bytes, read without a detour over text; everything else is left to slower readers. */

const zero = 0x30;
const minus = 0x2d;
const point = 0x2e;
/** As many digits are below 2^53: an exact double. */
const exactDigits = 15;
/** These powers of ten are doubles, so that one division rounds once: the nearest double to the decimal. */
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent);

export class NumberScanner {
  /** What `scan` has read. */
  value = 0;

  /**
   * Reads `-`, digits, a point and digits, at most 15 digits in all; integers without leading zeros.
   * @returns where the number ends; -1 when no such number stands at `at`, or when it may go on beyond `limit`
   */
  scan(bytes: Uint8Array, at: number, limit: number): number {
    const isNegative = bytes[at] === minus;
    const start = isNegative ? at + 1 : at;
    let end = start;
    let mantissa = 0;
    while (end < limit && isDigit(bytes[end]!)) mantissa = mantissa * 10 + bytes[end++]! - zero;
    const whole = end - start;
    if (whole === 0 || (whole > 1 && bytes[start] === zero)) return -1;
    let decimals = 0;
    if (end < limit && bytes[end] === point) {
      const first = ++end;
      while (end < limit && isDigit(bytes[end]!)) mantissa = mantissa * 10 + bytes[end++]! - zero;
      decimals = end - first;
      if (decimals === 0) return -1;
    }
    if (whole + decimals > exactDigits || end === limit) return -1;
    const magnitude = decimals === 0 ? mantissa : mantissa / powersOfTen[decimals]!;
    this.value = isNegative ? -magnitude : magnitude;
    return end;
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}
