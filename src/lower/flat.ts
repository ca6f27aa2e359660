/** Images read flat: row by row, the channels of a pixel together. */
import type { ProgramBuilder } from '../ir/builder.js';
import { sizeOf } from '../ir/op.js';

/** The values of `x` along one axis; `x` itself where they are. */
export function flattened(builder: ProgramBuilder, id: string, x: string): string {
  const { shape } = builder.typeOf(x);
  return shape.length === 1 ? x : builder.exact({ id, kind: 'reshape', operand: x }, [sizeOf(shape)]);
}
