/** Numbers to a few significant digits, as tables show them. */

/** Like `toPrecision`, but large ones are written out: 240, not 2.4e+2. */
export function significant(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  return text.includes('e+') ? String(Number(text)) : text;
}
