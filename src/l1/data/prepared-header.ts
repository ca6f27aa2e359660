/** What Data.h5 says of itself - configuration, summary, objects, normalisation - read and checked: a part that was changed goes no further. */
import { z } from 'zod';
import { userError } from '../../base/diagnostic.js';
import type { Hdf5File } from '../../data/hdf5/file.js';
import type { Normalisation } from './normalisation.js';
import { type ObjectKind, objectFeatures, objectKinds } from './objects.js';
import { syntheticAttribute } from './open-event-file.js';
import { configAttribute, summaryAttribute } from './prepared-format.js';
import type { PrepareSummary } from './summary.js';

export interface PreparedHeader {
  /** JSON: how it was made, and from what. */
  readonly config: string;
  readonly summary: PrepareSummary;
  /** How the events were made, when they are synthetic. */
  readonly synthetic?: string;
  /** Kind of each object of an event. */
  readonly objects: readonly ObjectKind[];
  readonly normalisation: Normalisation;
  /** Ends of the inputs. */
  readonly clip: readonly [low: number, high: number];
}

const count = z.int().min(0);
const setSummary = z.object({
  read: count,
  kept: count,
  unordered: count,
  droppedByEt: count,
  droppedByObject: count,
  maskedObjects: count,
});
const preparedSummary = z.object({
  train: setSummary,
  test: setSummary,
  signals: z.record(z.string(), setSummary),
});
const kindsOfObjects = z.array(z.enum(objectKinds)).min(1);
const endsOfInputs = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high);

const remedy = 'the file was changed or damaged: prepare the data again (axoc data prepare)';

/** A part of prepared data that is not as preparing writes it. */
export function damagedPart(place: string, message: string): Error {
  return userError('unknown-layout', place, message, remedy);
}

/**
 * @param within gives the name in the file of a part of the prepared data, `''` all of it
 * @throws AxocError (user) when the file was not made by preparing data, or was changed since
 */
export function readPreparedHeader(file: Hdf5File, within: (name: string) => string): PreparedHeader {
  const attributes = file.attributes(within(''));
  const [config, text] = [attributes.get(configAttribute), attributes.get(summaryAttribute)];
  if (typeof config !== 'string' || typeof text !== 'string')
    throw userError('unknown-layout', file.path, 'was not made by preparing data', 'make it: axoc data prepare');
  if (parsedJson(config) === undefined)
    throw damagedPart(file.path, `its attribute "${configAttribute}" is not the JSON of a configuration`);
  const summary = preparedSummary.safeParse(parsedJson(text)).data;
  if (summary === undefined)
    throw damagedPart(file.path, `its attribute "${summaryAttribute}" does not say how many events it holds`);
  const synthetic = attributes.get(syntheticAttribute);
  const group = within('Normalisation');
  const place = `${file.path}: ${group}`;
  const about = file.attributes(group);
  const objects = kindsOfObjects.safeParse(about.get('objects')).data;
  if (objects === undefined) throw damagedPart(place, 'its attribute "objects" is not a list of kinds of objects');
  const clip = endsOfInputs.safeParse(about.get('clip')).data;
  if (clip === undefined) throw damagedPart(place, 'its attribute "clip" is not two numbers, the lower one first');
  return {
    config,
    summary,
    ...(typeof synthetic === 'string' ? { synthetic } : {}),
    objects,
    normalisation: readNormalisation(file, group, objects.length),
    clip,
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readNormalisation(file: Hdf5File, group: string, objects: number): Normalisation {
  const shape = [objects, objectFeatures.length];
  const numbers = (name: string, isAllowed: (value: number) => boolean): ArrayLike<number> => {
    const dataset = file.dataset(`${group}/${name}`);
    const place = `${file.path}: ${dataset.name}`;
    if (dataset.shape.join() !== shape.join())
      throw damagedPart(place, `has shape (${dataset.shape.join(', ')}) where (${shape.join(', ')}) is expected`);
    const values = dataset.readAll();
    const strange = Array.from(values).findIndex((value) => !isAllowed(value));
    if (strange >= 0)
      throw damagedPart(place, `value ${strange} is ${values[strange]}, by which no input can be normalised`);
    return values;
  };
  const scale = Float64Array.from(numbers('norm_scale', (value) => Number.isFinite(value) && value !== 0));
  const bias = Float64Array.from(numbers('norm_bias', Number.isFinite));
  if (!file.has(`${group}/norm_shift`)) return { scale, bias };
  const shift = Int32Array.from(numbers('norm_shift', Number.isInteger));
  const differing = shift.findIndex((power, input) => 2 ** power !== scale[input]);
  if (differing >= 0)
    throw damagedPart(
      `${file.path}: ${group}/norm_shift`,
      `value ${differing} is ${shift[differing]}, but the scale is ${scale[differing]}, not 2^${shift[differing]}`,
    );
  return { scale, bias, shift };
}
