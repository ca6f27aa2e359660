/** From a table of events to the raw integers of a network's inputs: exact, or an error that names row and column. */
import { Problems } from '../base/diagnostic.js';
import type { Events } from '../data/events.js';
import { castRaw } from '../fixed/cast.js';
import { type Dyadic, exactRaw, fromDouble, toDecimal } from '../fixed/dyadic.js';
import { type Format, fractionBits, holdsRaw, maxRaw, minRaw, printFormat } from '../fixed/format.js';
import type { InputStage } from './network.js';

/** What the numbers of a table are: hardware integers (units of the LSB), or real values. */
export type EventUnit = 'hardware' | 'real';

export interface QuantisedEvents {
  /** One row an event, each number a raw integer of the input's format. */
  readonly vectors: readonly (readonly bigint[])[];
  /** Real values that the input's format does not hold: its modes have rounded them, or clamped what was out of range. */
  readonly roundedCount: number;
}

/** Problems reported one by one before the rest is only counted. */
const shownProblems = 5;

/** The format of the program's input. */
export function inputFormatOf(input: InputStage): Format {
  return input.scaling?.hardwareFormat ?? input.format;
}

/**
 * @param firstRow number of the table's first row in the whole file, for messages
 * @throws AxocError (user) for a wrong number of columns, and naming row and column of numbers the format does not hold
 */
export function quantiseEvents(events: Events, input: InputStage, unit: EventUnit, firstRow = 0): QuantisedEvents {
  const problems = new Problems();
  if (events.width !== input.width) {
    problems.add(
      'wrong-width',
      events.source,
      `an event has ${events.width} values, the network ${input.width} inputs`,
      'give one value for each input, in the order of the description',
    );
    problems.throwIfAny();
  }
  const convert = converterOf(input, unit);

  const vectors: bigint[][] = [];
  let roundedCount = 0;
  let failureCount = 0;
  for (let row = 0; row < events.count; row++) {
    const vector: bigint[] = [];
    for (let column = 0; column < events.width; column++) {
      const { raw, isRounded, failure } = convert(events.values[row * events.width + column]!, column);
      vector.push(raw);
      if (isRounded) roundedCount++;
      if (failure === undefined) continue;
      failureCount++;
      if (failureCount <= shownProblems)
        problems.add(
          'bad-event',
          `${events.source}: row ${firstRow + row}, column ${column}`,
          failure.what,
          failure.remedy,
        );
    }
    vectors.push(vector);
  }
  if (failureCount > shownProblems)
    problems.add('bad-event', events.source, `and ${failureCount - shownProblems} more values that do not fit`);
  problems.throwIfAny();
  return { vectors, roundedCount };
}

/** The value of one unit of the hardware integer, column by column. */
export function lsbsOf(input: InputStage): readonly Dyadic[] {
  const unit = { mantissa: 1n, fraction: fractionBits(inputFormatOf(input)) };
  return input.scaling?.lsbs ?? Array<Dyadic>(input.width).fill(unit);
}

export interface Converted {
  readonly raw: bigint;
  readonly isRounded: boolean;
  readonly failure?: { readonly what: string; readonly remedy: string };
}

export type Converter = (value: number | bigint, column: number) => Converted;

/** Converts one value, exactly, whatever its size: the reference of all quantisers. */
export function converterOf(input: InputStage, unit: EventUnit): Converter {
  const format = inputFormatOf(input);
  return unit === 'hardware' ? hardwareConverter(format, lsbsOf(input)) : realConverter(format);
}

/** Integers in units of each column's LSB: nothing is ever rounded. */
function hardwareConverter(format: Format, lsbs: readonly Dyadic[]): Converter {
  const fraction = fractionBits(format);
  const range = `${toDecimal(minRaw(format), fraction)} to ${toDecimal(maxRaw(format), fraction)}`;
  return (value, column) => {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      return failed(`${value} is not a hardware integer`, 'say --input-values if the file holds real values');
    }
    const lsb = lsbs[column]!;
    const product = BigInt(value) * lsb.mantissa;
    const bits = BigInt(fraction - lsb.fraction);
    const raw = bits >= 0n ? product << bits : product >> -bits;
    const shown = `${value} (${toDecimal(product, lsb.fraction)} after its LSB)`;
    if (bits < 0n && raw << -bits !== product)
      return failed(
        `${shown} is off the grid of ${printFormat(format)}`,
        'give the hardware format more fraction bits, or correct lsb',
      );
    if (!holdsRaw(format, raw))
      return failed(
        `${shown} is outside ${printFormat(format)}, which holds ${range}`,
        'check the units and the order of the columns',
      );
    return { raw, isRounded: false };
  };
}

/** Real values, cast by the format's own modes; a value that would wrap around is refused. */
function realConverter(format: Format): Converter {
  const fraction = fractionBits(format);
  const range = `${toDecimal(minRaw(format), fraction)} to ${toDecimal(maxRaw(format), fraction)}`;
  return (value) => {
    const exact = typeof value === 'bigint' ? { mantissa: value, fraction: 0 } : fromDouble(value);
    const raw = castRaw(exact.mantissa, exact.fraction, format);
    const saturated = castRaw(exact.mantissa, exact.fraction, { ...format, overflow: 'AP_SAT' });
    if (format.overflow === 'AP_WRAP' && raw !== saturated) {
      return failed(
        `${value} is outside ${printFormat(format)}, which holds ${range}`,
        'check the units, or give the type AP_SAT to clamp',
      );
    }
    return { raw, isRounded: exactRaw(exact, format) !== raw };
  };
}

function failed(what: string, remedy: string): Converted {
  return { raw: 0n, isRounded: false, failure: { what, remedy } };
}
