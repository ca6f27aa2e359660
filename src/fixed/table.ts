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
  const fraction = values.reduce((most, value) => Math.max(most, value.fraction), 0);
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
  // Number by number: a table may hold more of them than a call takes arguments.
  const dropped = table.raws.reduce(
    (least, raw) => (raw === 0n ? least : Math.min(least, trailingZeros(raw))),
    Math.max(0, fraction),
  );
  const raws = table.raws.map((raw) => raw >> BigInt(dropped));
  return { shape: table.shape, raws, format: formatFor(raws.map(pointInterval).reduce(hull), fraction - dropped) };
}
