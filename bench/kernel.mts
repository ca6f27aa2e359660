/** Writes the weights and the order of the layers of a production network for the hand-written kernel (kernel.cpp). */

import { castRaw } from '../src/fixed/cast.js';
import { exactRaw, fromDouble } from '../src/fixed/dyadic.js';
import { type Format, fractionBits, maxRaw, minRaw, parseFormat } from '../src/fixed/format.js';
import { StepFailed } from './measure.mjs';

/** What the kernel knows of a description: types that truncate and wrap, or round to even and saturate. */
export interface KernelNetwork {
  readonly inputs: number;
  readonly hardware_format: string;
  readonly offset_format: string;
  readonly offset: readonly number[];
  readonly shift: readonly number[];
  readonly input_format: string;
  readonly layers: readonly (
    | {
        readonly kind: 'dense';
        readonly name: string;
        readonly weights: readonly (readonly number[])[];
        readonly bias: readonly number[];
        readonly weight_format: string;
        readonly bias_format: string;
        readonly accum_format: string;
        readonly result_format: string;
      }
    | { readonly kind: 'relu' | 'cast'; readonly name: string; readonly result_format: string }
  )[];
  readonly score: {
    readonly kind: 'sum-of-squares' | 'sum-of-squared-difference';
    readonly of: string;
    readonly minus?: string;
    readonly difference_format?: string;
    readonly product_format: string;
    readonly accum_format: string;
    readonly result_format: string;
    readonly then?: string;
  };
}

interface Value {
  readonly name: string;
  readonly width: number;
  readonly format: Format;
}

/** @throws StepFailed for what the kernel does not know */
export function kernelHeader(network: KernelNetwork): string {
  const definitions: string[] = [];
  const steps: string[] = [];
  const hardware = parse(network.hardware_format);
  const input = parse(network.input_format);
  const values = new Map<string, Value>();
  let last: Value = { name: 'x', width: network.inputs, format: input };
  const add = (value: Value): void => {
    values.set(value.name, value);
    last = value;
  };

  const offsetFormat = parse(network.offset_format);
  /** Offsets lose what their type does not hold before they are subtracted. */
  const offsetRaw = (offset: number): bigint => {
    const { mantissa, fraction } = fromDouble(offset);
    return castRaw(castRaw(mantissa, fraction, offsetFormat), fractionBits(offsetFormat), hardware);
  };
  const scales = network.offset.map((offset, index) => `{${offsetRaw(offset)}, ${network.shift[index]}}`);
  definitions.push(`static const Scale scales[inputs] = {${scales.join(', ')}};`);
  steps.push(
    `for (int i = 0; i < inputs; i++) scale_one<${hardware.width}, ${roundingArguments(hardware, input)}>(scales[i], x[i]);`,
  );

  for (const layer of network.layers) {
    const format = parse(layer.result_format);
    if (layer.kind === 'dense') {
      const { definition, fraction } = denseOf(layer, last);
      definitions.push(definition);
      if (fraction > fractionBits(format)) throw new StepFailed(`kernel: ${layer.name} truncates`);
      const exact = { ...format, width: format.integer + fraction };
      steps.push(
        `Column ${layer.name}[${layer.bias.length}];`,
        `dense<${layer.name}_layer>(${last.name}, ${layer.name});`,
      );
      add({ name: layer.name, width: layer.bias.length, format: exact });
    } else {
      steps.push(
        `Column ${layer.name}[${last.width}];`,
        `round_all<${last.width}, ${roundingArguments(last.format, format, layer.kind === 'relu')}>(${last.name}, ${layer.name});`,
      );
      add({ name: layer.name, width: last.width, format });
    }
  }
  steps.push(...scoreSteps(network.score, values));
  return [
    'namespace network {',
    `constexpr int inputs = ${network.inputs};`,
    ...definitions,
    '// x: hardware integers, used up.',
    'static void score(Column *x, int32_t *scores) {',
    ...steps.map((step) => `  ${step}`),
    '}',
    '}  // namespace network',
    '',
  ].join('\n');
}

