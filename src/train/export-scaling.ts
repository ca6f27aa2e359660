/** How the hardware's integers become the normalised inputs of the training: a subtraction and a shift, exactly. */
import type { Problems } from '../base/diagnostic.js';
import { castRaw } from '../fixed/cast.js';
import { exactRaw, fromDouble, toDouble } from '../fixed/dyadic.js';
import { type Format, fractionBits, makeFormat, maxRaw, minRaw, parseFormat, printFormat } from '../fixed/format.js';
import type { Description } from '../network/description.js';

/** `x = (hardware - bias) / scale`, one entry for each input, hardware in units of the integer. */
export interface TrainedScaling {
  readonly scale: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  /** Ends to which normalised values were clipped in training. */
  readonly clip?: readonly [low: number, high: number];
  /** Value of one unit of each integer in the hardware type: a group that repeats; default (pt, eta, phi) with pt in halves. */
  readonly lsb?: readonly number[];
  /** Type of an input after its LSB is applied; default that of the deployed trigger. */
  readonly hardwareFormat?: string;
}

export const clipRemedy =
  'give data and model the same [bits, integer] pair: then the cast to the input type clips in the firmware';

type ScalingKeys = Pick<Description, 'hardware_format' | 'lsb' | 'offset' | 'shift' | 'scaled_format'>;

/**
 * The keys of a description that scale hardware inputs; none where a scale is no power of two, because a division is no firmware: the inputs of
 * such a network are the normalised values.
 * @param input type of the first layer's inputs
 */
export function describeScaling(
  scaling: TrainedScaling,
  inputs: number,
  input: Format,
  problems: Problems,
): ScalingKeys {
  const exponents = Array.from({ length: inputs }, (_, index) => exponentOf(scaling.scale[index] ?? Number.NaN));
  checkLength(scaling, inputs, problems);
  const mismatch = scaling.clip === undefined ? undefined : clipMismatch(scaling.clip, input);
  if (mismatch !== undefined) problems.add('bad-scaling', 'normalisation', mismatch, clipRemedy);
  if (exponents.includes(undefined)) return {};
  const lsb = scaling.lsb ?? [0.5, 1, 1];
  const hardware = parseFormat(scaling.hardwareFormat ?? 'ap_fixed<18,13>', 'hardware format');
  const offset = exponents.map((_, index) => scaling.bias[index]! * lsb[index % lsb.length]!);
  const shift = exponents.map((exponent, index) => exponent! + exponentOf(lsb[index % lsb.length]!)!);
  for (const [index, value] of offset.entries())
    if (exactRaw(fromDouble(value), hardware) === undefined)
      problems.add(
        'bad-scaling',
        `normalisation of input ${index}`,
        `the offset ${value} does not lie in the hardware type ${printFormat(hardware)}`,
        'normalise with RobustScaler_pow2, whose offsets are whole units, or choose a hardware type with more bits',
      );
  // Wide enough at both ends: then nothing but the cast to the input's type rounds.
  const fraction = fractionBits(hardware) + Math.max(0, ...shift);
  const integer = hardware.integer + Math.max(0, ...shift.map((by) => -by));
  const scaled = makeFormat(hardware.signed, integer + fraction, integer);
  return { hardware_format: printFormat(hardware), lsb: [...lsb], offset, shift, scaled_format: printFormat(scaled) };
}

function checkLength({ scale, bias }: TrainedScaling, inputs: number, problems: Problems): void {
  if (scale.length !== inputs || bias.length !== inputs)
    problems.add(
      'wrong-shape',
      'normalisation',
      `${scale.length} scales and ${bias.length} biases for ${inputs} inputs`,
      'give one of each for every input',
    );
}

/**
 * Why data that were clipped to these ends cannot be this type's: the firmware has no clipping of its own, the cast to the input's type must
 * do it. Undefined where it does.
 */
export function clipMismatch(clip: readonly [low: number, high: number], input: Format): string | undefined {
  const fraction = fractionBits(input);
  const saturates = input.overflow === 'AP_SAT' || input.overflow === 'AP_SAT_SYM';
  const [low, high] = clip.map((end) => {
    const { mantissa, fraction: digits } = fromDouble(end);
    return castRaw(mantissa, digits, input);
  }) as [bigint, bigint];
  const lowest = castRaw(minRaw(input) - 1n, fraction, input);
  if (saturates && low === lowest && high === maxRaw(input)) return undefined;
  const ends = `${toDouble(minRaw(input), fraction)} to ${toDouble(maxRaw(input), fraction)}`;
  return `data are clipped to ${clip[0]} to ${clip[1]}; the type of the inputs, ${printFormat(input)}, holds ${ends}${saturates ? '' : ' and wraps beyond'}`;
}

/** log2 of a power of two; undefined for anything else. */
function exponentOf(value: number): number | undefined {
  if (!(value > 0) || !Number.isFinite(value)) return undefined;
  const { mantissa, fraction } = fromDouble(value);
  return mantissa === 1n ? -fraction : undefined;
}
