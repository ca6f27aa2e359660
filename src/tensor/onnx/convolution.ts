/** Convolutions and their gradients as ONNX operators, channels first inside. */
import { int, ints } from '../../onnx/model.js';
import type { Conv2d, Conv2dInputGradient, Conv2dKernelGradient, Node, Shape, Window } from '../graph.js';
import type { OnnxBody } from './body.js';

/** [batch, height, width, channels] to [batch, channels, height, width]. */
export const toFirst: readonly number[] = [0, 3, 1, 2];
/** The way back; also where each axis of a value with channels last lies when channels are first. */
export const toLast: readonly number[] = [0, 2, 3, 1];

/** [height, width, channels, filters] to [filters, channels, height, width]: what Conv and ConvTranspose both want. */
const kernelOrder = [3, 2, 0, 1];

/**
 * @param kernel by its name, and as a node for what it holds
 * @returns a kernel as the operators want it: moved here where it is constant
 */
export function operatorKernel(kernel: Node, name: string, body: OnnxBody): string {
  if (kernel.kind !== 'constant') return body.emit('Transpose', [name], { perm: ints(kernelOrder) });
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const places = height * width;
  const values = Array.from({ length: kernel.values.length }, (_, index) => {
    const place = index % places;
    const channel = Math.floor(index / places) % channels;
    const filter = Math.floor(index / (places * channels));
    return kernel.values[(place * channels + channel) * filters + filter]!;
  });
  return body.constant(values, [filters, channels, height, width], kernel.dtype);
}

/**
 * @param weights as `operatorKernel` gives them
 * @param bias a vector with a number for each filter, where there is one
 * @returns the result, channels first
 */
export function convolution(
  node: Conv2d,
  operand: string,
  weights: string,
  body: OnnxBody,
  bias: readonly string[] = [],
): string {
  return body.emit('Conv', [operand, weights, ...bias], {
    kernel_shape: ints(node.kernel.shape.slice(0, 2)),
    strides: ints(node.window.strides),
    pads: ints(padsOf(node.window)),
  });
}

/** @returns the result, channels first; weights and bias as for `convolution` */
export function inputGradient(
  node: Conv2dInputGradient,
  gradient: string,
  weights: string,
  body: OnnxBody,
  bias: readonly string[] = [],
): string {
  return body.emit('ConvTranspose', [gradient, weights, ...bias], {
    kernel_shape: ints(node.kernel.shape.slice(0, 2)),
    strides: ints(node.window.strides),
    pads: ints(padsOf(node.window)),
    output_padding: ints(leftOver(node.shape, node.kernel.shape, node.window)),
  });
}

/** Below this many channels one product of everything the window sees beats a product for each element of the window. */
const fewChannels = 8;

/**
 * Matrix products with channels last: what one element of the window sees of the operand, with the gradient. Measured at batch 128 about twice as
 * fast as a convolution of the operand with the gradient as kernel.
 * @param operand channels last
 * @param gradient channels last
 * @returns the result as the node has it
 */
export function kernelGradient(node: Conv2dKernelGradient, operand: string, gradient: string, body: OnnxBody): string {
  const [batch, rows, columns, filters] = node.gradient.shape as [number, number, number, number];
  const [height, width, channels] = node.shape as [number, number, number, number];
  const { strides, padding } = node.window;
  const [top, bottom, left, right] = padding;
  const padded = padding.some((length) => length > 0)
    ? body.emit('Pad', [operand, body.int64([0, top, left, 0, 0, bottom, right, 0])])
    : operand;
  const seen = Array.from({ length: height * width }, (_, index) => {
    const [y, x] = [Math.floor(index / width), index % width];
    const end = [y + (rows - 1) * strides[0] + 1, x + (columns - 1) * strides[1] + 1];
    const bounds = [[y, x], end, [1, 2], strides].map((values) => body.int64(values));
    return body.reshape(body.emit('Slice', [padded, ...bounds]), [batch * rows * columns, channels]);
  });
  const flat = body.reshape(gradient, [batch * rows * columns, filters]);
  const product = (part: string): string => body.emit('Gemm', [part, flat], { transA: int(1) });
  const joined =
    channels < fewChannels
      ? product(body.emit('Concat', seen, { axis: int(1) }))
      : body.emit('Concat', seen.map(product), { axis: int(0) });
  return body.reshape(joined, node.shape);
}

function padsOf({ padding: [top, bottom, left, right] }: Window): readonly number[] {
  return [top, left, bottom, right];
}

/** Rows and columns at the end that the window does not reach, because strides do not divide. */
function leftOver(operand: Shape, kernel: Shape, { strides, padding }: Window): readonly [number, number] {
  const [top, bottom, left, right] = padding;
  return [
    (operand[1]! + top + bottom - kernel[0]!) % strides[0],
    (operand[2]! + left + right - kernel[1]!) % strides[1],
  ];
}
