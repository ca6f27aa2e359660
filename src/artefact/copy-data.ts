/** Copies the prepared events from their file into an artefact, slab by slab. */
import { internalError } from '../base/diagnostic.js';
import { type Hdf5Dataset, type Hdf5File, withHdf5File } from '../data/hdf5/file.js';
import { libraryTypes, type NumberType } from '../data/hdf5/types.js';
import type { Hdf5Writer } from '../data/hdf5/write.js';

/** What the prepared file and the artefact's `data` hold. */
const copiedGroups = ['Background_data', 'Signal_data', 'Normalisation'];

/** Bytes read at a time. */
const slabBytes = 16 * 2 ** 20;

/** @param group where the copy goes */
export function copyData(path: string, file: Hdf5Writer, group: string): Promise<void> {
  return withHdf5File(path, (prepared) => {
    // How the events were made, and what was left out of them.
    file.group(group);
    for (const [key, value] of prepared.attributes('')) file.attribute(group, key, value);
    const isCopied = (name: string): boolean => copiedGroups.includes(name.split('/')[0]!);
    for (const name of prepared.groups.filter(isCopied)) file.group(`${group}/${name}`);
    for (const name of prepared.datasets.filter(isCopied))
      copyDataset(prepared.dataset(name), file, `${group}/${name}`);
    for (const name of [...prepared.groups, ...prepared.datasets].filter(isCopied))
      copyAttributes(prepared, name, file, `${group}/${name}`);
  });
}

function copyDataset(dataset: Hdf5Dataset, file: Hdf5Writer, name: string): void {
  const { shape, type } = dataset;
  if (type === 'string') {
    file.strings(name, dataset.readStrings());
    return;
  }
  if (type === undefined || !(type in libraryTypes)) throw internalError(name, `prepared data of type ${type}`);
  const [count, ...rowShape] = shape;
  if (count === undefined) {
    file.dataset(name, dataset.readAll(), []);
    return;
  }
  const width = rowShape.reduce((product, length) => product * length, 1);
  const rows = Math.max(1, Math.floor(slabBytes / (8 * Math.max(1, width))));
  const copy = file.appender(name, type as NumberType, rowShape);
  for (let row = 0; row < count; row += rows) copy.append(dataset.read(row, Math.min(count, row + rows)));
}

function copyAttributes(prepared: Hdf5File, from: string, file: Hdf5Writer, to: string): void {
  for (const [key, value] of prepared.attributes(from)) file.attribute(to, key, value);
}
