/** The layers of the described variational autoencoder, for either calorimeter. */
import type { GivenLayer } from './layer-list.js';

/** Three convolutions, each halving the image; the conditions join the flat result. */
export const defaultEncoder: readonly GivenLayer[] = [
  ...[32, 64, 128].map(
    (filters): GivenLayer => ({ layer: 'Conv2D', filters, kernel_size: 4, strides: 2, padding: 'same' }),
  ),
  { layer: 'LeakyReLU', negative_slope: 0.1 },
  { layer: 'Flatten' },
  { layer: 'Concatenate', with: 'conditions' },
  { layer: 'Dense', units: 20, activation: 'relu' },
];

/** From a small grid with 128 channels, doubled three times; the last convolution brings it to the size of the image. */
export function defaultDecoder(calorimeter: 'ZN' | 'ZP'): readonly GivenLayer[] {
  const grid: readonly [number, number] = calorimeter === 'ZP' ? [7, 4] : [6, 6];
  return [
    { layer: 'Dense', units: grid[0] * grid[1] * 128 },
    { layer: 'Reshape', target_shape: [...grid, 128] },
    ...[128, 64, 32].flatMap((filters): GivenLayer[] => [
      { layer: 'UpSampling2D', size: 2 },
      { layer: 'Conv2D', filters, kernel_size: 4, padding: 'same' },
      { layer: 'BatchNormalization' },
      { layer: 'ReLU' },
    ]),
    { layer: 'Conv2D', filters: 1, kernel_size: calorimeter === 'ZP' ? [1, 3] : 5, activation: 'relu' },
  ];
}
