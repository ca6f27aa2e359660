/** Upsampling and the moves between channels and space as ONNX operators, channels first inside. */
import { int, ints, string } from '../../onnx/model.js';
import type { DepthToSpace, SpaceToDepth, Upsample } from '../graph.js';
import type { OnnxBody } from './body.js';

/** @returns the result, channels first. ONNX Runtime has the operator for float32 alone. */
export function upsampling(
  { operand: { shape: from }, shape, factors, dtype }: Upsample,
  operand: string,
  body: OnnxBody,
): string {
  if (dtype === 'float64') {
    const [batch, height, width, channels] = from as readonly [number, number, number, number];
    const apart = body.reshape(operand, [batch, channels, height, 1, width, 1]);
    const wide = body.expand(apart, [batch, channels, height, factors[0], width, factors[1]]);
    return body.reshape(wide, [batch, channels, shape[1]!, shape[2]!]);
  }
  const scales = body.constant([1, 1, ...factors], [4], 'float32');
  return body.emit('Resize', [operand, '', scales], {
    mode: string('nearest'),
    coordinate_transformation_mode: string('asymmetric'),
    nearest_mode: string('floor'),
  });
}

/** With fewer channels in the result than this the operator is the fastest. */
const fewChannels = 8;

/**
 * @returns the result, channels first. The operator knows square blocks only, and ONNX Runtime takes three times as long for it as for two
 * transposes that move one axis each: the columns of the blocks to the end, then their rows before them.
 */
export function spreading({ operand, shape, block }: DepthToSpace, name: string, body: OnnxBody): string {
  const [down, right] = block;
  const [batch, height, width] = operand.shape as readonly [number, number, number];
  const [, rows, columns, channels] = shape as readonly [number, number, number, number];
  if (down === right && channels < fewChannels)
    return body.emit('DepthToSpace', [name], { blocksize: int(down), mode: string('DCR') });
  const apart = body.reshape(name, [batch, down, right, channels * height * width]);
  const columnsLast = body.emit('Transpose', [apart], { perm: ints([0, 1, 3, 2]) });
  const wide = body.reshape(columnsLast, [batch, down, channels * height, columns]);
  const rowsInPlace = body.emit('Transpose', [wide], { perm: ints([0, 2, 1, 3]) });
  return body.reshape(rowsInPlace, [batch, channels, rows, columns]);
}

/** @returns the result, channels first */
export function gathering({ operand, shape, block }: SpaceToDepth, name: string, body: OnnxBody): string {
  const [down, right] = block;
  if (down === right) return body.emit('SpaceToDepth', [name], { blocksize: int(down) });
  const [batch, rows, columns, depth] = shape;
  const blocks = body.reshape(name, [batch!, operand.shape[3]!, rows!, down, columns!, right]);
  const moved = body.emit('Transpose', [blocks], { perm: ints([0, 3, 5, 1, 2, 4]) });
  return body.reshape(moved, [batch!, depth!, rows!, columns!]);
}
