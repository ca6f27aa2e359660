/** Shapes of tensors: what operations make of them. */
import { internalError } from '../base/diagnostic.js';
import type { Shape, Window } from './graph.js';

/** NumPy's broadcasting: aligned at the last axis, a length of 1 stretches. */
export function broadcastShape(left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw wrongShape(`[${left}] and [${right}] do not broadcast`);
    return a === 1 ? b : a;
  });
}

export function reducedShape(shape: Shape, axes: readonly number[], keepAxes: boolean): Shape {
  return shape.flatMap((length, axis) => (axes.includes(axis) ? (keepAxes ? [1] : []) : [length]));
}

/** @returns [batch, rows, columns, filters] */
export function convolvedShape(operand: Shape, kernel: Shape, window: Window): Shape {
  const [batch, height, width, channels] = operand as readonly [number, number, number, number];
  const [kernelHeight, kernelWidth, kernelChannels, filters] = kernel as readonly [number, number, number, number];
  if (operand.length !== 4 || kernel.length !== 4 || channels !== kernelChannels)
    throw wrongShape(`[${operand}] cannot be convolved with [${kernel}]`);
  const [top, bottom, left, right] = window.padding;
  const rows = Math.floor((height + top + bottom - kernelHeight) / window.strides[0]) + 1;
  const columns = Math.floor((width + left + right - kernelWidth) / window.strides[1]) + 1;
  if (rows < 1 || columns < 1) throw wrongShape(`a kernel of [${kernel}] does not fit in [${operand}]`);
  return [batch, rows, columns, filters];
}

/** @returns [batch, height * factors[0], width * factors[1], channels] */
export function upsampledShape(operand: Shape, factors: readonly [number, number]): Shape {
  const [batch, height, width, channels] = operand as readonly [number, number, number, number];
  if (operand.length !== 4 || !factors.every(isCount)) throw wrongShape(`[${operand}] upsampled by [${factors}]`);
  return [batch, height * factors[0], width * factors[1], channels];
}

/** @returns [batch, height * block[0], width * block[1], channels / (block[0] * block[1])] */
export function spreadShape(operand: Shape, block: readonly [number, number]): Shape {
  const [batch, height, width, channels] = operand as readonly [number, number, number, number];
  const spread = channels / (block[0] * block[1]);
  if (operand.length !== 4 || !block.every(isCount) || !isCount(spread))
    throw wrongShape(`the channels of [${operand}] are no blocks of [${block}]`);
  return [batch, height * block[0], width * block[1], spread];
}

/** @returns [batch, height / block[0], width / block[1], channels * block[0] * block[1]] */
export function gatheredShape(operand: Shape, block: readonly [number, number]): Shape {
  const [batch, height, width, channels] = operand as readonly [number, number, number, number];
  const [rows, columns] = [height / block[0], width / block[1]];
  if (operand.length !== 4 || ![...block, rows, columns].every(isCount))
    throw wrongShape(`[${operand}] is not made of blocks of [${block}]`);
  return [batch, rows, columns, channels * block[0] * block[1]];
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((length, axis) => length === right[axis]);
}

export function wrongShape(message: string): Error {
  return internalError('tensor graph', message);
}
