/** Input scaling: hardware integers to the inputs of the first layer, `(x - offset) >> shift` in the hardware's type or exactly. */
import { userError } from '../base/diagnostic.js';
import { type Format, fractionBits, maxWidth } from '../fixed/format.js';
import { narrowestFormat, tableOf } from '../fixed/table.js';
import type { ProgramBuilder } from '../ir/builder.js';
import type { HardwareScaling, InputStage } from '../network/network.js';

/**
 * Makes the program's input and, for hardware inputs, the scaling.
 * @param hardwareId id of the program's input when it is scaled; `id` itself then names the scaled values
 * @returns the id of the first layer's inputs
 */
export function lowerInput(builder: ProgramBuilder, input: InputStage, id: string, hardwareId: () => string): string {
  const shape = [input.width];
  if (input.scaling === undefined) return builder.input(id, shape, [input.format]);
  const x = builder.input(hardwareId(), shape, [input.scaling.hardwareFormat]);
  return builder.cast(id, scaled(builder, input.scaling, id, x), [input.format]);
}

function scaled(builder: ProgramBuilder, scaling: HardwareScaling, id: string, x: string): string {
  const { hardwareFormat, offsetFormat, offsets, shifts, scaledFormat } = scaling;
  const written = builder.constant(
    `${id}.written_offset`,
    tableOf([offsets.length], offsets, narrowestFormat(offsets)),
  );
  const offset = offsetFormat === undefined ? written : builder.cast(`${id}.offset`, written, [offsetFormat]);
  const exact = builder.exact({ id: `${id}.exact_difference`, kind: 'subtract', left: x, right: offset });
  const difference = builder.cast(`${id}.difference`, exact, [hardwareFormat]);
  // An arithmetic shift right drops bits toward minus infinity and a shift left drops high bits, whatever the type's modes.
  const shiftFormat = { ...hardwareFormat, rounding: 'AP_TRN', overflow: 'AP_WRAP' } as const;
  const to = scaledFormat ?? shiftFormat;
  const isUnmoved = shifts.every((shift) => shift === 0);
  if (isUnmoved && scaledFormat === undefined) return difference;
  const by = shifts.map((shift) => feltShift(shift, hardwareFormat, to));
  checkSpread(by, hardwareFormat);
  const shifted = isUnmoved
    ? difference
    : builder.exact({ id: `${id}.exact_shift`, kind: 'shift', operand: difference, by });
  return builder.cast(`${id}.${scaledFormat === undefined ? 'shifted' : 'scaled'}`, shifted, [to]);
}

/**
 * The nearest shift that gives the same in type `to`. Further to the right every value is below a quarter of its unit, of
 * which only the sign counts, and further to the left every bit is above its range.
 */
function feltShift(shift: number, from: Format, to: Format): number {
  const kept = fractionBits(to) - fractionBits(from);
  return Math.max(kept - to.width, Math.min(shift, kept + from.width + 1));
}

/** @throws AxocError (user) when no type holds all inputs after their shifts: hardware keeps them in one array */
function checkSpread(by: readonly number[], { width }: Format): void {
  const needed = width + Math.max(...by) - Math.min(...by);
  if (needed <= maxWidth) return;
  throw userError(
    'too-wide',
    'shift',
    `${width} bits shifted by ${Math.min(...by)} to ${Math.max(...by)} need ${needed} bits in all, axoc handles ${maxWidth}`,
    'give hardware_format and scaled_format fewer bits, or the inputs shifts that lie nearer together',
  );
}
