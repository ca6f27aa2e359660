/** What a layer network means, one event at a time in float64, with plain loops: shares no code with the tensor graph. */
import type {
  Activation,
  Conv2d,
  Conv2dTranspose,
  Layer,
  LayerNetwork,
  LayerWeights,
  Merge,
  Reduction,
} from '../../src/network/layers/layers.js';
import { errorFunction } from './error-function.js';

/** Row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Every value of one event by name, as inference computes it. */
export function evaluateLayers(
  network: LayerNetwork,
  weights: LayerWeights,
  inputs: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, Tensor> {
  const known = new Map<string, Tensor>();
  for (const { name, shape } of network.inputs) known.set(name, { shape, values: inputs.get(name)! });
  for (const layer of network.layers) {
    const weight = (part: string): readonly number[] => Array.from(weights.get(`${layer.name}/${part}`)!.values);
    known.set(
      layer.name,
      evaluate(
        layer,
        layer.inputs.map((name) => known.get(name)!),
        weight,
      ),
    );
  }
  return known;
}

type Weight = (part: string) => readonly number[];

function evaluate(layer: Layer, read: readonly Tensor[], weight: Weight): Tensor {
  const [x] = read as [Tensor];
  const channels = x.shape.at(-1)!;
  const each = (f: (value: number, index: number) => number): Tensor => ({ ...x, values: x.values.map(f) });
  switch (layer.kind) {
    case 'dense': {
      const { units, hasBias, activation } = layer;
      const [kernel, bias] = [weight('kernel'), hasBias ? weight('bias') : Array<number>(units).fill(0)];
      const values: number[] = [];
      for (let row = 0; row < x.values.length / channels; row++)
        for (let unit = 0; unit < units; unit++) {
          let total = bias[unit]!;
          for (let i = 0; i < channels; i++) total += x.values[row * channels + i]! * kernel[i * units + unit]!;
          values.push(total);
        }
      return activated({ shape: [...x.shape.slice(0, -1), units], values }, activation);
    }
    case 'conv2d':
      return activated(convolved(layer, x, weight), layer.activation);
    case 'conv2d_transpose':
      return activated(spread(layer, x, weight), layer.activation);
    case 'up_sampling2d': {
      const [height, width] = x.shape as [number, number, number];
      const [down, across] = layer.factors;
      const image = pixelsOf(x);
      const values: number[] = [];
      for (let row = 0; row < height * down; row++)
        for (let column = 0; column < width * across; column++)
          values.push(
            ...(layer.interpolation === 'bilinear'
              ? between(x, (row + 0.5) / down - 0.5, (column + 0.5) / across - 0.5)
              : image(Math.floor(row / down), Math.floor(column / across))),
          );
      return { shape: [height * down, width * across, channels], values };
    }
    case 'zero_padding2d':
    case 'cropping2d': {
      const sign = layer.kind === 'cropping2d' ? -1 : 1;
      const [top, bottom, left, right] = (layer.kind === 'cropping2d' ? layer.cropping : layer.padding).map(
        (n) => sign * n,
      ) as [number, number, number, number];
      const [height, width] = [x.shape[0]! + top + bottom, x.shape[1]! + left + right];
      const image = pixelsOf(x);
      const values: number[] = [];
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) values.push(...image(row - top, column - left));
      return { shape: [height, width, channels], values };
    }
    case 'batch_normalisation': {
      const [mean, variance] = [weight('moving_mean'), weight('moving_variance')];
      const gamma = layer.hasScale ? weight('gamma') : mean.map(() => 1);
      const beta = layer.hasCentre ? weight('beta') : mean.map(() => 0);
      return each((value, index) => {
        const c = index % channels;
        return ((value - mean[c]!) / Math.sqrt(variance[c]! + layer.epsilon)) * gamma[c]! + beta[c]!;
      });
    }
    case 'leaky_relu':
      return each((value) => (value > 0 ? value : value * layer.slope));
    case 'elu':
      return each((value) => (value > 0 ? value : layer.alpha * Math.expm1(value)));
    case 'prelu': {
      const shape = x.shape.map((length, axis) => (layer.sharedAxes.includes(axis) ? 1 : length));
      const alpha = { shape, values: weight('alpha') };
      return made(x.shape, (position) => at(x, position) * (at(x, position) > 0 ? 1 : at(alpha, position)));
    }
    case 'relu':
      return each((value) =>
        value > layer.threshold
          ? Math.min(value, layer.maxValue ?? Number.POSITIVE_INFINITY)
          : layer.slope * (value - layer.threshold),
      );
    case 'reshape':
      return { shape: layer.shape, values: x.values };
    case 'flatten':
      return { shape: [x.values.length], values: x.values };
    case 'concatenate': {
      const outer = x.shape.slice(0, layer.axis).reduce((product, length) => product * length, 1);
      const values: number[] = [];
      for (let row = 0; row < outer; row++)
        for (const { values: part } of read)
          values.push(...part.slice((row * part.length) / outer, ((row + 1) * part.length) / outer));
      const length = read.reduce((sum, { shape }) => sum + shape[layer.axis]!, 0);
      return { shape: x.shape.map((old, axis) => (axis === layer.axis ? length : old)), values };
    }
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'average':
    case 'maximum':
    case 'minimum': {
      const shape = x.shape.map((_, axis) => Math.max(...read.map((other) => other.shape[axis]!)));
      return made(shape, (position) => joins[layer.kind](read.map((other) => at(other, position))));
    }
    case 'permute':
      return made(
        layer.order.map((axis) => x.shape[axis]!),
        (position) =>
          at(
            x,
            x.shape.map((_, axis) => position[layer.order.indexOf(axis)]!),
          ),
      );
    case 'repeat_vector':
      return made([layer.count, channels], (position) => x.values[position[1]!]!);
    case 'rescaling':
      return each((value, index) => {
        const ofElement = (list: readonly number[]): number => list[index % list.length]!;
        return value * ofElement(layer.scale) + ofElement(layer.offset);
      });
    case 'normalisation': {
      const [mean, variance] = [weight('mean'), weight('variance')];
      return each((value, index) => (value - mean[index % channels]!) / Math.sqrt(variance[index % channels]!));
    }
    case 'layer_normalisation': {
      const gamma = layer.hasScale ? weight('gamma') : Array<number>(channels).fill(1);
      const beta = layer.hasCentre ? weight('beta') : Array<number>(channels).fill(0);
      return each((value, index) => {
        const first = index - (index % channels);
        const row = x.values.slice(first, first + channels);
        const variance = mean(row.map((other) => (other - mean(row)) ** 2));
        return (
          ((value - mean(row)) / Math.sqrt(variance + layer.epsilon)) * gamma[index % channels]! +
          beta[index % channels]!
        );
      });
    }
    case 'pooling2d': {
      const [height, width] = x.shape as [number, number];
      const [down, across] = layer.size;
      return made([Math.floor(height / down), Math.floor(width / across), channels], ([row, column, c]) =>
        reductions[layer.reduction](
          indices([down, across]).map(([i, j]) => at(x, [row! * down + i!, column! * across + j!, c!])),
        ),
      );
    }
    case 'global_pooling2d':
      return made([...(layer.keepsAxes ? [1, 1] : []), channels], (position) =>
        reductions[layer.reduction](x.values.filter((_, index) => index % channels === position.at(-1))),
      );
    case 'activation':
      return activated(x, layer.activation);
    case 'dropout':
      return x;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const reductions: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  average: mean,
  max: (values) => Math.max(...values),
};

const joins: Readonly<Record<Merge['kind'], (values: readonly number[]) => number>> = {
  add: (values) => values.reduce((sum, value) => sum + value, 0),
  subtract: ([left, right]) => left! - right!,
  multiply: (values) => values.reduce((product, value) => product * value, 1),
  average: mean,
  maximum: (values) => Math.max(...values),
  minimum: (values) => Math.min(...values),
};

function made(shape: readonly number[], value: (position: readonly number[]) => number): Tensor {
  return { shape, values: indices(shape).map(value) };
}

/** The element at a position; along an axis of length 1 there is only one. */
function at({ shape, values }: Tensor, position: readonly number[]): number {
  return values[shape.reduce((total, length, axis) => total * length + (length === 1 ? 0 : position[axis]!), 0)]!;
}

function indices(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (prefixes, length) => prefixes.flatMap((prefix) => Array.from({ length }, (_, index) => [...prefix, index])),
    [[]],
  );
}

