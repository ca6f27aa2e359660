/** Convolutions, plain and transposed: the zeros around an image and the shape of the result, as TensorFlow has them. */
import {
  isSameShape,
  outputSize,
  type Padding,
  paddedSize,
  printValueShape,
  samePadding,
  type ValueShape,
} from '../shape.js';
import { bad, checkSides, checkWhole, type Image } from './layer-checks.js';
import type { Conv2d, Conv2dTranspose } from './layers.js';

/** The zeros around the image that a convolution reads. */
export function convolutionPadding(layer: Conv2d, image: ValueShape): Padding {
  return layer.padding === 'valid' ? [0, 0, 0, 0] : samePadding(image, kernelReach(layer), layer.strides);
}

/** Rows and columns of the image that a kernel spans. */
export function kernelReach({ kernelSize, dilation = [1, 1] }: Conv2d | Conv2dTranspose): readonly [number, number] {
  const along = (axis: 0 | 1): number => (kernelSize[axis] - 1) * dilation[axis] + 1;
  return [along(0), along(1)];
}

/** The zeros around the *result* of a transposed convolution: those of the convolution of which it is the gradient. */
export function transposePadding(layer: Conv2dTranspose, result: ValueShape): Padding {
  return layer.padding === 'valid' ? [0, 0, 0, 0] : samePadding(result, kernelReach(layer), layer.strides);
}

/** @throws AxocError (user) where the layer cannot read the image */
export function convolved(layer: Conv2d, image: Image, place: string): ValueShape {
  checkConvolution(layer, place);
  const size = outputSize(paddedSize(image, convolutionPadding(layer, image)), kernelReach(layer), layer.strides);
  if (size[0] < 1 || size[1] < 1)
    throw bad(place, `a kernel of ${printValueShape(kernelReach(layer))} does not fit in ${printValueShape(image)}`);
  return [...size, layer.filters];
}

/** @throws AxocError (user) where the layer cannot read the image */
export function transposeConvolved(layer: Conv2dTranspose, image: Image, place: string): ValueShape {
  checkConvolution(layer, place);
  const { padding, strides, filters, outputPadding } = layer;
  const reach = kernelReach(layer);
  const along = (axis: 0 | 1): number => {
    const walked = (image[axis] - 1) * strides[axis] + reach[axis];
    const edges = padding === 'valid' ? 0 : 2 * Math.floor(reach[axis] / 2);
    if (outputPadding !== undefined) return walked - edges + outputPadding[axis];
    return padding === 'valid' ? Math.max(walked, image[axis] * strides[axis]) : image[axis] * strides[axis];
  };
  const result = [along(0), along(1), filters] as const;
  const read = outputSize(paddedSize(result, transposePadding(layer, result)), reach, strides);
  if (!isSameShape(read, image.slice(0, 2)))
    throw bad(
      place,
      `an output padding of ${printValueShape(outputPadding ?? [])} makes an image of ${printValueShape(result)}, of which no such convolution makes ${printValueShape(image.slice(0, 2))}`,
      'choose one from 0 to less than the strides',
    );
  return result;
}

function checkConvolution(layer: Conv2d | Conv2dTranspose, place: string): void {
  const { filters, kernelSize, strides, dilation = [1, 1] } = layer;
  checkWhole(dilation, 'dilation', place);
  if (layer.kind === 'conv2d_transpose' && layer.outputPadding !== undefined) checkSides(layer.outputPadding, place);
  checkWhole([filters], 'filters', place);
  checkWhole(kernelSize, 'kernel size', place);
  checkWhole(strides, 'strides', place);
}
