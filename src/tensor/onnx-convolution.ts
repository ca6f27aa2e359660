/** Convolutions and their gradients as ONNX operators, channels first inside. */
import { ints } from '../onnx/model.js';
import type { Conv2d, Conv2dInputGradient, Conv2dKernelGradient, Node, Shape, Window } from './graph.js';
import type { OnnxBody } from './onnx-body.js';

/** [batch, height, width, channels] to [batch, channels, height, width]. */
export const toFirst: readonly number[] = [0, 3, 1, 2];
/** The way back; also where each axis of a value with channels last lies when channels are first. */
export const toLast: readonly number[] = [0, 2, 3, 1];

/** [height, width, channels, filters] to [filters, channels, height, width]: what Conv and ConvTranspose both want. */
const kernelOrder = [3, 2, 0, 1];

/** @returns the result, channels first */
export function convolution(node: Conv2d, operand: string, kernel: string, body: OnnxBody): string {
  const weights = body.emit('Transpose', [kernel], { perm: ints(kernelOrder) });
  return body.emit('Conv', [operand, weights], {
    kernel_shape: ints(node.kernel.shape.slice(0, 2)),
    strides: ints(node.window.strides),
    pads: ints(padsOf(node.window)),
  });
}

/** @returns the result, channels first */
export function inputGradient(node: Conv2dInputGradient, gradient: string, kernel: string, body: OnnxBody): string {
  const weights = body.emit('Transpose', [kernel], { perm: ints(kernelOrder) });
  return body.emit('ConvTranspose', [gradient, weights], {
    kernel_shape: ints(node.kernel.shape.slice(0, 2)),
    strides: ints(node.window.strides),
    pads: ints(padsOf(node.window)),
    output_padding: ints(leftOver(node.shape, node.kernel.shape, node.window)),
  });
}

/**
 * The convolution of the operand with the gradient as kernel: channels take the place of the batch, and strides become dilations.
 * @returns the result as the node has it
 */
export function kernelGradient(
  node: Conv2dKernelGradient,
  values: { get(node: Node, layout: 'last' | 'first'): string; native(node: Node): { layout: 'last' | 'first' } },
  body: OnnxBody,
): string {
  const swapped = (operand: Node): string => {
    const { layout } = values.native(operand);
    return body.emit('Transpose', [values.get(operand, layout)], {
      perm: ints(layout === 'first' ? [1, 0, 2, 3] : [3, 0, 1, 2]),
    });
  };
  const [rows, columns] = [node.gradient.shape[1]!, node.gradient.shape[2]!];
  const result = body.emit('Conv', [swapped(node.operand), swapped(node.gradient)], {
    kernel_shape: ints([rows, columns]),
    dilations: ints(node.window.strides),
    pads: ints(padsOf(node.window)),
  });
  const [height, width] = [node.shape[0]!, node.shape[1]!];
  const hasMore = leftOver(node.operand.shape, node.shape, node.window).some((length) => length > 0);
  const cut = hasMore
    ? body.emit('Slice', [result, body.int64([0, 0]), body.int64([height, width]), body.int64([2, 3])])
    : result;
  return body.emit('Transpose', [cut], { perm: ints([2, 3, 0, 1]) });
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
