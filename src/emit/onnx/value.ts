/**
 * Numbers in an ONNX model of the exact profile: raw integers, held by float64 where everything that is computed on the way to them stays below
 * 2^53, by int64 where it does not.
 */
import { bitLength, type Interval } from '../../fixed/interval.js';
import type { Elements } from '../../ir/evaluate.js';

/** The tensor type that holds a value's raw integers. */
export type Carrier = 'float64' | 'int64';
/** In order of preference: ONNX Runtime multiplies float64 matrices several times as fast. */
export const carriers: readonly Carrier[] = ['float64', 'int64'];

/** Every integer of at most this magnitude is exact in the carrier. */
export const largest: Readonly<Record<Carrier, bigint>> = { float64: 1n << 53n, int64: (1n << 63n) - 1n };

/** A tensor of the model. */
export interface Value {
  readonly name: string;
  readonly carrier: Carrier;
  /** Of one event; [] is a single number that stretches to any shape. */
  readonly shape: readonly number[];
  /** What each element is proved to lie in. */
  readonly range: Elements<Interval>;
  /** Whether there is one for each event; constants have one for all. */
  readonly isBatched: boolean;
}

/** Thrown by what would compute with a number that the carrier does not hold; caught by whoever chose the carrier. */
export class TooWide extends Error {
  /** @param bits of the magnitude */
  constructor(readonly bits: number) {
    super(`${bits} bits`);
  }
}

/** @throws TooWide unless the carrier holds all of the intervals */
export function checkHeld(carrier: Carrier, range: Elements<Interval>): void {
  const magnitude = range.map(magnitudeOf).reduce((a, b) => (a > b ? a : b));
  if (magnitude > largest[carrier]) throw new TooWide(bitLength(magnitude));
}

export function magnitudeOf({ low, high }: Interval): bigint {
  return -low > high ? -low : high;
}
