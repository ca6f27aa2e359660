/**
 * The `model_config` of a Keras file, read into records that are the same for Keras 2 and 3, Functional and Sequential models:
 * layers, the tensors that each of their calls reads, inputs and outputs.
 */
import { z } from 'zod';
import { userError } from '../../base/diagnostic.js';

/** The result of one call of a layer. */
export interface TensorReference {
  readonly layer: string;
  /** Counts the calls of the layer, from 0. */
  readonly call: number;
  /** Counts the results of a model inside the model; 0 for every other layer. */
  readonly output: number;
}

export interface KerasCall {
  readonly reads: readonly TensorReference[];
  /** Called as if in training, whatever the model is used for. */
  readonly isTraining: boolean;
  /** Called with numbers beside tensors, as `x + 1` is: they are not in the layer's configuration. */
  readonly hasNumbers: boolean;
}

export interface KerasLayer {
  readonly name: string;
  /** Without the package it is registered in. */
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly calls: readonly KerasCall[];
  /** A model used as a layer. */
  readonly model?: KerasModel;
}

export interface KerasModel {
  readonly name: string;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
}

const layerSchema = z.looseObject({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.union([z.looseObject({ name: z.string().optional() }), z.array(z.unknown())]),
  inbound_nodes: z.array(z.unknown()).optional(),
});
type LayerJson = z.infer<typeof layerSchema>;

const modelSchema = z.looseObject({
  name: z.string().optional(),
  layers: z.array(layerSchema),
  input_layers: z.unknown().optional(),
  output_layers: z.unknown().optional(),
  build_input_shape: z.unknown().optional(),
});

const modelClasses: ReadonlySet<string> = new Set(['Functional', 'Model', 'Sequential']);

/** @throws AxocError (user) when it is not the configuration of a model of layers */
export function readModelConfig(json: unknown, place: string): KerasModel {
  const layer = parse(layerSchema, json, place);
  if (!modelClasses.has(layer.class_name))
    throw userError(
      'keras-model',
      place,
      `the model is of the class ${layer.class_name}: its layers are in Python code, not in the file`,
      'save a Functional or Sequential model that calls the same layers',
    );
  return modelOf(layer, nameOf(layer) ?? 'model', place);
}

/** Every model inside the model, by name, the outer ones first. */
export function submodels(model: KerasModel): readonly KerasModel[] {
  return model.layers.flatMap(({ model: inner }) => (inner === undefined ? [] : [inner, ...submodels(inner)]));
}

function modelOf({ class_name, config }: LayerJson, name: string, place: string): KerasModel {
  // The first Keras wrote a Sequential model as the list of its layers.
  const model = parse(modelSchema, Array.isArray(config) ? { layers: config } : config, place);
  const layers = model.layers.map((layer, index) => layerOf(layer, index, place));
  if (class_name === 'Sequential') return sequential(name, layers, model.build_input_shape, place);
  const outputs = referencesIn(model.output_layers, `${place}: output_layers`);
  const isKeras3 = model.layers.some(({ inbound_nodes }) => inbound_nodes?.some(isRecord));
  const fromZero = countedFromZero(layers, isKeras3);
  return {
    name,
    layers: layers.map((layer) => ({
      ...layer,
      calls: layer.calls.map((call) => ({ ...call, reads: call.reads.map((read) => fromZero(read, false)) })),
    })),
    inputs: referencesIn(model.input_layers, `${place}: input_layers`),
    outputs: outputs.map((output) => fromZero(output, true)),
  };
}

/**
 * Calls of a model inside a model are counted from 1 by Keras 2, since the model was called on its own inputs first, and among the outputs by
 * Keras 3 too, except for Sequential ones. A number that this makes impossible is taken as it stands.
 */
function countedFromZero(layers: readonly KerasLayer[], isKeras3: boolean) {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return (reference: TensorReference, isOutput: boolean): TensorReference => {
    const layer = byName.get(reference.layer);
    if (layer?.model === undefined) return reference;
    const isFromOne = !isKeras3 || (isOutput && layer.className !== 'Sequential');
    const call = reference.call - 1;
    return isFromOne && call >= 0 && call < layer.calls.length ? { ...reference, call } : reference;
  };
}

