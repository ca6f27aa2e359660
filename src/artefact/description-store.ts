/** The deployed network as HDF5 groups: its own keys, one group for each layer in order, one for the score. */
import { plainIdentifier } from '../base/identifier.js';
import type { Hdf5Writer } from '../data/hdf5/write.js';
import { checkDescription, type Description } from '../network/description.js';
import { readRecord, type StoredRecord, writeRecord } from './record-store.js';
import type { StoredFile } from './stored-file.js';

export function writeDescription(file: Hdf5Writer, group: string, description: Description): void {
  const { layers, score, ...rest } = description;
  writeRecord(file, group, rest);
  // The number keeps the order; the name is for readers of the file, the layer's own is an attribute.
  for (const [index, layer] of layers.entries())
    writeRecord(file, `${group}/layers/${index}_${plainIdentifier(layer.name)}`, layer as unknown as StoredRecord);
  if (score !== undefined) writeRecord(file, `${group}/score`, score as unknown as StoredRecord);
}

/** @throws AxocError (user) when the group does not hold a description */
export function readDescription(file: StoredFile, group: string, source: string): Description {
  const layers = file
    .groupsIn(`${group}/layers`)
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => readRecord(file, `${group}/layers/${name}`));
  const score = file.has(`${group}/score`) ? { score: readRecord(file, `${group}/score`) } : {};
  return checkDescription({ ...readRecord(file, group), layers, ...score }, source);
}
