/**
 * What a network description means, computed a second way: straight from the words of the description's format, one
 * number after the other, in exact fractions. Shares nothing with src.
 */
import { type ConvWords, type Image, type Meeting, meetingsOf } from './conv-oracle.js';
import { type OracleFormat, oracleCast, oracleOverflow } from './rational-oracle.js';
import { scoreOracle } from './score-oracle.js';

/** A number of a description: a JSON number, or its decimal digits as text. */
export type DescribedNumber = number | string;

interface DescribedLayerBase {
  name: string;
  /** An earlier layer, or `input`; the layer before where absent. */
  input?: string;
  result_format?: string;
}

export interface DescribedDense extends DescribedLayerBase {
  kind: 'dense';
  /** weights[input][output]. */
  weights: DescribedNumber[][];
  bias?: DescribedNumber[];
  weight_format?: string;
  bias_format?: string;
  accum_format?: string;
}

export interface DescribedConv2d extends DescribedLayerBase {
  kind: 'conv2d';
  /** Where it reads flat values: [height, width, channels]. */
  input_shape?: number[];
  /** weights[row][column][channel][filter]. */
  weights: DescribedNumber[][][][];
  bias?: DescribedNumber[];
  /** [vertical, horizontal]. */
  strides?: number[];
  /** Four numbers: [top, bottom, left, right]. */
  padding?: 'valid' | 'same' | number[];
  weight_format?: string;
  bias_format?: string;
  accum_format?: string;
}

export interface DescribedLeakyRelu extends DescribedLayerBase {
  kind: 'leaky_relu';
  slope: DescribedNumber;
}

export type DescribedLayer =
  | DescribedDense
  | DescribedConv2d
  | DescribedLeakyRelu
  | (DescribedLayerBase & { kind: 'relu' | 'cast' });

export interface DescribedExpression {
  kind: 'expression';
  expression: string;
  result_format?: string;
}

export interface DescribedScore {
  kind: 'sum-of-squares' | 'sum-of-squared-difference';
  of: string;
  minus?: string;
  difference_format?: string;
  product_format?: string;
  accum_format?: string;
  result_format?: string;
  then?: string;
}

export interface DescribedNetwork {
  name: string;
  inputs: number;
  hardware_format?: string;
  offset_format?: string;
  offset?: DescribedNumber[];
  shift?: number[];
  scaled_format?: string;
  lsb?: DescribedNumber[];
  input_format?: string;
  layers: DescribedLayer[];
  score?: DescribedScore;
}

/** A network whose score is an expression; a text alone is one. */
export type ScoredByExpression = Omit<DescribedNetwork, 'score'> & { score: DescribedExpression | string };

/** Types for results that have none, or another one than described: layer name, `input` or `score` -> type. */
export interface OraclePrecision {
  readonly default: string;
  readonly overrides: Readonly<Record<string, string>>;
}

/** Raw integers and the type they are raw integers of. */
export interface OracleValues {
  readonly format: OracleFormat;
  readonly raws: readonly bigint[];
}

export interface OracleResult {
  /** The inputs of the first layer. */
  readonly input: OracleValues;
  readonly layers: readonly OracleValues[];
  readonly score?: OracleValues;
}

/** `raw * 2^-fraction`. */
interface Exact {
  readonly raw: bigint;
  readonly fraction: number;
}

/**
 * Prepares a description for evaluation.
 * @returns a function from one event - raw integers of the hardware type, or of the input type where nothing is scaled
 */
export function descriptionOracle(
  network: DescribedNetwork | ScoredByExpression,
  precision: OraclePrecision,
): (event: readonly bigint[]) => OracleResult {
  const resultFormat = (described: string | undefined, name: string): OracleFormat =>
    readFormat(precision.overrides[name] ?? described ?? precision.default);
  const scale = inputScaling(network, resultFormat(network.input_format, 'input'));
  const positions = new Map(network.layers.map((layer, index) => [layer.name, index]));
  const images = imagesOf(network);
  const layers = network.layers.map((layer, index) =>
    layerOf(layer, resultFormat(layer.result_format, layer.name), images[index]),
  );
  const { score } = network;
  const described: DescribedScore | DescribedExpression | undefined =
    typeof score === 'string' ? { kind: 'expression', expression: score } : score;
  const scoreOf =
    described === undefined
      ? undefined
      : described.kind === 'expression'
        ? expressionFunction(described, precision.overrides.score ?? described.result_format)
        : scoreFunction(described, resultFormat(described.result_format, 'score'));

  return (event) => {
    const input = scale(event);
    const done: OracleValues[] = [];
    const valuesOf = (name: string): OracleValues => (name === 'input' ? input : done[positions.get(name)!]!);
    for (const [index, evaluate] of layers.entries()) {
      const source = network.layers[index]!.input;
      const before = index === 0 ? input : done[index - 1]!;
      done.push(evaluate(source === undefined ? before : valuesOf(source)));
    }
    return { input, layers: done, ...(scoreOf === undefined ? {} : { score: scoreOf(valuesOf) }) };
  };
}

