/** Shapes in a layer network, and every reason why its layers do not go together. */
import { Problems, userError } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import { isSameShape, paddedSize, printValueShape, type ValueShape, valueCount } from '../shape.js';
import { convolved, transposeConvolved } from './convolution-shapes.js';
import { bad, checkAxis, checkEpsilon, checkSides, checkWhole, imageShape } from './layer-checks.js';
import { type Concatenate, type Layer, type LayerNetwork, type Merge, mergeKinds } from './layers.js';

/** Values of one layer for one event, at most: 256 MB in float32 for a single event is a mistake, not a network. */
const maxLayerValues = 2 ** 26;

/**
 * The shape of one event after every layer, and of every input, by name.
 * @param place where the network stands, for messages
 * @throws AxocError (user) with every problem: names, shapes, numbers that no layer can have
 */
export function layerShapes(network: LayerNetwork, place: string): ReadonlyMap<string, ValueShape> {
  const problems = new Problems();
  const shapes = new Map<string, ValueShape | undefined>();
  const where = (name: string): string => `${place}: ${name}`;
  const declare = (name: string, shape: ValueShape | undefined): void => {
    if (shapes.has(name))
      problems.add(
        'name-used-twice',
        where(name),
        'two layers or inputs have this name',
        'give each a name of its own',
      );
    else shapes.set(name, shape);
  };
  for (const { name, shape } of network.inputs)
    declare(
      name,
      problems.attempt(() => checkedShape(shape, where(name))),
    );
  for (const layer of network.layers) {
    const read = layer.inputs.map((source) => {
      if (!shapes.has(source))
        problems.add('unknown-layer', where(layer.name), notEarlier(source), suggest(source, [...shapes.keys()]));
      return shapes.get(source);
    });
    const known = read.filter((shape) => shape !== undefined);
    declare(
      layer.name,
      problems.attempt(() => (known.length < read.length ? undefined : resultShape(layer, known, where(layer.name)))),
    );
  }
  for (const output of network.outputs)
    if (!shapes.has(output))
      problems.add('unknown-layer', place, `the output "${output}" is no layer`, suggest(output, [...shapes.keys()]));
  if (network.outputs.length === 0) problems.add('bad-layer', place, 'there is no output', 'name a layer as output');
  problems.throwIfAny();
  return shapes as ReadonlyMap<string, ValueShape>;
}

function notEarlier(source: string): string {
  return `it reads "${source}", which is no input and no earlier layer`;
}

/**
 * The shape of one event after a layer that reads these.
 * @throws AxocError (user) when it cannot read them
 */
export function resultShape(layer: Layer, read: readonly ValueShape[], place: string): ValueShape {
  const isJoin = layer.kind === 'concatenate' || (mergeKinds as readonly string[]).includes(layer.kind);
  const [shape] = read;
  if (shape === undefined || (!isJoin && read.length > 1))
    throw bad(place, `it reads ${read.length} values, where ${isJoin ? 'one or more are' : 'one is'} needed`);
  return checkedShape(shapeAfter(layer, shape, read, place), place);
}

