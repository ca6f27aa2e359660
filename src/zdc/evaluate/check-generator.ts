/** Whether a generator can be evaluated on showers at all: one that was imported may be of anything. */
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { Problems } from '../../base/diagnostic.js';
import { layerShapes } from '../../network/layers/shapes.js';
import { isSameShape, printValueShape, valueCount } from '../../network/shape.js';
import { conditions } from '../calorimeter.js';
import type { Showers } from '../prepare/prepared.js';
import type { Scaler } from '../train/scaler.js';

/**
 * @param place of the generator, for messages
 * @returns what its conditions are scaled by
 * @throws AxocError (user) with everything that does not fit
 */
export function checkGenerator(
  { decoder, scaler }: Pick<GeneratorArtefact, 'decoder' | 'scaler'>,
  { calorimeter, path }: Pick<Showers, 'calorimeter' | 'path'>,
  place: string,
): Scaler {
  const problems = new Problems();
  const { inputs, outputs } = decoder.network;
  if (inputs.length !== 2 || valueCount(inputs[1]!.shape) !== conditions.length)
    problems.add(
      'foreign-generator',
      place,
      `it reads ${inputs.map(({ name, shape }) => `${name} (${printValueShape(shape)})`).join(', ')}, not noise and ${conditions.length} conditions`,
      'evaluate the decoder of a conditional generator',
    );
  const image = layerShapes(decoder.network, place).get(outputs[0]!)!;
  const pixels = [valueCount(calorimeter.shape)];
  const fits = [calorimeter.shape, [...calorimeter.shape, 1], pixels].some((shape) => isSameShape(shape, image));
  if (outputs.length !== 1 || !fits)
    problems.add(
      'foreign-generator',
      place,
      `it makes ${outputs.length > 1 ? `${outputs.length} outputs, the first of` : 'images of'} ${printValueShape(image)}; ${path} has showers in ${calorimeter.name}, ${printValueShape(calorimeter.shape)}`,
      'give showers of the calorimeter it was trained for',
    );
  if (scaler === undefined)
    problems.add(
      'no-scales',
      place,
      'does not know means and scales of its conditions, so it cannot be fed with particles',
      'import it with --scales, the file that was written when it was trained',
    );
  problems.throwIfAny();
  return scaler!;
}