function denseOf(
  layer: Extract<KernelNetwork['layers'][number], { kind: 'dense' }>,
  source: Value,
): { readonly definition: string; readonly fraction: number } {
  const weightFormat = parse(layer.weight_format);
  const biasFormat = parse(layer.bias_format);
  const products = fractionBits(source.format) + fractionBits(weightFormat);
  const fraction = Math.max(products, fractionBits(biasFormat));
  const spare = BigInt(fraction - products);
  const weights: bigint[] = [];
  const inputs: number[] = [];
  const starts = [0];
  for (const output of layer.bias.keys()) {
    for (const [input, row] of layer.weights.entries()) {
      const weight = raw(row[output]!, weightFormat);
      if (weight === 0n) continue;
      weights.push(weight << spare);
      inputs.push(input);
    }
    starts.push(weights.length);
  }
  const bias = layer.bias.map((value) => raw(value, biasFormat) << BigInt(fraction - fractionBits(biasFormat)));
  // Wrap-around of the accumulator and of the result: one at the end, to the narrower.
  const integer = Math.min(parse(layer.accum_format).integer, parse(layer.result_format).integer);
  const array = (type: string, name: string, numbers: readonly (bigint | number)[]): string =>
    `  static constexpr ${type} ${name}[] = {${numbers.join(', ')}};`;
  return {
    fraction,
    definition: [
      `struct ${layer.name}_layer {`,
      `  static constexpr int outputs = ${layer.bias.length}, bits = ${integer + fraction};`,
      array('int32_t', 'bias', bias),
      array('int', 'start', starts),
      array('int', 'input', inputs),
      array('int32_t', 'weight', weights),
      '};',
    ].join('\n'),
  };
}

function scoreSteps(score: KernelNetwork['score'], values: ReadonlyMap<string, Value>): string[] {
  const of = values.get(score.of)!;
  const product = parse(score.product_format);
  const result = parse(score.then ?? score.result_format);
  const mask = `0x${((1n << BigInt(result.width)) - 1n).toString(16)}`;
  if (score.kind === 'sum-of-squares') {
    const dropped = 2 * fractionBits(of.format) - fractionBits(product);
    const sameUnit = fractionBits(product) === fractionBits(result) && product.width === result.width;
    if (dropped < 0 || !sameUnit) throw new StepFailed('kernel: another score than it knows');
    return [
      `const Column sum = squares<${of.width}, ${dropped}>(${of.name});`,
      'std::memcpy(scores, &sum, sizeof sum);',
      `for (int event = 0; event < block; event++) scores[event] &= ${mask};`,
    ];
  }
  const minus = values.get(score.minus!)!;
  const difference = parse(score.difference_format!);
  const shift = fractionBits(of.format) - fractionBits(minus.format);
  const dropped = 2 * fractionBits(of.format) - fractionBits(product);
  const rounded = parse(score.result_format);
  if (shift < 0 || dropped < 0 || fractionBits(difference) < fractionBits(of.format))
    throw new StepFailed('kernel: another score than it knows');
  const last = fractionBits(product) - fractionBits(rounded);
  return [
    'int64_t sums[block];',
    `squared_differences<${of.width}, ${shift}, ${difference.integer + fractionBits(of.format)}, ${dropped}>(${of.name}, ${minus.name}, sums);`,
    'for (int event = 0; event < block; event++) {',
    `  const int64_t sum = (sums[event] + ${(1n << BigInt(last - 1)) - 1n} + ((sums[event] >> ${last}) & 1)) >> ${last};`,
    `  scores[event] = static_cast<int32_t>(sum > ${maxRaw(rounded)} ? ${maxRaw(rounded)} : sum) & ${mask};`,
    '}',
  ];
}

/** `dropped, low, high` of a cast that rounds to even and saturates. */
function roundingArguments(from: Format, to: Format, isRelu = false): string {
  if (to.rounding !== 'AP_RND_CONV' || to.overflow !== 'AP_SAT')
    throw new StepFailed('kernel: a cast that it does not know');
  const low = isRelu ? 0n : minRaw(to);
  return `${fractionBits(from) - fractionBits(to)}, ${low}, ${maxRaw(to)}`;
}

function parse(text: string): Format {
  return parseFormat(text, text);
}

function raw(value: number, format: Format): bigint {
  const found = exactRaw(fromDouble(value), format);
  if (found === undefined) throw new StepFailed(`kernel: ${value} is none of its type`);
  return found;
}
