/** Events to raw integers without bigints: blocks of typed arrays, for formats of up to 32 bits. */
import type { Events } from '../data/events.js';
import { lowestKept } from '../fixed/cast.js';
import { fractionBits, maxRaw, minRaw, type Rounding } from '../fixed/format.js';
import type { InputStage } from './network.js';
import { converterOf, type EventUnit, inputFormatOf, lsbsOf, quantiseEvents } from './quantise-events.js';

/**
 * Writes the raw integers of `events` row by row to the start of `target`, whose words hold the input's format.
 * @param firstRow number of the block's first row in the whole file, for messages
 * @returns how many values were rounded
 * @throws AxocError (user) as `quantiseEvents` does
 */
export type BlockQuantiser = (events: Events, firstRow: number, target: Int16Array | Int32Array) => number;

type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Quantises doubles; undefined where it cannot be sure of a value: the block is left to `quantiseEvents` then. */
type Quick = (values: Numbers, width: number, target: Int16Array | Int32Array) => number | undefined;

export function blockQuantiserOf(input: InputStage, unit: EventUnit): BlockQuantiser {
  const quick = unit === 'hardware' ? quickHardware(input) : quickReal(input);
  return (events, firstRow, target) => {
    const numbers = numbersOf(events.values);
    if (quick !== undefined && numbers !== undefined && events.width === input.width) {
      const roundedCount = quick(numbers, events.width, target);
      if (roundedCount !== undefined) return roundedCount;
    }
    const { vectors, roundedCount } = quantiseEvents(events, input, unit, firstRow);
    for (const [row, vector] of vectors.entries())
      for (const [column, raw] of vector.entries()) target[row * events.width + column] = Number(raw);
    return roundedCount;
  };
}

/** 64-bit integers as doubles: rounded beyond 2^53, where no input of 32 bits has them. */
function numbersOf(values: Events['values']): Numbers | undefined {
  if (Array.isArray(values)) return undefined;
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return values as unknown as Numbers;
  const { buffer, byteOffset, length } = values;
  const low = new Uint32Array(buffer, byteOffset, 2 * length);
  const high = values instanceof BigInt64Array ? new Int32Array(buffer, byteOffset, 2 * length) : low;
  const numbers = new Float64Array(length);
  for (let index = 0; index < length; index++) numbers[index] = high[2 * index + 1]! * 2 ** 32 + low[2 * index]!;
  return numbers;
}

/** Largest magnitude of an LSB in units of the format, of a value, and of their product. */
const largestInteger = 2 ** 31 - 1;

/** `raw = value * factor` for integers from `low` to `high`, 0 among them; column by column. */
export interface IntegerBounds {
  readonly factors: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** `raw = value * lsb / 2^-F` in integers of 32 bits; undefined unless the LSBs are whole units of the format. */
export function integerBounds(input: InputStage): IntegerBounds | undefined {
  const format = inputFormatOf(input);
  const scales = lsbsOf(input).map(
    ({ mantissa, fraction }) => Number(mantissa) * 2 ** (fractionBits(format) - fraction),
  );
  if (format.width > 32 || !scales.every((scale) => Number.isInteger(scale) && scale > 0 && scale <= largestInteger))
    return undefined;
  const [lowest, highest] = [Number(minRaw(format)), Math.min(Number(maxRaw(format)), largestInteger)];
  return {
    factors: Int32Array.from(scales),
    low: Int32Array.from(scales, (scale) => Math.ceil(lowest / scale)),
    // The largest integer is left out: conversions of larger floats saturate there.
    high: Int32Array.from(scales, (scale) => Math.min(Math.floor(highest / scale), largestInteger - 1)),
  };
}

function quickHardware(input: InputStage): Quick | undefined {
  const bounds = integerBounds(input);
  if (bounds === undefined) return undefined;
  const { factors, low, high } = bounds;
  return (values, width, target) => {
    // Negative once a value is no integer or out of range: low <= 0 <= high, so that no difference wraps to the other sign.
    let refused = 0;
    let column = 0;
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      const integer = value | 0;
      refused |= (integer === value ? 0 : -1) | (integer - low[column]!) | (high[column]! - integer);
      target[index] = Math.imul(integer, factors[column]!);
      column++;
      if (column === width) column = 0;
    }
    return refused < 0 ? undefined : 0;
  };
}

/** Powers of two by which every double is multiplied exactly, or leaves the range of any format of 32 bits. */
const highestScale = 500;

/** `value / 2^-F` is exact in doubles, and so are its integer part and what is left of it. */
function quickReal(input: InputStage): Quick | undefined {
  const format = inputFormatOf(input);
  const fraction = fractionBits(format);
  if (fraction < 0 || fraction > highestScale || format.width > 32) return undefined;
  const scale = 2 ** fraction;
  const [low, high] = [Number(lowestKept(format)), Number(maxRaw(format))];
  const round = rounderOf(format.rounding);
  const convert = converterOf(input, 'real');
  return (values, width, target) => {
    let roundedCount = 0;
    for (let index = 0; index < values.length; index++) {
      const scaled = values[index]! * scale;
      const whole = Math.trunc(scaled);
      const rest = scaled - whole;
      const raw = rest === 0 ? whole : round(whole, rest);
      if (raw >= low && raw <= high) {
        target[index] = raw;
        if (rest !== 0) roundedCount++;
      } else {
        const converted = convert(values[index]!, index % width);
        if (converted.failure !== undefined) return undefined;
        target[index] = Number(converted.raw);
        if (converted.isRounded) roundedCount++;
      }
    }
    return roundedCount;
  };
}

/** Rounds `whole + rest`, rest not 0 and of the number's sign, below 1 in magnitude. */
function rounderOf(rounding: Rounding): (whole: number, rest: number) => number {
  switch (rounding) {
    case 'AP_TRN':
      return (whole, rest) => (rest < 0 ? whole - 1 : whole);
    case 'AP_TRN_ZERO':
      return (whole) => whole;
    case 'AP_RND':
      return (whole, rest) => (rest >= 0.5 ? whole + 1 : rest < -0.5 ? whole - 1 : whole);
    case 'AP_RND_ZERO':
      return (whole, rest) => (rest > 0.5 ? whole + 1 : rest < -0.5 ? whole - 1 : whole);
    case 'AP_RND_MIN_INF':
      return (whole, rest) => (rest > 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole);
    case 'AP_RND_INF':
      return (whole, rest) => (rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole);
    case 'AP_RND_CONV':
      return (whole, rest) => {
        const isOdd = whole % 2 !== 0;
        if (rest > 0.5 || (rest === 0.5 && isOdd)) return whole + 1;
        return rest < -0.5 || (rest === -0.5 && isOdd) ? whole - 1 : whole;
      };
  }
}
