/** Normalisation schemes: the text that names one, and the scale and bias it gives from percentiles. */
import { userError } from '../../base/diagnostic.js';

export interface Scheme {
  /** Percentiles of the training events, ... */
  readonly low: number;
  readonly high: number;
  /** ... and the values they become. */
  readonly lowValue: number;
  readonly highValue: number;
  /** Scales are powers of two and biases integers, as firmware needs them. */
  readonly isPowerOfTwo: boolean;
}

/** x = (hardware - bias) / scale. */
export interface ScaleAndBias {
  readonly scale: number;
  readonly bias: number;
}

const pattern = /^RobustScaler(_pow2)?\(([^,()]+),([^,()]+),([^,()]+),([^,()]+)\)$/;

/** @throws AxocError (user) when the text is no scheme */
export function parseScheme(text: string): Scheme {
  const match = pattern.exec(text.replaceAll(/\s/g, ''));
  const [low, high, lowValue, highValue] = (match?.slice(2) ?? []).map(Number) as [number, number, number, number];
  const isValid =
    low >= 0 && low < high && high <= 100 && lowValue < highValue && Number.isFinite(highValue - lowValue);
  if (match === null || !isValid) {
    throw userError(
      'bad-scheme',
      `normalisation scheme "${text}"`,
      'is not RobustScaler(l,h,l1,h1) or RobustScaler_pow2(l,h,l1,h1) with percentiles 0 <= l < h <= 100 and l1 < h1',
      'write RobustScaler_pow2(5,95,-2,2) for firmware',
    );
  }
  return { low, high, lowValue, highValue, isPowerOfTwo: match[1] !== undefined };
}

/**
 * What makes the values at the two percentiles become `lowValue` and `highValue`.
 * @param lowHardware value at the percentile `low`, in hardware units
 */
export function fitScale(scheme: Scheme, lowHardware: number, highHardware: number): ScaleAndBias {
  const { lowValue, highValue } = scheme;
  const width = highValue - lowValue;
  // A value that never varies is not scaled.
  const scale = (highHardware - lowHardware) / width || 1;
  const bias = (lowHardware * highValue - highHardware * lowValue) / width;
  return scheme.isPowerOfTwo ? { scale: powerOfTwoAbove(scale), bias: roundHalfToEven(bias) } : { scale, bias };
}

/** The smallest power of two that is not below `value` > 0: 2^ceil(log2 value), exactly. */
export function powerOfTwoAbove(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  while (power / 2 >= value) power /= 2;
  return power;
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
