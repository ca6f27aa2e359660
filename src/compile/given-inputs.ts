/** Inputs that a user gives for a comparison: an npz file with an array for each input of the model. */
import { basename } from 'node:path';
import { Problems, userError } from '../base/diagnostic.js';
import { readBytes } from '../base/files.js';
import type { Events } from '../data/events.js';
import { inMemory, readNpy } from '../data/npy/npy.js';
import { checkIsNpy } from '../data/npy/npz.js';
import { listZip, unpackZip } from '../data/zip/zip.js';
import { elementCountOf } from '../tensor/graph.js';
import type { GivenInputs } from './export-check.js';
import type { FloatPart } from './float-part.js';

/**
 * Arrays are taken by the names of the inputs; where none has such a name, in the order of the file.
 * @throws AxocError (user) for arrays that are missing, or of other shapes or numbers of events
 */
export function readGivenInputs(path: string, part: FloatPart): GivenInputs {
  const source = basename(path);
  const arrays = readArrays(readBytes(path), source);
  const { inputs } = part.plain(1);
  const isNamed = inputs.some(({ name }) => arrays.has(name));
  const problems = new Problems();
  const tensors = new Map<string, Float32Array>();
  let count: number | undefined;
  for (const [index, { name, shape }] of inputs.entries()) {
    const events = isNamed ? arrays.get(name) : [...arrays.values()][index];
    const width = elementCountOf(shape);
    const place = `${source}[${name}]`;
    if (events === undefined) {
      problems.add('npz-arrays', place, `there is no such array; there are ${[...arrays.keys()].join(', ')}`);
      continue;
    }
    if (events.width !== width)
      problems.add('wrong-width', place, `${events.width} numbers an event, the model takes ${width}`);
    count ??= events.count;
    if (events.count !== count)
      problems.add('wrong-shape', place, `${events.count} events, the first array has ${count}`);
    tensors.set(
      name,
      Float32Array.from({ length: events.values.length }, (_, at) => Number(events.values[at]!)),
    );
  }
  problems.throwIfAny();
  if (count === undefined || count === 0) throw userError('no-events', source, 'it holds no events');
  return { count, tensors };
}

function readArrays(bytes: Uint8Array, source: string): ReadonlyMap<string, Events> {
  const file = inMemory(bytes);
  return new Map(
    listZip(file, source)
      .filter(({ name }) => name.endsWith('.npy'))
      .map((member) => {
        const name = member.name.slice(0, -'.npy'.length);
        const place = `${source}[${name}]`;
        const content = unpackZip(file, member, source);
        checkIsNpy(content, place);
        return [name, readNpy(content, place)];
      }),
  );
}
