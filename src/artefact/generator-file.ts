/** generator.h5: writes and reads the artefact of a generator. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { userError } from '../base/diagnostic.js';
import { isHdf5File, withHdf5File } from '../data/hdf5/file.js';
import { type Hdf5Writer, writeHdf5File } from '../data/hdf5/write.js';
import type { WeightTensor } from '../network/layers/layers.js';
import { layerNetworkSchema } from '../network/layers/schema.js';
import { checkWeights, type WeightPart, weightRoles } from '../network/layers/weights.js';
import type { ConditionScaler, GeneratorArtefact, TrainedNetwork } from './generator.js';
import { StoredFile, toLink } from './stored-file.js';

const format = 'axoc-generator';
const version = 1;

const layoutOf = {
  formatAttribute: 'format',
  versionAttribute: 'version',
  /** Of everything else: a changed bit shows. */
  digestAttribute: 'sha256',
  /** Datasets with one JSON text each. */
  header: 'header',
  configuration: 'configuration',
  means: 'scaler/means',
  scales: 'scaler/scales',
  decoder: 'decoder',
  encoder: 'encoder',
  /** In the group of a network: one JSON text; a group for each layer that has weights. */
  network: 'network',
  weights: 'weights',
} as const;

/** What stands in the header. */
const headerSchema = z.strictObject({
  name: z.string(),
  calorimeter: z.enum(['ZN', 'ZP']).exactOptional(),
  conditions: z.array(z.strictObject({ name: z.string(), unit: z.string() })),
  source: z.string(),
});

/**
 * The same artefact gives the same bytes.
 * @throws AxocError (user) when the file cannot be written, or weights are not those of their network
 */
export async function writeGenerator(path: string, artefact: GeneratorArtefact): Promise<void> {
  for (const part of [artefact.decoder, artefact.encoder])
    if (part !== undefined) checkWeights(part.network, part.weights, part.network.name);
  const { decoder, encoder, scaler, configuration, ...header } = inFixedOrder(artefact);
  await writeHdf5File(path, (file) => {
    file.attribute('', layoutOf.formatAttribute, format);
    file.attribute('', layoutOf.versionAttribute, version);
    file.attribute('', layoutOf.digestAttribute, digestOf(artefact));
    file.strings(layoutOf.header, [JSON.stringify(header)]);
    if (configuration !== undefined) file.strings(layoutOf.configuration, [configuration]);
    writeNetwork(file, layoutOf.decoder, decoder);
    if (encoder !== undefined) writeNetwork(file, layoutOf.encoder, encoder);
    if (scaler === undefined) return;
    file.dataset(layoutOf.means, Float64Array.from(scaler.means), [scaler.means.length]);
    file.dataset(layoutOf.scales, Float64Array.from(scaler.scales), [scaler.scales.length]);
  });
}

/** @throws AxocError (user) when the file is no generator, of another version, or damaged */
export function readGenerator(path: string): Promise<GeneratorArtefact> {
  return withHdf5File(path, (hdf5) => {
    const file = new StoredFile(hdf5);
    checkFormat(file, path);
    const configuration = file.has(layoutOf.configuration)
      ? { configuration: oneText(file, layoutOf.configuration) }
      : {};
    const artefact: GeneratorArtefact = {
      ...parsed(file, layoutOf.header, headerSchema),
      ...configuration,
      decoder: readNetwork(file, layoutOf.decoder),
      ...(file.has(layoutOf.encoder) ? { encoder: readNetwork(file, layoutOf.encoder) } : {}),
      ...(file.has('scaler') ? { scaler: readScaler(file) } : {}),
    };
    if (file.text('', layoutOf.digestAttribute) !== digestOf(artefact))
      throw file.problem('', `its content does not match its checksum (${layoutOf.digestAttribute})`);
    return artefact;
  });
}

/** Whether a file is HDF5 and says that it is a generator; what else it holds is not looked at. */
export async function isGenerator(path: string): Promise<boolean> {
  if (!isHdf5File(path)) return false;
  return withHdf5File(path, (file) => file.attributes('').get(layoutOf.formatAttribute) === format);
}

function checkFormat(file: StoredFile, path: string): void {
  const attributes = file.attributes('');
  if (attributes.get(layoutOf.formatAttribute) !== format)
    throw userError(
      'not-an-artefact',
      path,
      'an HDF5 file, but no generator of axoc',
      'give the generator.h5 of `axoc zdc train`, or make one from a Keras file with `axoc import`',
    );
  const found = attributes.get(layoutOf.versionAttribute);
  if (found !== version)
    throw userError(
      'artefact-version',
      path,
      `a generator of version ${found}, this program reads version ${version}`,
      'write it again with this version, or use the axoc that wrote it',
    );
}

function writeNetwork(file: Hdf5Writer, group: string, { network, weights }: TrainedNetwork): void {
  file.strings(`${group}/${layoutOf.network}`, [JSON.stringify(network)]);
  for (const [name, { layer, part }] of weightRoles(network, network.name)) {
    const { values, shape } = weights.get(name)!;
    file.dataset(weightDataset(group, layer.name, part), values, shape);
  }
}

function readNetwork(file: StoredFile, group: string): TrainedNetwork {
  const network = parsed(file, `${group}/${layoutOf.network}`, layerNetworkSchema);
  const place = `${file.file.path}: ${group}`;
  const weights = new Map<string, WeightTensor>();
  for (const [name, { layer, part }] of weightRoles(network, place)) {
    const dataset = weightDataset(group, layer.name, part);
    if (!file.has(dataset)) continue;
    const { shape, readAll } = file.file.dataset(dataset);
    weights.set(name, { shape, values: Float32Array.from(readAll()) });
  }
  checkWeights(network, weights, place);
  return { network, weights };
}

function weightDataset(group: string, layer: string, part: WeightPart): string {
  return `${group}/${layoutOf.weights}/${toLink(layer)}/${part}`;
}

function readScaler(file: StoredFile): ConditionScaler {
  return { means: file.numbers(layoutOf.means), scales: file.numbers(layoutOf.scales) };
}

function oneText(file: StoredFile, name: string): string {
  const [text, ...more] = file.strings(name);
  if (text === undefined || more.length > 0) throw file.problem(name, `${more.length} texts, where one is expected`);
  return text;
}

function parsed<T>(file: StoredFile, name: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(file.parseJson(oneText(file, name), name));
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw file.problem(name, `${first!.path.join('.')}: ${first!.message}`);
}

/** Keys as the schemas have them, whoever made the records: what is read again is the same text. */
function inFixedOrder({ decoder, encoder, scaler, configuration, ...header }: GeneratorArtefact): GeneratorArtefact {
  const ordered = ({ network, weights }: TrainedNetwork): TrainedNetwork => ({
    network: layerNetworkSchema.parse(network),
    weights,
  });
  return {
    ...headerSchema.parse(header),
    ...(configuration === undefined ? {} : { configuration }),
    decoder: ordered(decoder),
    ...(encoder === undefined ? {} : { encoder: ordered(encoder) }),
    ...(scaler === undefined ? {} : { scaler }),
  };
}

/** Of every text and number of the artefact. */
function digestOf(artefact: GeneratorArtefact): string {
  const { decoder, encoder, scaler, ...texts } = inFixedOrder(artefact);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([texts, scaler?.means, scaler?.scales, decoder.network, encoder?.network]));
  for (const part of [decoder, encoder])
    if (part !== undefined)
      for (const name of weightRoles(part.network, part.network.name).keys())
        hash.update(part.weights.get(name)!.values);
  return hash.digest('hex');
}