/** What each layer reads as an image; undefined where it reads flat values that it does not arrange itself. */
function imagesOf({ layers }: Pick<DescribedNetwork, 'layers'>): readonly (Image | undefined)[] {
  const results = new Map<string, Image | undefined>();
  const read: (Image | undefined)[] = [];
  for (const [index, layer] of layers.entries()) {
    const source = layer.input ?? layers[index - 1]?.name ?? 'input';
    const image = layer.kind === 'conv2d' && layer.input_shape ? layer.input_shape : results.get(source);
    read.push(image as Image | undefined);
    const isKept = layer.kind !== 'dense' && layer.kind !== 'conv2d';
    results.set(
      layer.name,
      layer.kind === 'conv2d' ? resultImage(layer, image as Image) : isKept ? read[index] : undefined,
    );
  }
  return read;
}

function resultImage(layer: DescribedConv2d, image: Image): Image {
  const { height, width } = meetingsOf(image, wordsOf(layer));
  return [height, width, layer.weights[0]![0]![0]!.length];
}

function wordsOf({ weights, strides, padding }: DescribedConv2d): ConvWords {
  return { kernel: [weights.length, weights[0]!.length], strides: strides ?? [1, 1], padding: padding ?? 'valid' };
}

/** `x - offset` in the hardware type, shifted there or exactly into a type of its own, in the input type. */
function inputScaling(
  { hardware_format, offset_format, offset, shift, scaled_format }: Omit<DescribedNetwork, 'score'>,
  to: OracleFormat,
): (event: readonly bigint[]) => OracleValues {
  if (hardware_format === undefined) return (event) => ({ format: to, raws: event });
  const hardware = readFormat(hardware_format);
  const fraction = fractionOf(hardware);
  const offsetOf = (index: number): Exact => {
    const written = readNumber(offset?.[index] ?? 0);
    return offset_format === undefined ? written : castTo(written, readFormat(offset_format));
  };
  return (event) => ({
    format: to,
    raws: event.map((raw, index) => {
      const moved = castTo(difference({ raw, fraction }, offsetOf(index)), hardware);
      if (scaled_format !== undefined) {
        const shifted = movedPoint(moved, shift?.[index] ?? 0);
        return castTo(castTo(shifted, readFormat(scaled_format)), to).raw;
      }
      const shifted = shiftedRaw(moved.raw, shift?.[index] ?? 0, hardware);
      return castTo({ raw: shifted, fraction }, to).raw;
    }),
  });
}

/** `value / 2^right`, exactly. */
function movedPoint({ raw, fraction }: Exact, right: number): Exact {
  return right < 0 ? { raw: raw * powerOfTwo(-right), fraction } : { raw, fraction: fraction + right };
}

/** An arithmetic shift of the raw integer; what a shift to the left pushes out of the type is gone. */
function shiftedRaw(raw: bigint, right: number, format: OracleFormat): bigint {
  if (right >= 0) return dividedDown(raw, 2n ** BigInt(right));
  return oracleOverflow(raw * 2n ** BigInt(-right), { ...format, overflow: 'AP_WRAP' });
}

type LayerFunction = (x: OracleValues) => OracleValues;

function layerOf(layer: DescribedLayer, to: OracleFormat, image: Image | undefined): LayerFunction {
  switch (layer.kind) {
    case 'dense':
      return denseFunction(layer, to);
    case 'conv2d':
      return convFunction(layer, to, image!);
    case 'leaky_relu':
      return leakyFunction(readNumber(layer.slope), to);
    case 'relu':
      return (x) => castEach(x, to, (raw) => (raw > 0n ? raw : 0n));
    case 'cast':
      return (x) => castEach(x, to, (raw) => raw);
  }
}

