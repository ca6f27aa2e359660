/** From a layer network to nodes of the tensor graph, for training and for inference. */
import { internalError } from '../../base/diagnostic.js';
import { normalQuantile } from '../../base/normal-quantile.js';
import { convolutionPadding, kernelReach, transposePadding } from '../../network/layers/convolution-shapes.js';
import type {
  BatchNormalisation,
  Conv2d,
  Conv2dTranspose,
  Dense,
  Dropout,
  Layer,
  LayerNetwork,
  LayerNormalisation,
} from '../../network/layers/layers.js';
import { layerShapes } from '../../network/layers/shapes.js';
import { type WeightPart, weightName } from '../../network/layers/weights.js';
import { type ValueShape, valueCount } from '../../network/shape.js';
import type { DType, Node } from '../../tensor/graph.js';
import {
  add,
  broadcast,
  concat,
  constant,
  conv2d,
  conv2dInputGradient,
  divide,
  less,
  matmul,
  maximum,
  mean,
  multiply,
  pad,
  reshape,
  slice,
  sqrt,
  square,
  subtract,
  transpose,
  upsample,
} from '../../tensor/ops.js';
import { activate, elu, leaky, relu } from './activate.js';
import { bilinear } from './bilinear.js';
import { merged } from './merge.js';
import { normalise } from './normalise.js';
import { noiseName } from './parameters.js';
import { blocksOf, reduced } from './pool.js';

/** A `normalisation` divides by nothing smaller, as in Keras. */
const leastDeviation = 1e-7;

export interface ExpandOptions {
  /** Batch normalisation takes the statistics of the batch, and dropout drops: it needs the inputs of `noiseInputsOf`. */
  readonly isTraining: boolean;
  /** Stands before the name of every weight, update and noise input, not of other inputs and outputs. */
  readonly scope?: string;
}

export interface Expanded {
  /** The network's outputs by name, in their order: [batch, ...shape]. */
  readonly outputs: ReadonlyMap<string, Node>;
  /** New moving statistics by weight; empty for inference. */
  readonly updates: ReadonlyMap<string, Node>;
}

/**
 * @param values a node for every weight, `scope` + `layer/part`
 * @param inputs a node [batch, ...shape] for every input of the network, by name; in training for every noise input too
 * @throws AxocError (user) when the layers do not go together
 */
export function expandLayers(
  network: LayerNetwork,
  values: ReadonlyMap<string, Node>,
  inputs: ReadonlyMap<string, Node>,
  { isTraining, scope = '' }: ExpandOptions,
): Expanded {
  const shapes = layerShapes(network, network.name);
  const context = new Context(values, inputs, scope, isTraining);
  const nodes = new Map(network.inputs.map(({ name }) => [name, context.input(name)]));
  for (const layer of network.layers) {
    const read = layer.inputs.map((name) => nodes.get(name)!);
    nodes.set(layer.name, expandLayer(layer, read, shapes.get(layer.name)!, context));
  }
  return { outputs: new Map(network.outputs.map((name) => [name, nodes.get(name)!])), updates: context.updates };
}

class Context {
  readonly updates = new Map<string, Node>();

  constructor(
    private readonly values: ReadonlyMap<string, Node>,
    private readonly inputs: ReadonlyMap<string, Node>,
    private readonly scope: string,
    readonly isTraining: boolean,
  ) {}

  input(name: string): Node {
    return found(this.inputs, name);
  }

  noise(layer: Dropout): Node {
    return found(this.inputs, this.scope + noiseName(layer));
  }

  weight({ name }: Layer, part: WeightPart): Node {
    return found(this.values, this.scope + weightName(name, part));
  }

  update({ name }: Layer, part: WeightPart, value: Node): void {
    this.updates.set(this.scope + weightName(name, part), value);
  }
}

function found(nodes: ReadonlyMap<string, Node>, name: string): Node {
  const node = nodes.get(name);
  if (node === undefined) throw internalError('layer network', `there is no node for ${name}`);
  return node;
}

