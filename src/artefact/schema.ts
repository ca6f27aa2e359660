/** Where everything stands in an artefact file. A change that older programs cannot read raises the version. */

export const schemaVersion = 1;

export type ArtefactKind = 'lite' | 'complete';

export const layoutOf = {
  /** Attributes of the root. */
  versionAttribute: 'axoc_schema',
  kindAttribute: 'kind',
  configAttribute: 'config',
  /** Of everything but the events: a changed bit shows. */
  digestAttribute: 'sha256',
  /** Groups whose attributes are the entries. */
  seeds: 'seeds',
  versions: 'versions',
  objects: 'layout/objects',
  scale: 'normalisation/scale',
  bias: 'normalisation/bias',
  trimmedEncoder: 'model/trimmed_encoder',
  encoder: 'model/encoder',
  decoder: 'model/decoder',
  data: 'data',
} as const;