function castEach({ format, raws }: OracleValues, to: OracleFormat, change: (raw: bigint) => bigint): OracleValues {
  const fraction = fractionOf(format);
  return { format: to, raws: raws.map((raw) => castTo({ raw: change(raw), fraction }, to).raw) };
}

/** The accumulator starts at the bias; each product is cast to its type and added, the sum cast again. */
function denseFunction(layer: DescribedDense, to: OracleFormat): LayerFunction {
  const weights = layer.weights.map((row) => row.map(readNumber));
  const outputs = weights[0]!.length;
  const biases = Array.from({ length: outputs }, (_, output) => readNumber(layer.bias?.[output] ?? 0));
  const inAccumulator = castIfTyped(layer.accum_format);
  return ({ format, raws }) => {
    const fraction = fractionOf(format);
    const sumFor = (output: number): Exact => {
      let accumulator = inAccumulator(biases[output]!);
      for (const [input, raw] of raws.entries()) {
        const product = inAccumulator(times({ raw, fraction }, weights[input]![output]!));
        accumulator = inAccumulator(sum(accumulator, product));
      }
      return accumulator;
    };
    return { format: to, raws: biases.map((_, output) => castTo(sumFor(output), to).raw) };
  };
}

/** The sum of a dense layer at every pixel, over what the kernel meets there. */
function convFunction(layer: DescribedConv2d, to: OracleFormat, image: Image): LayerFunction {
  const { pixels } = meetingsOf(image, wordsOf(layer));
  const weights = layer.weights.map((row) => row.map((column) => column.map((channel) => channel.map(readNumber))));
  const filters = weights[0]![0]![0]!.length;
  const biases = Array.from({ length: filters }, (_, filter) => readNumber(layer.bias?.[filter] ?? 0));
  const inAccumulator = castIfTyped(layer.accum_format);
  return ({ format, raws }) => {
    const fraction = fractionOf(format);
    const sumAt = (pixel: readonly Meeting[], filter: number): Exact => {
      let accumulator = inAccumulator(biases[filter]!);
      for (const { weight, value } of pixel) {
        const [row, column, channel] = weight;
        const factor = weights[row]![column]![channel]![filter]!;
        accumulator = inAccumulator(sum(accumulator, inAccumulator(times({ raw: raws[value]!, fraction }, factor))));
      }
      return accumulator;
    };
    return {
      format: to,
      raws: pixels.flatMap((pixel) => biases.map((_, filter) => castTo(sumAt(pixel, filter), to).raw)),
    };
  };
}

function leakyFunction(slope: Exact, to: OracleFormat): LayerFunction {
  return ({ format, raws }) => {
    const fraction = fractionOf(format);
    const result = (raw: bigint): Exact => (raw < 0n ? times({ raw, fraction }, slope) : { raw, fraction });
    return { format: to, raws: raws.map((raw) => castTo(result(raw), to).raw) };
  };
}

/** Each square in its type, summed in the accumulator's, then the result's type and the last cast. */
function scoreFunction(
  score: DescribedScore,
  result: OracleFormat,
): (valuesOf: (name: string) => OracleValues) => OracleValues {
  const inDifference = castIfTyped(score.difference_format);
  const inProduct = castIfTyped(score.product_format);
  const inAccumulator = castIfTyped(score.accum_format);
  const format = score.then === undefined ? result : readFormat(score.then);
  return (valuesOf) => {
    const values = exactly(valuesOf(score.of));
    const subtracted = score.minus === undefined ? undefined : exactly(valuesOf(score.minus));
    let accumulator: Exact = { raw: 0n, fraction: 0 };
    for (const [index, value] of values.entries()) {
      const base = subtracted === undefined ? value : inDifference(difference(value, subtracted[index]!));
      accumulator = inAccumulator(sum(accumulator, inProduct(times(base, base))));
    }
    const scored = castTo(accumulator, result);
    return { format, raws: [score.then === undefined ? scored.raw : castTo(scored, format).raw] };
  };
}