function shapeAfter(layer: Layer, shape: ValueShape, read: readonly ValueShape[], place: string): ValueShape {
  switch (layer.kind) {
    case 'dense':
      checkWhole([layer.units], 'units', place);
      if (shape.length === 0) throw bad(place, 'it reads a single number without an axis', 'reshape it to one value');
      return shape.with(-1, layer.units);
    case 'conv2d':
      return convolved(layer, imageShape(shape, place), place);
    case 'conv2d_transpose':
      return transposeConvolved(layer, imageShape(shape, place), place);
    case 'up_sampling2d': {
      checkWhole(layer.factors, 'factors', place);
      const [height, width, channels] = imageShape(shape, place);
      return [height * layer.factors[0], width * layer.factors[1], channels];
    }
    case 'zero_padding2d': {
      checkSides(layer.padding, place);
      const image = imageShape(shape, place);
      return [...paddedSize(image, layer.padding), image[2]];
    }
    case 'cropping2d': {
      checkSides(layer.cropping, place);
      const [height, width, channels] = imageShape(shape, place);
      const [top, bottom, left, right] = layer.cropping;
      if (top + bottom >= height || left + right >= width)
        throw bad(place, `cutting ${layer.cropping.join(', ')} off ${printValueShape(shape)} leaves nothing`);
      return [height - top - bottom, width - left - right, channels];
    }
    case 'reshape':
      if (valueCount(layer.shape) !== valueCount(shape))
        throw bad(
          place,
          `${printValueShape(shape)} has ${valueCount(shape)} values, the shape ${printValueShape(layer.shape)} has ${valueCount(layer.shape)}`,
        );
      return layer.shape;
    case 'flatten':
      return [valueCount(shape)];
    case 'concatenate':
      return concatenated(layer, read, place);
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'average':
    case 'maximum':
    case 'minimum':
      return merged(layer, read, place);
    case 'permute':
      if (
        !isSameShape(
          layer.order.toSorted((a, b) => a - b),
          [...shape.keys()],
        )
      )
        throw bad(place, `${layer.order.join(', ')} is no order of the axes of ${printValueShape(shape)}`);
      return layer.order.map((axis) => shape[axis]!);
    case 'repeat_vector':
      checkWhole([layer.count], 'a count', place);
      if (shape.length !== 1)
        throw bad(place, `it reads a vector, not ${printValueShape(shape)}`, 'put a flatten before it');
      return [layer.count, ...shape];
    case 'rescaling':
      for (const { length } of [layer.scale, layer.offset])
        if (length !== 1 && length !== shape.at(-1))
          throw bad(place, `it has ${length} scales or offsets for values of ${printValueShape(shape)}`);
      return shape;
    case 'pooling2d': {
      checkWhole(layer.size, 'a size', place);
      const [height, width, channels] = imageShape(shape, place);
      const [rows, columns] = [Math.floor(height / layer.size[0]), Math.floor(width / layer.size[1])];
      if (rows < 1 || columns < 1)
        throw bad(place, `a block of ${printValueShape(layer.size)} does not fit in ${printValueShape(shape)}`);
      return [rows, columns, channels];
    }
    case 'global_pooling2d': {
      const [, , channels] = imageShape(shape, place);
      return layer.keepsAxes ? [1, 1, channels] : [channels];
    }
    case 'normalisation':
      return shape;
    case 'layer_normalisation':
      checkEpsilon(layer.epsilon, place);
      return shape;
    case 'dropout':
      if (!(layer.rate >= 0 && layer.rate < 1)) throw bad(place, `a rate of ${layer.rate}`, 'choose 0 <= rate < 1');
      return shape;
    case 'batch_normalisation':
      checkEpsilon(layer.epsilon, place);
      if (!(layer.momentum >= 0 && layer.momentum <= 1))
        throw bad(place, `a momentum of ${layer.momentum}`, 'choose 0.99');
      return shape;
    case 'relu':
    case 'leaky_relu':
      if (!Number.isFinite(layer.slope)) throw bad(place, `a slope of ${layer.slope}`, 'choose a number: 0.1');
      return shape;
    case 'elu':
      if (!Number.isFinite(layer.alpha)) throw bad(place, `an alpha of ${layer.alpha}`, 'choose a number: 1');
      return shape;
    case 'prelu':
      for (const axis of layer.sharedAxes) checkAxis(axis, shape, place);
      return shape;
    case 'activation':
      return shape;
  }
}

function concatenated({ axis }: Concatenate, read: readonly ValueShape[], place: string): ValueShape {
  const [first] = read as [ValueShape, ...ValueShape[]];
  checkAxis(axis, first, place);
  for (const shape of read)
    if (shape.length !== first.length || !isSameShape(shape.with(axis, 0), first.with(axis, 0)))
      throw bad(place, `${printValueShape(first)} and ${printValueShape(shape)} do not join along axis ${axis}`);
  return first.with(
    axis,
    read.reduce((length, shape) => length + shape[axis]!, 0),
  );
}

function merged({ kind }: Merge, read: readonly ValueShape[], place: string): ValueShape {
  if (kind === 'subtract' && read.length !== 2)
    throw bad(place, `it reads ${read.length} values, where two are needed`);
  return read.reduce((all, shape) => {
    if (
      shape.length !== all.length ||
      shape.some((length, axis) => length !== all[axis] && length !== 1 && all[axis] !== 1)
    )
      throw bad(place, `${printValueShape(all)} and ${printValueShape(shape)} do not go together element by element`);
    return all.map((length, axis) => Math.max(length, shape[axis]!));
  });
}

function checkedShape(shape: ValueShape, place: string): ValueShape {
  checkWhole(shape, 'a shape', place);
  if (valueCount(shape) > maxLayerValues)
    throw userError(
      'too-large',
      place,
      `${printValueShape(shape)} values for one event; at most 2^26 are possible`,
      'make the layer smaller',
    );
  return shape;
}
