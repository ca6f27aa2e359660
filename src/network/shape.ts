/** Shapes of the values between layers: flat, [values], or [height, width, channels] after a convolution. */

export type ValueShape = readonly number[];

/** Rows and columns of zeros around an image: top, bottom, left, right. */
export type Padding = readonly [number, number, number, number];

/** Vertical, horizontal. */
export type Strides = readonly [number, number];

/** Values of one layer, or weights, at most: beyond it nothing could be unrolled into hardware. */
export const maxValues = 2 ** 20;

export function valueCount(shape: ValueShape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** `8 x 8 x 1`, or the number of flat values. */
export function printValueShape(shape: ValueShape): string {
  return shape.join(' x ');
}

export function isSameShape(a: ValueShape, b: ValueShape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/**
 * The zeros that make an output as large as its input divided by the stride, rounded up. An odd one goes to the bottom
 * and to the right, as TensorFlow and Keras have it.
 */
export function samePadding(image: ValueShape, kernel: ValueShape, strides: Strides): Padding {
  const along = (axis: 0 | 1): readonly [number, number] => {
    const outputs = Math.ceil(image[axis]! / strides[axis]);
    const zeros = Math.max((outputs - 1) * strides[axis] + kernel[axis]! - image[axis]!, 0);
    return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
  };
  return [...along(0), ...along(1)];
}

/** Rows and columns of an image with its padding. */
export function paddedSize(image: ValueShape, [top, bottom, left, right]: Padding): readonly [number, number] {
  return [image[0]! + top + bottom, image[1]! + left + right];
}

/** Positions of the kernel along each axis; less than 1 where it is larger than the padded image. */
export function outputSize(
  padded: readonly [number, number],
  kernel: ValueShape,
  strides: Strides,
): readonly [number, number] {
  const along = (axis: 0 | 1): number => Math.floor((padded[axis] - kernel[axis]!) / strides[axis]) + 1;
  return [along(0), along(1)];
}
