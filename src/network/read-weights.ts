/** Layers with weights - dense, conv2d - from their descriptions: shapes checked, numbers made exact. */
import type { Format } from '../fixed/format.js';
import type { Table } from '../fixed/table.js';
import type { Conv2dDescription, DenseDescription } from './description.js';
import { exactTable, type Report } from './exact-tables.js';
import type { Conv2d, Dense, Layer } from './network.js';
import {
  isSameShape,
  maxValues,
  outputSize,
  type Padding,
  paddedSize,
  printValueShape,
  type Strides,
  samePadding,
  type ValueShape,
  valueCount,
} from './shape.js';

/** What a layer reads: how messages call it, and its shape unless an earlier problem leaves that unknown. */
export interface Source {
  /** `the network's inputs`, `"hidden"`. */
  readonly shown: string;
  readonly shape?: ValueShape;
}

/** What reading a layer needs of the reader. */
export interface Reading {
  readonly report: Report;
  readonly format: (text: string | undefined, place: string) => Format | undefined;
}

type WithoutCommon<T> = T extends Layer ? Omit<T, 'name' | 'place' | 'source' | 'resultFormat'> : never;

/** A layer without what all layers have, and the shape of its result; none where a problem leaves it unknown. */
export interface ReadLayer<T extends Layer> {
  readonly layer: WithoutCommon<T>;
  readonly shape: ValueShape | undefined;
}

const denseWeights = 'weights are a list of rows, one row for each input: weights[input][output]';
const convWeights = 'weights of a convolution are weights[row][column][channel][filter]';

export function readDense(
  layer: DenseDescription,
  place: string,
  source: Source,
  { report, format }: Reading,
): ReadLayer<Dense> {
  const rows = layer.weights.length;
  const outputs = layer.weights[0]?.length ?? 0;
  if (source.shape !== undefined && rows !== valueCount(source.shape))
    report('wrong-shape', `${place}.weights`, `${rows} rows of weights for ${inputsText(source)}`, denseWeights);
  if (outputs === 0) report('wrong-shape', `${place}.weights`, 'no weights', denseWeights);
  for (const [row, weights] of layer.weights.entries()) {
    if (weights.length !== outputs) {
      report(
        'wrong-shape',
        `${place}.weights[${row}]`,
        `${weights.length} weights in this row, ${outputs} in the first`,
        'every row has one weight for each output',
      );
    }
  }
  return {
    layer: { kind: 'dense', ...tables(layer, place, [rows, outputs], 'output', { report, format }) },
    shape: [outputs],
  };
}

/** `3 inputs`, or `the 32 values (4 x 4 x 2) of "conv"`. */
function inputsText({ shown, shape }: Source): string {
  const count = valueCount(shape!);
  return shape!.length === 1 ? `${count} inputs` : `the ${count} values (${printValueShape(shape!)}) of ${shown}`;
}

export function readConv2d(
  layer: Conv2dDescription,
  place: string,
  source: Source,
  reading: Reading,
): ReadLayer<Conv2d> {
  const { report } = reading;
  const kernel = shapeOfLists(layer.weights);
  const isEmpty = kernel.includes(0);
  if (isEmpty) report('wrong-shape', `${place}.weights`, 'no weights', convWeights);
  checkEven(layer.weights, kernel, `${place}.weights`, report);
  const [rows = 1, columns = 1, channels = 1, filters = 1] = kernel;

  const image = imageShape(layer, place, source, report);
  const strides = (layer.strides ?? [1, 1]) as Strides;
  const padding = image === undefined ? noPadding : paddingOf(layer.padding ?? 'valid', image, kernel, strides);
  const shape =
    isEmpty || image === undefined
      ? undefined
      : convShape(image, [rows, columns, channels, filters], strides, padding, place, report);
  return {
    layer: {
      kind: 'conv2d',
      inputShape: image ?? [rows, columns, channels],
      strides,
      padding,
      ...tables(layer, place, [rows, columns, channels, filters], 'filter', reading),
    },
    shape,
  };
}

const noPadding: Padding = [0, 0, 0, 0];

function paddingOf(
  given: NonNullable<Conv2dDescription['padding']>,
  image: ValueShape,
  kernel: ValueShape,
  strides: Strides,
): Padding {
  if (given === 'valid') return noPadding;
  return given === 'same' ? samePadding(image, kernel, strides) : (given as unknown as Padding);
}

/** The image that a convolution reads: what a convolution before it made, or flat values as `input_shape` arranges them. */
function imageShape(
  { input_shape }: Conv2dDescription,
  place: string,
  { shown, shape }: Source,
  report: Report,
): ValueShape | undefined {
  if (shape === undefined) return input_shape;
  const count = valueCount(shape);
  if (input_shape === undefined) {
    if (shape.length === 3) return shape;
    report(
      'missing-key',
      `${place}.input_shape`,
      `missing: ${shown} are ${count} flat values, a convolution reads an image`,
      `add input_shape: [height, width, channels], ${count} values in all`,
    );
    return undefined;
  }
  const isFitting = shape.length === 1 ? valueCount(input_shape) === count : isSameShape(shape, input_shape);
  if (isFitting) return input_shape;
  report(
    'wrong-shape',
    `${place}.input_shape`,
    shape.length === 1
      ? `${printValueShape(input_shape)} is ${valueCount(input_shape)} values, ${shown} are ${count}`
      : `${printValueShape(input_shape)}, but ${shown} gives ${printValueShape(shape)}`,
    shape.length === 1
      ? 'height x width x channels is the number of values that the layer reads'
      : 'leave input_shape out: the convolution before it tells the shape',
  );
  return undefined;
}