function pixelsOf({ shape, values }: Tensor): (row: number, column: number) => readonly number[] {
  const [height, width, channels] = shape as [number, number, number];
  return (row, column) => {
    if (row < 0 || row >= height || column < 0 || column >= width) return Array<number>(channels).fill(0);
    const start = (row * width + column) * channels;
    return values.slice(start, start + channels);
  };
}

/** The image at a place between the middles of its pixels. */
function between(image: Tensor, row: number, column: number): readonly number[] {
  const [height, width] = image.shape as [number, number];
  const clamped = (at: number, length: number): number => Math.min(Math.max(at, 0), length - 1);
  const [down, across] = [clamped(row, height), clamped(column, width)];
  const [top, left] = [Math.floor(down), Math.floor(across)];
  const corner = (i: number, j: number): readonly number[] =>
    pixelsOf(image)(clamped(top + i, height), clamped(left + j, width));
  const mix = (a: readonly number[], b: readonly number[], share: number): readonly number[] =>
    a.map((value, index) => value * (1 - share) + b[index]! * share);
  const [above, below] = [0, 1].map((i) => mix(corner(i, 0), corner(i, 1), across - left)) as [number[], number[]];
  return mix(above, below, down - top);
}

/** Output length along an axis, and the zeros before. */
function same(length: number, kernel: number, stride: number): [number, number] {
  const outputs = Math.ceil(length / stride);
  return [outputs, Math.floor(Math.max((outputs - 1) * stride + kernel - length, 0) / 2)];
}

/** Rows and columns between the elements of a kernel, and those that it spans. */
function spanOf({ kernelSize, dilation = [1, 1] }: Conv2d | Conv2dTranspose) {
  const along = (axis: 0 | 1): number => kernelSize[axis] + (kernelSize[axis] - 1) * (dilation[axis] - 1);
  return { dilation, span: [along(0), along(1)] as const };
}

