/** From a Keras HDF5 file (`model.save('model.h5')`) to a layer network with its weights. */
import { basename } from 'node:path';
import { Problems, userError } from '../../base/diagnostic.js';
import { readHead } from '../../base/files.js';
import { suggest } from '../../base/nearest.js';
import { type Hdf5File, withHdf5File } from '../../data/hdf5/file.js';
import { parseJson } from '../../data/json/parse-json.js';
import type { Layer, LayerInput, LayerNetwork, LayerWeights } from '../../network/layers/layers.js';
import { resultShape } from '../../network/layers/shapes.js';
import { checkWeights, weightRoles } from '../../network/layers/weights.js';
import type { ValueShape } from '../../network/shape.js';
import { type FlatCall, type FlatInput, flattenModel } from './flatten-model.js';
import { readWeights } from './keras-weights.js';
import { convertLayer } from './layer-config.js';
import { type Surroundings, Unsupported } from './layer-reader.js';
import { type KerasModel, readModelConfig, submodels } from './model-config.js';

export interface ImportedModel {
  readonly network: LayerNetwork;
  readonly weights: LayerWeights;
  /** `keras 2.14.0, decoder.h5` */
  readonly source: string;
}

/**
 * @param submodel name of a model inside the model, where only that is wanted
 * @throws AxocError (user) naming every layer and every weight that cannot be imported
 */
export async function importKeras(path: string, submodel?: string): Promise<ImportedModel> {
  refuseArchive(path);
  return withHdf5File(path, (file) => {
    const version = file.attributes('').get('keras_version');
    const outer = readModelConfig(configOf(file), path);
    const { model, models } = submodel === undefined ? { model: outer, models: [] } : find(outer, submodel, path);
    const problems = new Problems();
    const { network, calls } = networkOf(
      model,
      models,
      { path, keras: kerasOf(version), hint: hintFor(model) },
      problems,
    );
    problems.throwIfAny();
    const weights = readWeights(file, weightRoles(network, path), calls, problems);
    problems.throwIfAny();
    checkWeights(network, weights, path);
    return { network, weights, source: `keras ${version ?? 'of an unknown version'}, ${basename(path)}` };
  });
}

/** @param version the attribute of the file: `2.14.0` */
function kerasOf(version: unknown): Surroundings['keras'] {
  const major = Number.parseInt(String(version), 10);
  return Number.isNaN(major) ? undefined : major < 3 ? 2 : 3;
}

function refuseArchive(path: string): void {
  if (Buffer.from(readHead(path, 2)).toString('latin1') === 'PK')
    throw userError(
      'keras-model',
      path,
      'it is an archive, as Keras 3 writes them with the ending .keras; HDF5 is read',
      'load it in Python and save it again: model.save("model.h5")',
    );
}

function configOf(file: Hdf5File): unknown {
  const text = file.attributes('').get('model_config');
  if (typeof text === 'string') return parseJson(text, `${file.path}: model_config`);
  const weightsAlone = file.attributes('').has('layer_names') || file.has('layers');
  throw userError(
    'keras-model',
    file.path,
    weightsAlone
      ? 'it holds weights alone: without a model_config the layers are not known'
      : 'an HDF5 file, but no Keras model: it has no attribute model_config',
    'save the whole model: model.save("model.h5")',
  );
}

/** A model inside, with the names of those around its layers, the outermost (of which the file has no group) left out. */
function find(outer: KerasModel, name: string, place: string): { model: KerasModel; models: readonly string[] } {
  const search = (model: KerasModel, models: readonly string[]): { model: KerasModel; models: readonly string[] }[] =>
    model.layers.flatMap(({ name: layer, model: inner }) =>
      inner === undefined ? [] : [{ model: inner, models: [...models, layer] }, ...search(inner, [...models, layer])],
    );
  const found = search(outer, []).find(({ model }) => model.name === name);
  if (found !== undefined) return found;
  const known = submodels(outer).map((model) => model.name);
  throw userError(
    'bad-option',
    place,
    `there is no model "${name}" inside the model`,
    known.length === 0 ? 'it holds no models inside: import it as a whole' : suggest(name, known),
  );
}