/** @param shape of one event after the layer */
function expandLayer(layer: Layer, read: readonly Node[], shape: ValueShape, context: Context): Node {
  const [x] = read as readonly [Node];
  const batch = x.shape[0]!;
  switch (layer.kind) {
    case 'dense':
      return activate(withBias(layer, denseSums(layer, x, context), context), layer.activation);
    case 'conv2d': {
      const window = { strides: layer.strides, padding: convolutionPadding(layer, x.shape.slice(1)) };
      return activate(withBias(layer, conv2d(x, kernelOf(layer, context), window), context), layer.activation);
    }
    case 'conv2d_transpose': {
      const window = { strides: layer.strides, padding: transposePadding(layer, shape) };
      const sums = conv2dInputGradient(x, kernelOf(layer, context), window, [batch, ...shape]);
      return activate(withBias(layer, sums, context), layer.activation);
    }
    case 'up_sampling2d':
      return layer.interpolation === 'bilinear' ? bilinear(x, layer.factors) : upsample(x, layer.factors);
    case 'zero_padding2d': {
      const [top, bottom, left, right] = layer.padding;
      return pad(x, [0, top, left, 0], [0, bottom, right, 0]);
    }
    case 'cropping2d': {
      const [top, , left] = layer.cropping;
      const [rows, columns, channels] = shape as readonly [number, number, number];
      return slice(x, [0, top, left, 0], [batch, top + rows, left + columns, channels]);
    }
    case 'batch_normalisation':
      return normalised(layer, x, context);
    case 'leaky_relu':
      return leaky(x, layer.slope);
    case 'elu':
      return elu(x, layer.alpha);
    case 'prelu':
      return leaky(x, context.weight(layer, 'alpha'));
    case 'relu':
      return relu(x, layer);
    case 'reshape':
    case 'flatten':
      return reshape(x, [batch, ...shape]);
    case 'concatenate':
      return read.length === 1 ? x : concat(read, layer.axis + 1);
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'average':
    case 'maximum':
    case 'minimum':
      return merged(layer.kind, read);
    case 'permute':
      return transpose(x, [0, ...layer.order.map((axis) => axis + 1)]);
    case 'repeat_vector':
      return broadcast(reshape(x, [batch, 1, x.shape[1]!]), [batch, ...shape]);
    case 'rescaling':
      return add(multiply(x, vectorOf(layer.scale, x.dtype)), vectorOf(layer.offset, x.dtype));
    case 'normalisation': {
      const deviation = maximum(sqrt(context.weight(layer, 'variance')), leastDeviation);
      return divide(subtract(x, context.weight(layer, 'mean')), deviation);
    }
    case 'layer_normalisation':
      return layerNormalised(layer, x, context);
    case 'pooling2d':
      return reduced(layer.reduction, blocksOf(x, layer.size), [3]);
    case 'global_pooling2d':
      return reduced(layer.reduction, x, [1, 2], layer.keepsAxes);
    case 'activation':
      return activate(x, layer.activation);
    case 'dropout':
      return context.isTraining && layer.rate > 0 ? dropped(layer, x, context) : x;
  }
}

function denseSums(layer: Dense, x: Node, context: Context): Node {
  const read = x.shape.at(-1)!;
  const product = matmul(reshape(x, [valueCount(x.shape) / read, read]), context.weight(layer, 'kernel'));
  return reshape(product, x.shape.with(-1, layer.units));
}

/** A dilated kernel is a larger one with zeros between its elements. */
function kernelOf(layer: Conv2d | Conv2dTranspose, context: Context): Node {
  const kernel = context.weight(layer, 'kernel');
  const [down, across] = layer.dilation ?? [1, 1];
  if (down === 1 && across === 1) return kernel;
  const [height, width, ...channels] = kernel.shape as [number, number, number, number];
  const apart = reshape(kernel, [height, 1, width, 1, valueCount(channels)]);
  const spread = pad(apart, [0, 0, 0, 0, 0], [0, down - 1, 0, across - 1, 0]);
  const reach = kernelReach(layer);
  return slice(reshape(spread, [height * down, width * across, ...channels]), [0, 0, 0, 0], [...reach, ...channels]);
}

function withBias(layer: Dense | Conv2d | Conv2dTranspose, sums: Node, context: Context): Node {
  return layer.hasBias ? add(sums, context.weight(layer, 'bias')) : sums;
}

function normalised(layer: BatchNormalisation, x: Node, context: Context): Node {
  const { y, moving } = normalise(x, {
    isTraining: context.isTraining,
    momentum: layer.momentum,
    epsilon: layer.epsilon,
    movingMean: context.weight(layer, 'moving_mean'),
    movingVariance: context.weight(layer, 'moving_variance'),
    ...(layer.hasScale ? { gamma: context.weight(layer, 'gamma') } : {}),
    ...(layer.hasCentre ? { beta: context.weight(layer, 'beta') } : {}),
  });
  if (moving !== undefined) {
    context.update(layer, 'moving_mean', moving.mean);
    context.update(layer, 'moving_variance', moving.variance);
  }
  return y;
}

function layerNormalised(layer: LayerNormalisation, x: Node, context: Context): Node {
  const axis = [x.shape.length - 1];
  const centred = subtract(x, mean(x, axis, true));
  const y = divide(centred, sqrt(add(mean(square(centred), axis, true), layer.epsilon)));
  const scaled = layer.hasScale ? multiply(y, context.weight(layer, 'gamma')) : y;
  return layer.hasCentre ? add(scaled, context.weight(layer, 'beta')) : scaled;
}

function vectorOf(numbers: readonly number[], dtype: DType): Node {
  return constant(numbers, [numbers.length], dtype);
}

/** A deviate is below the quantile of 1 - rate with just that probability. */
function dropped(layer: Dropout, x: Node, context: Context): Node {
  const isKept = less(context.noise(layer), normalQuantile(1 - layer.rate));
  return multiply(x, multiply(isKept, 1 / (1 - layer.rate)));
}
