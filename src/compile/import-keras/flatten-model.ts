/** A Keras model as a plain list of calls, each after those that it reads: models inside the model are opened. */
import { type Problems, userError } from '../../base/diagnostic.js';
import type { KerasCall, KerasLayer, KerasModel, TensorReference } from './model-config.js';

/** One use of a layer that is no input. */
export interface FlatCall {
  /** Unique: `dense`, `decoder/dense` inside a model, `dense_call_2` where a layer is used again. */
  readonly name: string;
  readonly layer: KerasLayer;
  readonly call: KerasCall;
  /** Names of the models in which the layer is, the outermost first. */
  readonly models: readonly string[];
  /** Names of calls or inputs. */
  readonly reads: readonly string[];
}

export interface FlatInput {
  readonly name: string;
  readonly layer: KerasLayer;
}

export interface FlatModel {
  readonly inputs: readonly FlatInput[];
  readonly calls: readonly FlatCall[];
  readonly outputs: readonly string[];
}

/**
 * @param models names of the models around it, where only a model inside a model is taken
 * @throws AxocError (user) when calls read what is not there
 */
export function flattenModel(
  model: KerasModel,
  models: readonly string[],
  place: string,
  problems: Problems,
): FlatModel {
  const inputs = model.inputs.map(({ layer }) => ({ name: layer, layer: layerNamed(model, layer, place) }));
  const fed = inputs.map(({ name }) => name);
  const flattener = new Flattener(place, fed);
  const outputs = problems.attempt(() => flattener.open(model, fed, models, '')) ?? [];
  return { inputs, calls: flattener.calls, outputs };
}

function layerNamed(model: KerasModel, name: string, place: string): KerasLayer {
  const layer = model.layers.find((candidate) => candidate.name === name);
  if (layer === undefined) throw broken(place, `the model ${model.name} has no layer "${name}", which is used`);
  return layer;
}

function broken(place: string, message: string): Error {
  return userError('keras-model', place, message, 'save the model again with model.save("model.h5")');
}

class Flattener {
  readonly calls: FlatCall[] = [];
  readonly #names: Set<string>;

  /** @param taken names that no call can have */
  constructor(
    private readonly place: string,
    taken: readonly string[],
  ) {
    this.#names = new Set(taken);
  }

  /**
   * Adds the calls of a model.
   * @param fed what its inputs are
   * @returns what its outputs are
   */
  open(model: KerasModel, fed: readonly string[], models: readonly string[], prefix: string): readonly string[] {
    const place = `${this.place}: ${prefix}${model.name}`;
    if (fed.length !== model.inputs.length)
      throw broken(place, `it has ${model.inputs.length} inputs and is called with ${fed.length}`);
    const inputs = new Map(model.inputs.map(({ layer }, index) => [layer, fed[index]!]));
    // A result stands here once its call is made; an empty list while it is being made.
    const results = new Map<string, readonly string[]>();
    const resultsOf = (reference: TensorReference): readonly string[] => {
      const given = inputs.get(reference.layer);
      if (given !== undefined) return [given];
      const key = `${reference.layer} ${reference.call}`;
      const known = results.get(key);
      if (known?.length === 0) throw broken(place, `the layer ${reference.layer} reads its own result`);
      if (known !== undefined) return known;
      results.set(key, []);
      const layer = layerNamed(model, reference.layer, place);
      const call = layer.calls[reference.call];
      if (call === undefined) throw broken(place, `call ${reference.call} of ${layer.name} is read, but not there`);
      const made = this.#make(layer, call, call.reads.map(readOne), models, prefix);
      results.set(key, made);
      return made;
    };
    const readOne = (reference: TensorReference): string => {
      const name = resultsOf(reference)[reference.output];
      if (name === undefined)
        throw broken(place, `${reference.layer} has no result ${reference.output}, which is read`);
      return name;
    };
    return model.outputs.map(readOne);
  }

  #make(
    layer: KerasLayer,
    call: KerasCall,
    reads: readonly string[],
    models: readonly string[],
    prefix: string,
  ): readonly string[] {
    const name = this.#unique(prefix + layer.name);
    if (layer.model !== undefined) return this.open(layer.model, reads, [...models, layer.name], `${name}/`);
    this.calls.push({ name, layer, call, models, reads });
    return [name];
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let use = 2; this.#names.has(name); use++) name = `${wanted}_call_${use}`;
    this.#names.add(name);
    return name;
  }
}
