/** Numbers and shapes that no layer can have, each refused with its reason. */
import { userError } from '../../base/diagnostic.js';
import { printValueShape, type ValueShape } from '../shape.js';

export type Image = readonly [number, number, number];

/** @throws AxocError (user) where it is none */
export function imageShape(shape: ValueShape, place: string): Image {
  if (shape.length !== 3)
    throw bad(
      place,
      `it reads an image (height x width x channels), not ${printValueShape(shape)}`,
      'put a reshape before it',
    );
  return shape as Image;
}

export function checkEpsilon(epsilon: number, place: string): void {
  if (!(epsilon > 0 && Number.isFinite(epsilon)))
    throw bad(place, `an epsilon of ${epsilon}`, 'choose a positive one: 0.001');
}

export function checkAxis(axis: number, shape: ValueShape, place: string): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length)
    throw bad(place, `${printValueShape(shape)} has no axis ${axis}`, 'axis 0 is the first after the batch');
}

export function checkWhole(numbers: readonly number[], what: string, place: string): void {
  if (numbers.some((number) => !Number.isInteger(number) || number < 1))
    throw bad(place, `${what} of ${numbers.join(' x ')}`, 'they are whole numbers from 1');
}

export function checkSides(sides: readonly number[], place: string): void {
  if (sides.some((length) => !Number.isInteger(length) || length < 0))
    throw bad(place, `${sides.join(', ')} rows and columns`, 'they are whole numbers from 0');
}

export function bad(place: string, message: string, hint = 'change this layer or the one before it'): Error {
  return userError('bad-layer', place, message, hint);
}