function layerOf(layer: LayerJson, index: number, place: string): KerasLayer {
  const name = nameOf(layer) ?? `layer_${index}`;
  const className = layer.class_name.slice(layer.class_name.lastIndexOf('>') + 1);
  const where = `${place}: ${name}`;
  return {
    name,
    className,
    config: Array.isArray(layer.config) ? {} : layer.config,
    calls: (layer.inbound_nodes ?? []).map((node) => callOf(node, where)),
    ...(modelClasses.has(className) ? { model: modelOf(layer, name, where) } : {}),
  };
}

function nameOf({ name, config }: LayerJson): string | undefined {
  return name ?? (Array.isArray(config) ? undefined : config.name);
}

/** Each layer reads the one before; where no input stands first, the first layer tells the shape, or the model does. */
function sequential(name: string, layers: readonly KerasLayer[], built: unknown, place: string): KerasModel {
  const [first] = layers;
  if (first === undefined) throw userError('keras-model', place, 'the model has no layers', 'save the whole model');
  const input: KerasLayer = {
    name: `${name}_input`,
    className: 'InputLayer',
    config: { batch_shape: first.config.batch_input_shape ?? first.config.batch_shape ?? built },
    calls: [],
  };
  const chain = first.className === 'InputLayer' ? layers : [input, ...layers];
  return {
    name,
    layers: chain.map((layer, index) =>
      index === 0 ? layer : { ...layer, calls: [{ ...plainCall, reads: [resultOf(chain[index - 1]!)] }] },
    ),
    inputs: [resultOf(chain[0]!)],
    outputs: [resultOf(chain.at(-1)!)],
  };
}

function resultOf({ name }: KerasLayer): TensorReference {
  return { layer: name, call: 0, output: 0 };
}

/** Keras 2: a list of tensors, `[layer, call, output, arguments]`. Keras 3: arguments, in which tensors are objects with a history. */
function callOf(node: unknown, place: string): KerasCall {
  return {
    reads: referencesIn(node, place),
    isTraining: isTrainingIn(node),
    hasNumbers: isRecord(node) && hasNumbers(node),
  };
}

const plainCall = { isTraining: false, hasNumbers: false } as const;

/** In the arguments of a call; switches (`training`) and absent masks are none. */
function hasNumbers(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasNumbers);
  if (!isRecord(value)) return typeof value === 'number' || typeof value === 'string';
  return value.class_name !== '__keras_tensor__' && Object.values(value).some(hasNumbers);
}

function isTrainingIn(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(isTrainingIn);
  if (!isRecord(node)) return false;
  return node.training === true || (isRecord(node.kwargs) && node.kwargs.training === true);
}

/** Every tensor that is named, in order: one alone, in a list, or in the arguments of a call. */
function referencesIn(value: unknown, place: string): readonly TensorReference[] {
  if (isReference(value)) return [{ layer: value[0], call: value[1], output: value[2] }];
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, place));
  if (!isRecord(value)) return [];
  if (value.class_name === '__keras_tensor__') {
    const history = isRecord(value.config) ? value.config.keras_history : undefined;
    if (!isReference(history)) throw userError('keras-model', place, 'a tensor has no keras_history', damagedHint);
    return referencesIn(history, place);
  }
  return Object.values(value).flatMap((item) => referencesIn(item, place));
}

function isReference(value: unknown): value is [string, number, number] {
  return (
    Array.isArray(value) && typeof value[0] === 'string' && Number.isInteger(value[1]) && Number.isInteger(value[2])
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const damagedHint = 'save the model again with model.save("model.h5")';

function parse<T>(schema: z.ZodType<T>, json: unknown, place: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const key = first!.path.join('.');
  throw userError('keras-model', place, `${key === '' ? 'model_config' : key}: ${first!.message}`, damagedHint);
}
