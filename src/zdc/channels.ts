/**
 * Which photomultiplier sees a pixel. A calorimeter has five channels: every other fibre goes to the common one, the rest to one of four towers,
 * quadrants for ZN, strips along x for ZP.
 */
import { userError } from '../base/diagnostic.js';
import type { Node } from '../tensor/graph.js';
import { constant, exp, matmul, maximum, minimum, reshape, round, subtract } from '../tensor/ops.js';
import { type CalorimeterName, calorimeters } from './calorimeter.js';

/** The common channel, then the towers 1 to 4. */
export const channelCount = 5;

/** @returns 0 for the common channel, else the number of the tower */
export function channelOf(name: CalorimeterName, x: number, y: number): number {
  if ((x + y) % 2 === 0) return 0;
  const [width, height] = calorimeters[name].shape;
  if (name === 'ZP') return 1 + Math.floor((4 * x) / width);
  return 1 + Number(x >= width / 2) + 2 * Number(y >= height / 2);
}

/** The channel of every pixel of an image, row-major as [x][y]. */
export function channelMap(name: CalorimeterName): Uint8Array {
  const [width, height] = calorimeters[name].shape;
  return Uint8Array.from({ length: width * height }, (_, at) => channelOf(name, Math.floor(at / height), at % height));
}

/**
 * @param images photons, [count, x, y] row-major
 * @returns photons in each channel, [count, 5] row-major
 */
export function channelSums(name: CalorimeterName, images: ArrayLike<number>): Float64Array {
  const map = channelMap(name);
  const sums = new Float64Array((images.length / map.length) * channelCount);
  for (let pixel = 0; pixel < images.length; pixel++) {
    const at = Math.floor(pixel / map.length) * channelCount + map[pixel % map.length]!;
    sums[at] = sums[at]! + images[pixel]!;
  }
  return sums;
}

/**
 * Pixels are cut here, in log space: 5e34 photons. All pixels of an image at it have a sum that float32 holds; without it a single pixel that
 * overflows made all five sums no numbers, for the products with 0 are none.
 */
const brightestLog = 80;

/**
 * Photons in each channel, from what a generator gives. The five sums are rounded, once and ties to even: no pixel is cut. They are not negative, and
 * whole numbers in float32 as the image is.
 * @param image as of `channelPhotons`
 * @returns [batch, 5]
 */
export function channelGraph(name: CalorimeterName, image: Node): Node {
  return maximum(round(channelPhotons(name, image)), 0);
}

/**
 * @param image log(photons + 1) of every pixel: [batch, x, y, 1] or [batch, x, y]
 * @returns photons in each channel, not rounded, [batch, 5]
 */
export function channelPhotons(name: CalorimeterName, image: Node): Node {
  const map = channelMap(name);
  const photons = subtract(exp(minimum(reshape(image, [image.shape[0]!, map.length]), brightestLog)), 1);
  const members = Array.from(map).flatMap((channel) =>
    Array.from({ length: channelCount }, (_, column) => Number(column === channel)),
  );
  return matmul(photons, constant(members, [map.length, channelCount], image.dtype));
}

/**
 * What turns an exported decoder's image into channels.
 * @param name absent: the generator does not say
 * @param place of the generator, for the message
 * @throws AxocError (user) where it is absent
 */
export function channelFinish(name: CalorimeterName | undefined, place: string) {
  if (name === undefined)
    throw userError(
      'bad-option',
      '--output channels',
      `${place} does not say whose images it makes`,
      'import it with --calorimeter',
    );
  return {
    name: 'channels',
    description: 'photons in the common channel and the towers 1 to 4, rounded once',
    apply: (image: Node): Node => channelGraph(name, image),
  };
}