/** Without a type the result is as wide as it is. */
function expressionFunction(
  { expression }: DescribedExpression,
  type: string | undefined,
): (valuesOf: (name: string) => OracleValues) => OracleValues {
  return (valuesOf) => {
    const exact = scoreOracle(expression, (name) => exactly(valuesOf(name)));
    if (type !== undefined) return { format: readFormat(type), raws: [castTo(exact, readFormat(type)).raw] };
    const width = exact.raw.toString(2).length + 1;
    const format = { signed: true, width, integer: width - exact.fraction, rounding: 'AP_TRN', overflow: 'AP_WRAP' };
    return { format, raws: [exact.raw] };
  };
}

function exactly({ format, raws }: OracleValues): Exact[] {
  const fraction = fractionOf(format);
  return raws.map((raw) => ({ raw, fraction }));
}

/** Without a type nothing is lost. */
function castIfTyped(type: string | undefined): (value: Exact) => Exact {
  if (type === undefined) return (value) => value;
  const format = readFormat(type);
  return (value) => castTo(value, format);
}

function castTo({ raw, fraction }: Exact, to: OracleFormat): Exact {
  const kept = fractionOf(to);
  const numerator = fraction < 0 ? raw * powerOfTwo(-fraction) : raw;
  const denominator = fraction < 0 ? 1n : powerOfTwo(fraction);
  return { raw: oracleCast({ numerator, denominator }, to), fraction: kept };
}

function times(a: Exact, b: Exact): Exact {
  return { raw: a.raw * b.raw, fraction: a.fraction + b.fraction };
}

function sum(a: Exact, b: Exact): Exact {
  const fraction = Math.max(a.fraction, b.fraction);
  return { raw: inUnits(a, fraction) + inUnits(b, fraction), fraction };
}

function difference(a: Exact, b: Exact): Exact {
  return sum(a, { raw: -b.raw, fraction: b.fraction });
}

function inUnits(value: Exact, fraction: number): bigint {
  return value.raw * powerOfTwo(fraction - value.fraction);
}

const powers: bigint[] = [];

function powerOfTwo(exponent: number): bigint {
  powers[exponent] ??= 2n ** BigInt(exponent);
  return powers[exponent];
}

function dividedDown(numerator: bigint, denominator: bigint): bigint {
  const towardZero = numerator / denominator;
  return towardZero * denominator > numerator ? towardZero - 1n : towardZero;
}

function fractionOf(format: OracleFormat): number {
  return format.width - format.integer;
}

/** A type of a description: `ap_[u]fixed<W,I[,Q[,O]]>`, or `W,I` for `ap_fixed<W,I>`; an integer type truncates toward zero. */
export function readFormat(text: string): OracleFormat {
  const integers = /^ap_(u?)int<(\d+)>$/.exec(text);
  if (integers !== null) return readFormat(`ap_${integers[1]}fixed<${integers[2]},${integers[2]},AP_TRN_ZERO>`);
  const match = /^(?:ap_(u?)fixed<)?(\d+),(-?\d+)(?:,(\w+))?(?:,(\w+))?>?$/.exec(text.replaceAll(' ', ''));
  if (match === null) throw new Error(`the oracle knows no type ${text}`);
  const [, unsigned, width, integer, rounding = 'AP_TRN', overflow = 'AP_WRAP'] = match;
  return { signed: unsigned !== 'u', width: Number(width), integer: Number(integer), rounding, overflow };
}

/** The exact binary fraction that a number of a description is. */
export function readNumber(number: DescribedNumber): Exact {
  if (typeof number === 'number') {
    let fraction = 0;
    let scaled = number;
    for (; !Number.isInteger(scaled); fraction++) scaled *= 2;
    return { raw: BigInt(scaled), fraction };
  }
  const [whole = '', decimals = ''] = number.split('.');
  const fraction = decimals.length;
  const fives = 5n ** BigInt(fraction);
  const digits = BigInt(whole + decimals);
  if (digits % fives !== 0n) throw new Error(`${number} is not a binary fraction`);
  return { raw: digits / fives, fraction };
}

/** The precision that values of `--precision` mean: `TYPE` for all that have none, `NAME=TYPE` for one; the last one counts. */
export function oraclePrecision(options: readonly string[]): OraclePrecision {
  const isOverride = (option: string): boolean => option.includes('=');
  return {
    default: options.filter((option) => !isOverride(option)).at(-1) ?? 'ap_fixed<16,6>',
    overrides: Object.fromEntries(
      options.filter(isOverride).map((option) => {
        const separator = option.lastIndexOf('=');
        return [option.slice(0, separator), option.slice(separator + 1)];
      }),
    ),
  };
}
