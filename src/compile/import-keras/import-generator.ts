/** From Keras files to the artefact of a generator, with everything that had to be assumed said. */
import type { GeneratorArtefact, GeneratorCondition, TrainedNetwork } from '../../artefact/generator.js';
import { userError } from '../../base/diagnostic.js';
import type { LayerInput, LayerNetwork } from '../../network/layers/layers.js';
import { layerShapes } from '../../network/layers/shapes.js';
import { printValueShape, type ValueShape, valueCount } from '../../network/shape.js';
import { importKeras } from './import-keras.js';

export interface GeneratorSource {
  /** The Keras file of the decoder. */
  readonly path: string;
  /** A model inside its model, where only that is the decoder. */
  readonly submodel?: string;
  /** The Keras file of the encoder. */
  readonly encoder?: string;
  /** Absent: the name of the Keras model. */
  readonly name?: string;
  /** Absent: told from the shape of the images. */
  readonly calorimeter?: 'ZN' | 'ZP';
  readonly scaler?: GeneratorArtefact['scaler'];
}

/** What is known of the generators that are imported. */
export interface GeneratorKind {
  /** What an input of as many values is taken for. */
  readonly conditions: readonly GeneratorCondition[];
  readonly calorimeters: readonly { readonly name: 'ZN' | 'ZP'; readonly shape: ValueShape }[];
}

export interface ImportedGenerator {
  readonly artefact: GeneratorArtefact;
  /** Sentences. */
  readonly assumptions: readonly string[];
}

/** @throws AxocError (user) naming everything that cannot be imported */
export async function importGenerator(source: GeneratorSource, kind: GeneratorKind): Promise<ImportedGenerator> {
  const { path, submodel, encoder: encoderPath, scaler } = source;
  const imported = await importKeras(path, submodel);
  const assumptions: string[] = [];
  const { network, conditions } = arrange(imported.network, kind, assumptions);
  checkScaler(scaler, conditions.length, path, assumptions);
  const calorimeter = calorimeterOf(network, source, kind, assumptions);
  const encoder: TrainedNetwork | undefined = encoderPath === undefined ? undefined : await importKeras(encoderPath);
  return {
    artefact: {
      name: source.name ?? network.name,
      ...(calorimeter === undefined ? {} : { calorimeter }),
      decoder: { network, weights: imported.weights },
      ...(encoder === undefined ? {} : { encoder: { network: encoder.network, weights: encoder.weights } }),
      ...(scaler === undefined ? {} : { scaler }),
      conditions,
      source: imported.source,
    },
    assumptions,
  };
}

/** Noise first, conditions last: so are generators fed. */
function arrange(
  network: LayerNetwork,
  { conditions }: GeneratorKind,
  assumptions: string[],
): { network: LayerNetwork; conditions: readonly GeneratorCondition[] } {
  const { inputs } = network;
  const isCondition = ({ shape }: LayerInput): boolean => shape.length === 1 && shape[0] === conditions.length;
  const found = inputs.findLast(isCondition);
  if (found === undefined) {
    assumptions.push(`no input has ${conditions.length} values: it is not known which values are conditions`);
    return { network, conditions: [] };
  }
  const others = inputs.filter((input) => input !== found);
  const listed = conditions.map(({ name, unit }) => `${name} [${unit}]`).join(', ');
  assumptions.push(`the input ${found.name} is ${listed}, in this order, scaled`);
  if (others.some(isCondition))
    assumptions.push(`the input ${others.find(isCondition)!.name}, of as many values, is noise, for it stands first`);
  const isLast = inputs.at(-1) === found;
  if (!isLast)
    assumptions.push(`the inputs are put in the order noise, conditions; the file has ${found.name} earlier`);
  const units = conditions.map(({ unit }) => unit);
  return { network: { ...network, inputs: [...others, { ...found, units }] }, conditions };
}

function checkScaler(
  scaler: GeneratorArtefact['scaler'],
  conditions: number,
  place: string,
  assumptions: string[],
): void {
  if (scaler === undefined) {
    if (conditions > 0)
      assumptions.push('no scales are given: whoever feeds the conditions has to know them (--scales)');
    return;
  }
  if (scaler.means.length !== conditions)
    throw userError(
      'bad-option',
      place,
      `the model has ${conditions} conditions, the scales are for ${scaler.means.length}`,
      'give the scales that were written when this model was trained',
    );
}

function calorimeterOf(
  network: LayerNetwork,
  { path, calorimeter }: GeneratorSource,
  { calorimeters }: GeneratorKind,
  assumptions: string[],
): 'ZN' | 'ZP' | undefined {
  const shape = layerShapes(network, path).get(network.outputs[0]!)!;
  const fits = (image: ValueShape): boolean => valueCount(image) === valueCount(shape);
  const found = calorimeters.find((candidate) => fits(candidate.shape));
  if (calorimeter === undefined) {
    assumptions.push(
      found === undefined
        ? `images of ${printValueShape(shape)} are of no known calorimeter: channel sums cannot be exported`
        : `images of ${printValueShape(shape)} are of the calorimeter ${found.name}`,
    );
    return found?.name;
  }
  if (found?.name !== calorimeter)
    throw userError(
      'bad-option',
      `--calorimeter ${calorimeter}`,
      `the images of ${path} are ${printValueShape(shape)}, those of ${calorimeters.map((known) => `${known.name} ${printValueShape(known.shape)}`).join(', of ')}`,
      'name the calorimeter it was trained for, or none',
    );
  return calorimeter;
}