function convShape(
  image: ValueShape,
  kernel: ValueShape,
  strides: Strides,
  padding: Padding,
  place: string,
  report: Report,
): ValueShape | undefined {
  const [rows, columns, channels, filters] = kernel as readonly [number, number, number, number];
  if (channels !== image[2]) {
    report(
      'wrong-shape',
      `${place}.weights`,
      `weights for ${channels} channels, the input of ${printValueShape(image)} has ${image[2]}`,
      `${convWeights}; the input is height x width x channels`,
    );
    return undefined;
  }
  const padded = paddedSize(image, padding);
  const [height, width] = outputSize(padded, kernel, strides);
  if (height < 1 || width < 1) {
    report(
      'wrong-shape',
      `${place}.weights`,
      `the kernel of ${rows} x ${columns} is larger than its input, ${padded.join(' x ')} with padding`,
      'choose a smaller kernel, or padding "same"',
    );
    return undefined;
  }
  checkCount([height, width, filters], `${place}`, 'results', report);
  checkCount([...padded, channels], `${place}`, 'inputs with padding', report);
  return [height, width, filters];
}

/** Weights, bias and accumulator. */
function tables(
  layer: DenseDescription | Conv2dDescription,
  place: string,
  shape: ValueShape,
  each: 'output' | 'filter',
  { report, format }: Reading,
): { readonly weights: Table; readonly bias: Table; readonly accumFormat?: Format } {
  const results = shape.at(-1)!;
  const bias = layer.bias ?? Array<number>(results).fill(0);
  if (bias.length !== results) {
    const message = `${bias.length} values, ${results} expected`;
    report('wrong-shape', `${place}.bias`, message, `give one for each ${each}`);
  }
  checkCount(shape, `${place}.weights`, 'weights', report);
  const accumFormat = format(layer.accum_format, `${place}.accum_format`);
  return {
    weights: exactTable(
      {
        shape,
        numbers: numbersOf(layer.weights),
        format: format(layer.weight_format, `${place}.weight_format`),
        what: 'weight',
        place,
        placeOf: (index) => `${place}.weights${positionOf(layer.weights, index)}`,
      },
      report,
    ),
    bias: exactTable(
      {
        shape: [results],
        numbers: bias,
        format: format(layer.bias_format, `${place}.bias_format`),
        what: 'bias',
        place,
        placeOf: (index) => `${place}.bias[${index}]`,
      },
      report,
    ),
    ...(accumFormat === undefined ? {} : { accumFormat }),
  };
}

function checkCount(shape: ValueShape, place: string, what: string, report: Report): void {
  if (valueCount(shape) <= maxValues) return;
  const message = `${printValueShape(shape)} ${what} are more than the ${maxValues} that axoc handles in one layer`;
  report('too-large', place, message, 'a trigger network is far smaller: check the numbers');
}

/** Numbers in lists of lists, all equally deep. */
type Lists = readonly (Lists | number | string)[];

function numbersOf(lists: Lists): (number | string)[] {
  return lists.flatMap((item) => (Array.isArray(item) ? numbersOf(item as Lists) : [item as number | string]));
}

/** Where the number `index`, counted through all lists, stands: `[1][0]`. */
function positionOf(lists: Lists, index: number): string {
  let before = 0;
  for (const [position, item] of lists.entries()) {
    const count = Array.isArray(item) ? numbersOf(item as Lists).length : 1;
    if (index < before + count) {
      return `[${position}]${Array.isArray(item) ? positionOf(item as Lists, index - before) : ''}`;
    }
    before += count;
  }
  return '';
}

/** Lengths of the first list at each depth. */
function shapeOfLists(lists: Lists): number[] {
  const [first] = lists;
  return [lists.length, ...(Array.isArray(first) ? shapeOfLists(first as Lists) : [])];
}

const axes = ['rows', 'columns', 'channels', 'filters'];

/** Reports the first list at each place whose length is not that of the first list as deep as it. */
function checkEven(lists: Lists, shape: readonly number[], place: string, report: Report, depth = 0): void {
  if (lists.length !== shape[depth]) {
    const message = `${lists.length} ${axes[depth]} here, ${shape[depth]} at the beginning of the weights`;
    report('wrong-shape', place, message, `${convWeights}, equally many everywhere`);
    return;
  }
  for (const [index, item] of lists.entries()) {
    if (Array.isArray(item)) checkEven(item as Lists, shape, `${place}[${index}]`, report, depth + 1);
  }
}
