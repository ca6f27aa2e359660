/** Writes a set of events, and the normalisation, into Data.h5. */
import type { Hdf5Writer } from '../../data/hdf5/write.js';
import type { Columns, EventBlock } from './event-block.js';
import { type Normalisation, normalise } from './normalisation.js';
import { energyUnit, objectFeatures, objectScales } from './objects.js';
import type { SelectedObject } from './selection.js';

/** Attribute of a set: datasets that the event file could not fill. */
const missingAttribute = 'missing';
/** Attribute of a set: datasets that were computed from the objects. */
export const computedAttribute = 'computed';

/**
 * Writes `group`/DATA float32 (N, objects, 3) normalised and clipped; HARDWARE int16 of the same shape, the integers it comes
 * from; ET, HT float32 in units of 0.5 GeV; PU float32 and L1bits uint8 (0 or 1) where the event file has them.
 */
export async function storeSet(
  file: Hdf5Writer,
  group: string,
  { hasPileup, hasLevel1, hasComputedEnergies }: Columns,
  blocks: AsyncIterable<EventBlock>,
  normalisation: Normalisation,
  clip: readonly [number, number],
): Promise<void> {
  const rowShape = [normalisation.scale.length / 3, 3];
  const data = file.appender(`${group}/DATA`, 'float32', rowShape);
  const hardware = file.appender(`${group}/HARDWARE`, 'int16', rowShape);
  const et = file.appender(`${group}/ET`, 'float32', []);
  const ht = file.appender(`${group}/HT`, 'float32', []);
  const pileup = hasPileup ? file.appender(`${group}/PU`, 'float32', []) : undefined;
  const level1 = hasLevel1 ? file.appender(`${group}/L1bits`, 'uint8', []) : undefined;
  for (const name of ['ET', 'HT']) file.attribute(`${group}/${name}`, 'unit', `${energyUnit} GeV`);
  const missing = [...(hasPileup ? [] : ['PU']), ...(hasLevel1 ? [] : ['L1bits'])];
  if (missing.length > 0) file.attribute(group, missingAttribute, missing);
  if (hasComputedEnergies) file.attribute(group, computedAttribute, ['ET', 'HT']);
  for await (const block of blocks) {
    data.append(normalise(block.objects, normalisation, clip));
    hardware.append(block.objects);
    et.append(block.et);
    ht.append(block.ht);
    pileup?.append(block.pileup!);
    level1?.append(block.level1!);
  }
}

/** Writes Normalisation/norm_scale, norm_bias, and norm_shift (log2 of the scale) where the scales are powers of two. */
export function storeNormalisation(
  file: Hdf5Writer,
  { scale, bias, shift }: Normalisation,
  selection: readonly SelectedObject[],
  clip: readonly [number, number],
): void {
  const shape = [selection.length, 3];
  file.dataset('Normalisation/norm_scale', scale, shape);
  file.dataset('Normalisation/norm_bias', bias, shape);
  if (shift !== undefined) file.dataset('Normalisation/norm_shift', shift, shape);
  file.attribute(
    'Normalisation',
    'objects',
    selection.map(({ kind }) => kind),
  );
  file.attribute('Normalisation', 'features', [...objectFeatures]);
  file.attribute('Normalisation', 'clip', [...clip]);
  const units = selection.flatMap(({ kind }) => {
    const { pt, eta, turn } = objectScales[kind];
    return [pt, eta, (2 * Math.PI) / turn];
  });
  file.dataset('Normalisation/unit', Float64Array.from(units), shape);
}