function convolved(layer: Conv2d, x: Tensor, weight: Weight): Tensor {
  const { kernelSize, strides, padding, filters, hasBias } = layer;
  const { dilation, span } = spanOf(layer);
  const [height, width, channels] = x.shape as [number, number, number];
  const along = (length: number, axis: 0 | 1): [number, number] =>
    padding === 'same'
      ? same(length, span[axis], strides[axis])
      : [Math.ceil((length - span[axis] + 1) / strides[axis]), 0];
  const [[rows, top], [columns, left]] = [along(height, 0), along(width, 1)];
  const [kernel, image] = [weight('kernel'), pixelsOf(x)];
  const values: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let filter = 0; filter < filters; filter++) {
        let total = hasBias ? weight('bias')[filter]! : 0;
        for (let i = 0; i < kernelSize[0]; i++)
          for (let j = 0; j < kernelSize[1]; j++) {
            const pixel = image(row * strides[0] - top + i * dilation[0], column * strides[1] - left + j * dilation[1]);
            for (let c = 0; c < channels; c++)
              total += pixel[c]! * kernel[((i * kernelSize[1] + j) * channels + c) * filters + filter]!;
          }
        values.push(total);
      }
  return { shape: [rows, columns, filters], values };
}

/** Every pixel adds its multiple of the kernel to the result; what falls outside is cut off. */
function spread(layer: Conv2dTranspose, x: Tensor, weight: Weight): Tensor {
  const { kernelSize, strides, padding, outputPadding, filters, hasBias } = layer;
  const { dilation, span } = spanOf(layer);
  const [height, width, channels] = x.shape as [number, number, number];
  const along = (length: number, axis: 0 | 1): [number, number] => {
    const [stride, kernel] = [strides[axis], span[axis]];
    if (outputPadding !== undefined) {
      const cut = padding === 'same' ? 2 * Math.floor(kernel / 2) : 0;
      const result = (length - 1) * stride + kernel - cut + outputPadding[axis];
      return [result, padding === 'same' ? same(result, kernel, stride)[1] : 0];
    }
    return padding === 'same'
      ? [length * stride, same(length * stride, kernel, stride)[1]]
      : [length * stride + Math.max(kernel - stride, 0), 0];
  };
  const [[rows, top], [columns, left]] = [along(height, 0), along(width, 1)];
  const [kernel, image] = [weight('kernel'), pixelsOf(x)];
  const values = Array<number>(rows * columns * filters).fill(0);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let i = 0; i < kernelSize[0]; i++)
        for (let j = 0; j < kernelSize[1]; j++) {
          const [down, across] = [
            row * strides[0] + i * dilation[0] - top,
            column * strides[1] + j * dilation[1] - left,
          ];
          if (down < 0 || down >= rows || across < 0 || across >= columns) continue;
          for (let filter = 0; filter < filters; filter++)
            for (let c = 0; c < channels; c++)
              values[(down * columns + across) * filters + filter]! +=
                image(row, column)[c]! * kernel[((i * kernelSize[1] + j) * filters + filter) * channels + c]!;
        }
  const bias = hasBias ? weight('bias') : undefined;
  return {
    shape: [rows, columns, filters],
    values: values.map((value, index) => value + (bias?.[index % filters] ?? 0)),
  };
}

function activated(x: Tensor, activation: Activation): Tensor {
  if (activation === 'log_softmax') {
    const shares = activated(x, 'softmax');
    return { ...shares, values: shares.values.map(Math.log) };
  }
  if (activation !== 'softmax') return { ...x, values: x.values.map(functions[activation]) };
  const length = x.shape.at(-1)!;
  const powers = x.values.map(Math.exp);
  const total = (index: number): number => {
    const first = index - (index % length);
    return powers.slice(first, first + length).reduce((sum, power) => sum + power, 0);
  };
  return { ...x, values: powers.map((power, index) => power / total(index)) };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const softplus = (x: number): number => (x > 30 ? x : Math.log1p(Math.exp(x)));

const functions: Readonly<Record<Exclude<Activation, 'softmax' | 'log_softmax'>, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  exponential: Math.exp,
  sigmoid,
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x * sigmoid(x),
  gelu: (x) => (x / 2) * (1 + errorFunction(x / Math.SQRT2)),
  mish: (x) => x * Math.tanh(softplus(x)),
  hard_sigmoid: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  hard_sigmoid_keras2: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  hard_silu: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  hard_tanh: (x) => Math.max(-1, Math.min(1, x)),
  log_sigmoid: (x) => -softplus(-x),
  tanh_shrink: (x) => x - Math.tanh(x),
  soft_shrink: (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0),
  hard_shrink: (x) => (Math.abs(x) > 0.5 ? x : 0),
  squareplus: (x) => (x + Math.sqrt(x * x + 4)) / 2,
  sparse_plus: (x) => (x <= -1 ? 0 : x < 1 ? ((x + 1) * (x + 1)) / 4 : x),
  sparse_sigmoid: (x) => (x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1),
};
