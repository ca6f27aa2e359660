/** Numbers of a description made exact: doubles and decimal text to binary fractions, binary fractions to tables on a grid. */
import { castRaw, lowestKept } from '../fixed/cast.js';
import { type Dyadic, exactRaw, fromDecimal, fromDouble, toDecimal, toDouble } from '../fixed/dyadic.js';
import { type Format, fractionBits, makeFormat, maxRaw, printFormat, withoutModes } from '../fixed/format.js';
import { narrowestFormat, type Table, tableOf } from '../fixed/table.js';

/** Takes a problem: code, place in the description, message, remedy. */
export type Report = (code: string, place: string, message: string, hint?: string) => void;

/** Place of the number with this index. */
export type PlaceOf = (index: number) => string;

/** Widest type that numbers without one get: what needs more was never quantised. */
const widestDerived = 32;

/** Problems reported one by one before the rest is only counted. */
const shownProblems = 5;

/** Numbers that would lose digits are reported, and 0 stands in for them. */
export function exactNumbers(
  numbers: readonly (number | string)[],
  placeOf: PlaceOf,
  report: Report,
): readonly Dyadic[] {
  return numbers.map((number, index) => {
    const isTooLarge = typeof number === 'number' && Number.isInteger(number) && !Number.isSafeInteger(number);
    const value = isTooLarge ? undefined : typeof number === 'number' ? fromDouble(number) : fromDecimal(number);
    if (value !== undefined) return value;
    const reason = isTooLarge
      ? 'an integer beyond 2^53 - 1 loses digits as a JSON number'
      : `"${number}" is not a binary fraction`;
    report('inexact-number', placeOf(index), reason, 'write all digits of an exact value as text: "12.375"');
    return { mantissa: 0n, fraction: 0 };
  });
}

export interface TableRequest {
  readonly shape: readonly number[];
  readonly numbers: readonly (number | string)[];
  /** The type they must lie in exactly; without one they get the narrowest that holds them. */
  readonly format: Format | undefined;
  /** What they are; names the key of their type: `weight_format`. */
  readonly what: 'weight' | 'bias';
  /** Place of the layer. */
  readonly place: string;
  readonly placeOf: PlaceOf;
}

/** A table of the numbers; of zeros when a problem was reported. */
export function exactTable(
  { shape, numbers, format: given, what, place, placeOf }: TableRequest,
  report: Report,
): Table {
  const values = exactNumbers(numbers, placeOf, report);
  const format = withoutModes(given ?? narrowestFormat(values.length === 0 ? [{ mantissa: 0n, fraction: 0 }] : values));
  const zeros = { shape, format, raws: values.map(() => 0n) };
  if (given === undefined && format.width > widestDerived) {
    report(
      'not-quantised',
      `${place}.${what}_format`,
      `the exact ${what} values need ${format.width} bits: they are not quantised`,
      `round them to a fixed-point grid first, or say ${what}_format to check them against it`,
    );
    return zeros;
  }
  const off = values.flatMap((value, index) => (holdsExactly(value, given ?? format) ? [] : [index]));
  for (const index of off.slice(0, shownProblems)) {
    const { message, hint } = describeOffGrid(values[index]!, given ?? format);
    report(`${what}-off-grid`, placeOf(index), message, hint);
  }
  if (off.length > shownProblems)
    report(
      `${what}-off-grid`,
      placeOf(off[shownProblems]!),
      `and ${off.length - shownProblems} more ${what} values from here on`,
    );
  return off.length > 0 ? zeros : tableOf(shape, values, format);
}

/** A table of one number, in the narrowest type that holds it; of 0 when a problem was reported. */
export function exactSingle(number: number | string, place: string, report: Report): Table {
  const [value] = exactNumbers([number], () => place, report) as [Dyadic];
  const format = narrowestFormat([value]);
  if (format.width <= widestDerived) return tableOf([1], [value], format);
  const message = `${number} needs ${format.width} bits: it is not quantised`;
  report('not-quantised', place, message, 'round it to a fixed-point grid first: 0.125 has 3 bits');
  return { shape: [1], format: makeFormat(false, 1, 1), raws: [0n] };
}

/** On the grid and in the range that a C++ constant of this type can have: AP_SAT_SYM leaves out the lowest code. */
function holdsExactly(value: Dyadic, format: Format): boolean {
  const raw = exactRaw(value, format);
  return raw !== undefined && raw >= lowestKept(format);
}

function describeOffGrid(value: Dyadic, format: Format): { readonly message: string; readonly hint: string } {
  const fraction = fractionBits(format);
  const shown =
    value.fraction <= 40 ? toDecimal(value.mantissa, value.fraction) : String(toDouble(value.mantissa, value.fraction));
  const limits = `${toDecimal(lowestKept(format), fraction)} to ${toDecimal(maxRaw(format), fraction)}`;
  const nearest = castRaw(value.mantissa, value.fraction, { ...format, rounding: 'AP_RND_CONV', overflow: 'AP_SAT' });
  const isOnGrid = value.fraction <= fraction;
  return {
    message: isOnGrid
      ? `${shown} is outside ${printFormat(format)}, which holds ${limits}`
      : `${shown} is not a multiple of ${printFormat(format)}'s step 2^${-fraction}`,
    hint: `quantise before describing the network: the nearest value is ${toDecimal(nearest, fraction)}`,
  };
}
