/** Which values of an image the weights of a convolution meet, from the words of the description's format. */

export type Image = readonly [height: number, width: number, channels: number];

export interface ConvWords {
  readonly kernel: readonly [rows: number, columns: number];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same' | readonly number[];
}

/** A weight, and the flat image value it meets. */
export interface Meeting {
  readonly weight: readonly [row: number, column: number, channel: number];
  readonly value: number;
}

export interface Meetings {
  readonly height: number;
  readonly width: number;
  /** For each output pixel, row by row, what meets there in the order of the sum; zeros of the padding are left out. */
  readonly pixels: readonly (readonly Meeting[])[];
}

export function meetingsOf(image: Image, words: ConvWords): Meetings {
  const [rows, columns] = [axis(image, words, 0), axis(image, words, 1)];
  const pixels = rows.starts.flatMap((y) =>
    columns.starts.map((x) => {
      const found: Meeting[] = [];
      for (let row = 0; row < words.kernel[0]; row++) {
        for (let column = 0; column < words.kernel[1]; column++) {
          const isInside = y + row >= 0 && y + row < image[0] && x + column >= 0 && x + column < image[1];
          for (let channel = 0; isInside && channel < image[2]; channel++) {
            const value = ((y + row) * image[1] + x + column) * image[2] + channel;
            found.push({ weight: [row, column, channel], value });
          }
        }
      }
      return found;
    }),
  );
  return { height: rows.starts.length, width: columns.starts.length, pixels };
}

/** First rows (or columns) of the image under the kernel, negative in the padding. */
function axis(image: Image, { kernel, strides, padding }: ConvWords, along: 0 | 1): { readonly starts: number[] } {
  const [length, size, stride] = [image[along], kernel[along], strides[along]!];
  if (padding === 'same') {
    const count = Math.ceil(length / stride);
    const zeros = Math.max((count - 1) * stride + size - length, 0);
    return { starts: Array.from({ length: count }, (_, index) => index * stride - Math.floor(zeros / 2)) };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : [padding[2 * along]!, padding[2 * along + 1]!];
  const starts: number[] = [];
  for (let start = -before; start + size <= length + after; start += stride) starts.push(start);
  return { starts };
}
