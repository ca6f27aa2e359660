/** Float models as HDF5: one group a layer, one dataset a tensor. */
import type { Hdf5Writer } from '../data/hdf5/write.js';
import type { StoredModel, StoredTensor } from './artefact.js';
import { jsonSuffix, type StoredFile } from './stored-file.js';

export function writeModel(file: Hdf5Writer, group: string, model: StoredModel): void {
  file.group(group);
  file.attribute(group, `layers${jsonSuffix}`, model.layers);
  file.attribute(group, `tensors${jsonSuffix}`, JSON.stringify([...model.tensors.keys()]));
  for (const [name, { shape, values }] of model.tensors) file.dataset(`${group}/${name}`, values, shape);
}

export function readModel(file: StoredFile, group: string): StoredModel {
  const tensors = file.names(group, 'tensors').map((name): [string, StoredTensor] => {
    const { shape, readAll } = file.file.dataset(`${group}/${name}`);
    return [name, { shape, values: Float32Array.from(readAll()) }];
  });
  return { layers: file.text(group, `layers${jsonSuffix}`), tensors: new Map(tensors) };
}
