/** Test vectors as the test bench reads them: one event a line, each value the hexadecimal digits of its raw bits. */
import { elementCount, formatAt, type TensorType } from '../../ir/op.js';

/** Events as raw integers: one row an event, all inputs (or outputs) of the program in order. */
export interface VectorSet {
  readonly inputs: readonly (readonly bigint[])[];
  readonly outputs: readonly (readonly bigint[])[];
}

export function vectorText(rows: readonly (readonly bigint[])[], types: readonly TensorType[]): string {
  const widths = types.flatMap((type) =>
    Array.from({ length: elementCount(type) }, (_, index) => formatAt(type, index).width),
  );
  const digits = (raw: bigint, index: number): string => {
    const width = widths[index]!;
    return BigInt.asUintN(width, raw)
      .toString(16)
      .padStart(Math.ceil(width / 4), '0');
  };
  return rows.map((row) => `${row.map(digits).join(' ')}\n`).join('');
}
