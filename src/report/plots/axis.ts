/** Axes that tell powers of ten, and numbers as they are written. */

/** Without trailing zeros, never 1e+2: vega chooses a precision of its own where none is given. */
export const numberFormat = '.6~g';

/** Powers of ten from `low` to `high`, both above 0. */
export function powersOfTen(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => Number(`1e${first + step}`));
}

/** Fewer decades than this have room for ticks between the powers. */
const fewestDecades = 2;

/** The axis of a logarithmic scale: over several decades only the powers of ten have ticks. */
export function logarithmicAxis(low: number, high: number) {
  const powers = powersOfTen(low, high);
  return powers.length <= fewestDecades ? {} : { axis: { values: [...powers], format: numberFormat } };
}
