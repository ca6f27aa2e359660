/** Writes an artefact: complete.h5 with the data and all of the model, lite.h5 with what is deployed. */
import { type Hdf5Writer, writeHdf5File } from '../data/hdf5/write.js';
import type { Artefact } from './artefact.js';
import { digestOf } from './artefact-digest.js';
import { copyData } from './copy-data.js';
import { writeDescription } from './description-store.js';
import { writeModel } from './model-store.js';
import { writeResults } from './results-store.js';
import { type ArtefactKind, layoutOf, schemaVersion } from './schema.js';

/**
 * Everything but data and float models.
 * @throws AxocError (user) when it cannot be written; an older file stays then
 */
export function writeLite(path: string, artefact: Artefact): Promise<void> {
  const { encoder: _, decoder: __, ...deployed } = artefact;
  return writeHdf5File(path, (file) => writeCommon(file, deployed, 'lite'));
}

/** @param data the prepared events, which are copied; absent: none are kept */
export function writeComplete(path: string, artefact: Artefact, data?: string): Promise<void> {
  return writeHdf5File(path, async (file) => {
    writeCommon(file, artefact, 'complete');
    const { encoder, decoder } = artefact;
    if (encoder !== undefined) writeModel(file, layoutOf.encoder, encoder);
    if (decoder !== undefined) writeModel(file, layoutOf.decoder, decoder);
    if (data !== undefined) await copyData(data, file, layoutOf.data);
  });
}

function writeCommon(file: Hdf5Writer, artefact: Artefact, kind: ArtefactKind): void {
  file.attribute('', layoutOf.versionAttribute, schemaVersion);
  file.attribute('', layoutOf.kindAttribute, kind);
  file.attribute('', layoutOf.configAttribute, artefact.configuration);
  file.attribute('', layoutOf.digestAttribute, digestOf(artefact));
  writeAttributes(file, layoutOf.seeds, artefact.seeds);
  writeAttributes(file, layoutOf.versions, artefact.versions);
  file.strings(layoutOf.objects, artefact.layout);
  const { scale, bias } = artefact.normalisation;
  const shape = [scale.length, scale[0]?.length ?? 0];
  file.dataset(layoutOf.scale, Float64Array.from(scale.flat()), shape);
  file.dataset(layoutOf.bias, Float64Array.from(bias.flat()), shape);
  writeDescription(file, layoutOf.trimmedEncoder, artefact.trimmedEncoder);
  writeResults(file, artefact);
}

function writeAttributes(file: Hdf5Writer, group: string, values: Readonly<Record<string, string | number>>): void {
  file.group(group);
  for (const [key, value] of Object.entries(values)) file.attribute(group, key, value);
}
