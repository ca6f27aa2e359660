/** Each operation of the tensor graph in TensorFlow.js, in float32. */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { internalError } from '../../base/diagnostic.js';
import type { Conv2dKernelGradient, Node, Window } from '../graph.js';

type Library = typeof TensorFlow;
type Tensor = TensorFlow.Tensor;

/** @param operands in the order of `operandsOf` */
export function evaluate(tf: Library, node: Node, operands: readonly Tensor[]): Tensor {
  const [a, b, c] = operands as [Tensor, Tensor, Tensor];
  const shape = [...node.shape];
  switch (node.kind) {
    case 'input':
    case 'constant':
      throw internalError('tensorflow', `${node.kind} is not computed`);
    case 'negate':
      return tf.neg(a);
    case 'maximum':
    case 'minimum':
      return tf[node.kind](a, b);
    case 'abs':
    case 'sign':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'floor':
    case 'round':
    case 'sin':
    case 'cos':
    case 'sinh':
    case 'cosh':
    case 'tanh':
    case 'erf':
      return tf[node.kind](a);
    case 'add':
      return tf.add(a, b);
    case 'subtract':
      return tf.sub(a, b);
    case 'multiply':
      return tf.mul(a, b);
    case 'divide':
      return tf.div(a, b);
    case 'less':
      return tf.cast(tf.less(a, b), 'float32');
    case 'less_equal':
      return tf.cast(tf.lessEqual(a, b), 'float32');
    case 'equal':
      return tf.cast(tf.equal(a, b), 'float32');
    case 'select':
      return tf.where(tf.broadcastTo(tf.notEqual(a, 0), shape), tf.broadcastTo(b, shape), tf.broadcastTo(c, shape));
    case 'matmul':
      return tf.matMul(a, b, node.transposeLeft, node.transposeRight);
    case 'sum':
      return node.axes.length === 0 ? tf.clone(a) : tf.sum(a, [...node.axes], node.keepAxes);
    case 'max':
      return node.axes.length === 0 ? tf.clone(a) : tf.max(a, [...node.axes], node.keepAxes);
    case 'reshape':
      return tf.reshape(a, shape);
    case 'broadcast':
      return tf.broadcastTo(a, shape);
    case 'transpose':
      return tf.transpose(a, [...node.order]);
    case 'concat':
      return tf.concat([...operands], node.axis);
    case 'slice':
      return tf.slice(a, [...node.from], shape);
    case 'pad':
      return tf.pad(
        a,
        node.before.map((length, axis): [number, number] => [length, node.after[axis]!]),
      );
    case 'conv2d':
      return tf.conv2d(
        a as TensorFlow.Tensor4D,
        b as TensorFlow.Tensor4D,
        [...node.window.strides],
        padsOf(node.window),
      );
    case 'conv2d_input_gradient':
      return tf.conv2dTranspose(
        a as TensorFlow.Tensor4D,
        b as TensorFlow.Tensor4D,
        shape as [number, number, number, number],
        [...node.window.strides],
        padsOf(node.window),
      );
    case 'conv2d_kernel_gradient':
      return kernelGradient(tf, node, a, b);
    case 'upsample': {
      const [batch, height, width, channels] = node.operand.shape as [number, number, number, number];
      const [down, right] = node.factors;
      const wide = tf.tile(tf.reshape(a, [batch * height, width, 1, channels]), [1, 1, right, 1]);
      return tf.reshape(tf.tile(tf.reshape(wide, [batch * height, 1, width * right * channels]), [1, down, 1]), shape);
    }
    case 'depth_to_space': {
      const [batch, height, width] = node.operand.shape as [number, number, number, number];
      return swapMiddle(tf, a, [batch, height, width, ...node.block, node.shape[3]!], shape);
    }
    case 'space_to_depth': {
      const [batch, rows, columns] = node.shape as [number, number, number, number];
      const [down, right] = node.block;
      return swapMiddle(tf, a, [batch, rows, down, columns, right, node.operand.shape[3]!], shape);
    }
    case 'convert':
    case 'surrogate':
      return tf.clone(a);
  }
}

/** @param blocks six axes, of which the third and the fourth change places */
function swapMiddle(tf: Library, operand: Tensor, blocks: number[], shape: number[]): Tensor {
  return tf.reshape(tf.transpose(tf.reshape(operand, blocks), [0, 1, 3, 2, 4, 5]), shape);
}

type Pads = [[number, number], [number, number], [number, number], [number, number]];

function padsOf({ padding: [top, bottom, left, right] }: Window): Pads {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** One matrix product for each element of the window: the WebAssembly backend has no kernel for this. */
function kernelGradient(tf: Library, node: Conv2dKernelGradient, operand: Tensor, gradient: Tensor): Tensor {
  const [batch, rows, columns, filters] = node.gradient.shape as [number, number, number, number];
  const [height, width, channels] = node.shape as [number, number, number, number];
  const [down, right] = node.window.strides;
  const padded = tf.pad(operand, padsOf(node.window));
  const flatGradient = tf.reshape(gradient, [batch * rows * columns, filters]);
  const products = Array.from({ length: height * width }, (_, index) => {
    const [y, x] = [Math.floor(index / width), index % width];
    const end = [batch, y + (rows - 1) * down + 1, x + (columns - 1) * right + 1, channels];
    const seen = tf.stridedSlice(padded, [0, y, x, 0], end, [1, down, right, 1]);
    return tf.matMul(tf.reshape(seen, [batch * rows * columns, channels]), flatGradient, true, false);
  });
  return tf.reshape(tf.stack(products), [...node.shape]);
}
