/** The sums of products of a weighted stage: a matrix product or a convolution, in float32 or exactly in float64. */
import type { Conv2dStage, WeightedStage } from '../../network/architecture.js';
import { paddedSize } from '../../network/shape.js';
import type { DType, Node } from '../../tensor/graph.js';
import { concat, conv2d, convert, matmul, pad, reshape, slice, surrogate } from '../../tensor/ops.js';

/**
 * @param x [batch, ...]; read in the stage's input shape
 * @param dtype in which the sums are computed; a gradient is computed in float32 in any case
 * @returns [batch, ...output shape], of `dtype`
 */
export function contraction(stage: WeightedStage, x: Node, kernel: Node, dtype: DType): Node {
  const single = sums(stage, convert(x, 'float32'), convert(kernel, 'float32'));
  if (dtype === 'float32') return single;
  return surrogate(sums(stage, convert(x, 'float64'), convert(kernel, 'float64')), convert(single, 'float64'));
}

function sums(stage: WeightedStage, x: Node, kernel: Node): Node {
  const batch = x.shape[0]!;
  if (stage.kind === 'dense') return matmul(reshape(x, [batch, stage.kernelShape[0]!]), kernel);
  const image = reshape(x, [batch, ...stage.inputShape]);
  if (x.dtype === 'float32') return conv2d(image, kernel, { strides: stage.strides, padding: stage.padding });
  return convolutionAsProduct(stage, image, kernel);
}

/** ONNX Runtime has no convolution in float64: every patch becomes a row of a matrix. */
function convolutionAsProduct(stage: Conv2dStage, image: Node, kernel: Node): Node {
  const batch = image.shape[0]!;
  const [rows, columns, channels, filters] = stage.kernelShape as readonly [number, number, number, number];
  const [height, width] = stage.outputShape as readonly [number, number, number];
  const padded = paddedForSteps(stage, image);
  const patches: Node[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const pixels = everyStep(padded, [row, column], [height, width], stage.strides);
      patches.push(reshape(pixels, [batch * height * width, channels]));
    }
  const product = matmul(concat(patches, 1), reshape(kernel, [rows * columns * channels, filters]));
  return reshape(product, [batch, height, width, filters]);
}

/** Zeros around, and so many after that every position of the kernel has a whole last stride. */
function paddedForSteps({ kernelShape, outputShape, strides, padding, inputShape }: Conv2dStage, image: Node): Node {
  const [top, bottom, left, right] = padding;
  const size = paddedSize(inputShape, padding);
  const beyond = ([0, 1] as const).map((axis) =>
    Math.max(0, kernelShape[axis]! - 1 + outputShape[axis]! * strides[axis] - size[axis]),
  ) as [number, number];
  const after = [0, bottom + beyond[0], right + beyond[1], 0];
  const isPadded = [top, left, ...after].some((zeros) => zeros > 0);
  return isPadded ? pad(image, [0, top, left, 0], after) : image;
}

/** The pixels that one element of the kernel meets: `count` of them along each axis, `strides` apart. */
function everyStep(
  image: Node,
  [row, column]: readonly [number, number],
  [height, width]: readonly [number, number],
  [down, across]: readonly [number, number],
): Node {
  const [batch, , , channels] = image.shape as readonly [number, number, number, number];
  const to = [batch, row + height * down, column + width * across, channels];
  const window = slice(image, [0, row, column, 0], to);
  if (down === 1 && across === 1) return window;
  const steps = reshape(window, [batch, height, down, width, across, channels]);
  return slice(steps, [0, 0, 0, 0, 0, 0], [batch, height, 1, width, 1, channels]);
}
