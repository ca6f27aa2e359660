/** The weights of a Keras file: which dataset belongs to which weight of ours. */
import { type Problems, userError } from '../../base/diagnostic.js';
import type { Hdf5File } from '../../data/hdf5/file.js';
import type { LayerWeights, WeightTensor } from '../../network/layers/layers.js';
import type { WeightRole } from '../../network/layers/weights.js';
import { isSameShape, printValueShape } from '../../network/shape.js';
import type { FlatCall } from './flatten-model.js';

const group = 'model_weights';

/**
 * Weights of layers that are used several times are repeated.
 * @param calls layer of ours -> the use of a Keras layer that it comes from
 */
export function readWeights(
  file: Hdf5File,
  roles: ReadonlyMap<string, WeightRole>,
  calls: ReadonlyMap<string, FlatCall>,
  problems: Problems,
): LayerWeights {
  const weights = new Map<string, WeightTensor>();
  for (const [name, { layer, part, shape }] of roles) {
    const call = calls.get(layer.name)!;
    const dataset = findDataset(file, call, part);
    if (dataset === undefined) {
      const top = call.models[0] ?? call.layer.name;
      const there = datasetsOf(file, top).join(', ');
      problems.add(
        'keras-weights',
        `${file.path}: ${group}/${top}`,
        `no dataset is the ${part} of ${layer.name}, of shape ${printValueShape(shape)}`,
        there === '' ? 'there are no datasets: save the model with its weights' : `there are: ${there}`,
      );
      continue;
    }
    const tensor = problems.attempt(() => readTensor(file, dataset, shape));
    if (tensor !== undefined) weights.set(name, tensor);
  }
  return weights;
}

function readTensor(file: Hdf5File, dataset: string, shape: readonly number[]): WeightTensor {
  const found = file.dataset(dataset);
  if (!isSameShape(found.shape, shape))
    throw userError(
      'keras-weights',
      `${file.path}: ${dataset}`,
      `of shape ${printValueShape(found.shape)}, where the layer needs ${printValueShape(shape)}`,
      'save model and weights together again',
    );
  return { shape, values: Float32Array.from(found.readAll()) };
}

/** Undefined: there is none, or nothing tells which of several it is. */
function findDataset(file: Hdf5File, { layer, models }: FlatCall, part: string): string | undefined {
  const inGroup = datasetsOf(file, models[0] ?? layer.name).filter((name) => partOf(name) === part);
  const ofLayer = inGroup.filter((name) => withoutIndex(name).endsWith(`/${layer.name}/${part}`));
  const inModel = ofLayer.filter((name) => models.every((model) => name.includes(`/${model}/`)));
  // A renamed layer has datasets of its former name: alone in its group they are meant all the same.
  return [inModel, ofLayer, inGroup].find(({ length }) => length === 1)?.[0];
}

/** Datasets in the group of a layer of the outermost model. */
function datasetsOf(file: Hdf5File, layer: string): readonly string[] {
  const prefix = `${group}/${layer}/`;
  return file.datasets.filter((name) => name.startsWith(prefix));
}

function partOf(dataset: string): string {
  const name = withoutIndex(dataset);
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Keras 2 ends names with `:0`. */
function withoutIndex(dataset: string): string {
  return dataset.replace(/:\d+$/, '');
}