/** What a model was read from. */
interface Origin {
  readonly path: string;
  readonly keras: Surroundings['keras'];
  /** What to do about a layer that is not imported. */
  readonly hint: string;
}

interface Converted {
  readonly network: LayerNetwork;
  /** Layer of ours -> the use of a Keras layer that it comes from. */
  readonly calls: ReadonlyMap<string, FlatCall>;
}

function networkOf(model: KerasModel, models: readonly string[], origin: Origin, problems: Problems): Converted {
  const { path } = origin;
  const flat = flattenModel(model, models, path, problems);
  const shapes = new Map<string, ValueShape | undefined>();
  const inputs = flat.inputs.map((given): LayerInput => {
    const shape = problems.attempt(() => inputShape(given, path));
    shapes.set(given.name, shape);
    return { name: given.name, shape: shape ?? [] };
  });
  const layers: Layer[] = [];
  const calls = new Map<string, FlatCall>();
  /** What stands for the result of a call: its last layer. */
  const results = new Map(inputs.map(({ name }) => [name, name]));
  for (const call of flat.calls) {
    const converted = problems.attempt(() => layersOf(call, shapes, results, origin)) ?? [];
    for (const layer of converted) {
      const read = layer.inputs.map((name) => shapes.get(name)!);
      shapes.set(
        layer.name,
        problems.attempt(() => resultShape(layer, read, `${path}: ${layer.name}`)),
      );
      layers.push(layer);
      calls.set(layer.name, call);
    }
    results.set(call.name, converted.at(-1)?.name ?? call.name);
  }
  const outputs = flat.outputs.map((name) => results.get(name) ?? name);
  return { network: { name: model.name, inputs, layers, outputs }, calls };
}

/** @throws AxocError (user) when the layer cannot be imported; empty where what it reads could not either */
function layersOf(
  call: FlatCall,
  shapes: ReadonlyMap<string, ValueShape | undefined>,
  results: ReadonlyMap<string, string>,
  origin: Origin,
): readonly Layer[] {
  const reads = call.reads.map((name) => results.get(name)!);
  const read = reads.map((name) => shapes.get(name)).filter((shape) => shape !== undefined);
  const isKnown = read.length === reads.length;
  const bare = convert(call, isKnown ? read : [], origin);
  if (!isKnown) return [];
  return bare.map((layer, index): Layer => {
    // A second layer is the activation of the first.
    const name = index === 0 ? call.name : `${call.name}/activation`;
    return { ...layer, name, inputs: index === 0 ? reads : [call.name] } as Layer;
  });
}

function convert({ name, call, layer }: FlatCall, read: readonly ValueShape[], { path, keras, hint }: Origin) {
  const { className, config } = layer;
  const place = `${path}: ${name}`;
  if (call.isTraining && ['Dropout', 'BatchNormalization'].includes(className))
    throw userError('keras-layer', place, 'the layer is called with training=True, which is not imported', hint);
  if (call.hasNumbers)
    throw userError(
      'keras-layer',
      place,
      `the layer ${className} is called with numbers, as in x + 1, which is not imported`,
      hint,
    );
  try {
    return convertLayer(className, config, { read, keras });
  } catch (error) {
    if (error instanceof Unsupported) throw userError('keras-layer', place, `the layer ${error.message}`, hint);
    throw error;
  }
}

function hintFor(model: KerasModel): string {
  const inside = submodels(model).map(({ name }) => name);
  const rebuild = 'build the model from layers that are imported, and save it again';
  return inside.length === 0 ? rebuild : `${rebuild}; or take a model inside it: --submodel ${inside.join(' or ')}`;
}

function inputShape({ name, layer: { config } }: FlatInput, path: string): ValueShape {
  const place = `${path}: ${name}`;
  const given = config.batch_shape ?? config.batch_input_shape;
  if (!Array.isArray(given))
    throw userError('keras-layer', place, 'the input has no shape', 'build the model before it is saved');
  const shape = given.slice(1);
  if (!shape.every((length) => Number.isInteger(length)))
    throw userError(
      'keras-layer',
      place,
      `the input has the shape ${JSON.stringify(given)}: only the batch may be left open`,
      'give every other axis a length',
    );
  return shape as number[];
}
