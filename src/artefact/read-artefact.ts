/** Reads an artefact, or only its deployed network. */
import { basename } from 'node:path';
import { userError } from '../base/diagnostic.js';
import { withHdf5File } from '../data/hdf5/file.js';
import type { Description } from '../network/description.js';
import type { Artefact, Normalisation } from './artefact.js';
import { digestOf } from './artefact-digest.js';
import { readDescription } from './description-store.js';
import { readModel } from './model-store.js';
import { readResults } from './results-store.js';
import { layoutOf, schemaVersion } from './schema.js';
import { StoredFile } from './stored-file.js';

/** @throws AxocError (user) when the file is no artefact of this schema, lacks a part of it, or was changed since it was written */
export function readArtefact(path: string): Promise<Artefact> {
  return withArtefact(path, (file) => readWhole(file, path));
}

/** The deployed network alone: what the compiler needs. All of a file with a checksum is read, since the checksum is of all of it. */
export function readTrimmedEncoder(path: string): Promise<Description> {
  return withArtefact(path, (file) =>
    hasDigest(file) ? readWhole(file, path).trimmedEncoder : readNetwork(file, path),
  );
}

function readWhole(file: StoredFile, path: string): Artefact {
  const artefact: Artefact = {
    configuration: file.text('', layoutOf.configAttribute),
    seeds: Object.fromEntries(entriesOf(file, layoutOf.seeds, (key) => file.number(layoutOf.seeds, key))),
    versions: Object.fromEntries(entriesOf(file, layoutOf.versions, (key) => file.text(layoutOf.versions, key))),
    layout: file.strings(layoutOf.objects),
    normalisation: readNormalisation(file),
    trimmedEncoder: readNetwork(file, path),
    ...(file.has(layoutOf.encoder) ? { encoder: readModel(file, layoutOf.encoder) } : {}),
    ...(file.has(layoutOf.decoder) ? { decoder: readModel(file, layoutOf.decoder) } : {}),
    ...readResults(file),
  };
  if (hasDigest(file) && file.text('', layoutOf.digestAttribute) !== digestOf(artefact))
    throw file.problem('', `its content does not match its checksum (${layoutOf.digestAttribute})`);
  return artefact;
}

/** Those of earlier versions have none; nor have those that someone changed on purpose and took it out of. */
function hasDigest(file: StoredFile): boolean {
  return file.attributes('').has(layoutOf.digestAttribute);
}

function readNetwork(file: StoredFile, path: string): Description {
  return readDescription(file, layoutOf.trimmedEncoder, basename(path));
}

function withArtefact<T>(path: string, read: (file: StoredFile) => T): Promise<T> {
  return withHdf5File(path, (file) => {
    checkSchema(path, file.attributes('').get(layoutOf.versionAttribute));
    return read(new StoredFile(file));
  });
}

function checkSchema(path: string, found: unknown): void {
  if (found === schemaVersion) return;
  if (typeof found !== 'number')
    throw userError(
      'not-an-artefact',
      path,
      `an HDF5 file, but no artefact of axoc: it has no number "${layoutOf.versionAttribute}" among its attributes`,
      'give the lite.h5 or complete.h5 of a training run (a generator.h5 goes to `axoc inspect` and `axoc export-onnx --profile float`)',
    );
  throw userError(
    'artefact-version',
    path,
    `written with schema ${found}, this program reads schema ${schemaVersion}`,
    found > schemaVersion ? 'use the newer axoc that wrote it' : 'write it again with this version',
  );
}

function entriesOf<T>(file: StoredFile, group: string, read: (key: string) => T): [string, T][] {
  return [...file.attributes(group).keys()].map((key) => [key, read(key)]);
}

function readNormalisation(file: StoredFile): Normalisation {
  return { scale: readRows(file, layoutOf.scale), bias: readRows(file, layoutOf.bias) };
}

function readRows(file: StoredFile, name: string): readonly (readonly number[])[] {
  const { shape } = file.file.dataset(name);
  const [count = 0, width = 0] = shape;
  const values = file.numbers(name);
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
}
