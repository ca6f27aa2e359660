/** Tables: tensors of numbers known at compile time, exact in one format. */
import { type Dyadic, exactRaw, trailingZeros } from './dyadic.js';
import { type Format, fractionBits } from './format.js';
import { formatFor, hull, pointInterval } from './interval.js';

/** Row-major; element i is `raws[i] * 2^-F`. */
export interface Table {
  readonly shape: readonly number[];
  readonly format: Format;
  readonly raws: readonly bigint[];
}

/** The narrowest format that holds all the numbers exactly, with no negative number of fraction bits. */
export function narrowestFormat(values: readonly Dyadic[]): Format {
  const fraction = Math.max(0, ...values.map((value) => value.fraction));
  const raws = values.map((value) => value.mantissa << BigInt(fraction - value.fraction));
  return formatFor(raws.map(pointInterval).reduce(hull), fraction);
}

/** Numbers that are known to lie on the format's grid and in its range. */
export function tableOf(shape: readonly number[], values: readonly Dyadic[], format: Format): Table {
  return { shape, format, raws: values.map((value) => exactRaw(value, format)!) };
}

/** The same numbers in the narrowest format that holds them. */
export function compacted(table: Table): Table {
  const fraction = fractionBits(table.format);
  const zeros = Math.min(...table.raws.map((raw) => (raw === 0n ? Math.max(0, fraction) : trailingZeros(raw))));
  const dropped = Math.min(zeros, Math.max(0, fraction));
  const raws = table.raws.map((raw) => raw >> BigInt(dropped));
  return { shape: table.shape, raws, format: formatFor(raws.map(pointInterval).reduce(hull), fraction - dropped) };
}
