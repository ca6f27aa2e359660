/** Events as plain tables of 57 hardware integers, in any format of event files: JSON, npy, npz, text. */
import { userError } from '../../base/diagnostic.js';
import { openEvents } from '../../data/event-stream.js';
import type { Events } from '../../data/events.js';
import { compactObjects, compactPlaces, energiesOf, pickCompact } from './compact.js';
import type { EventSource } from './event-block.js';
import type { SelectedObject } from './selection.js';

const width = 3 * compactObjects;
const rowsAtOnce = 16384;

/** Reads the whole file: 114 bytes an event stay in memory. */
export async function integersSource(
  path: string,
  name: string,
  selection: readonly SelectedObject[],
): Promise<EventSource> {
  const places = compactPlaces(selection, path);
  const all = await readIntegers(path);
  const count = all.length / width;
  return {
    name,
    count,
    selection,
    hasPileup: false,
    hasLevel1: false,
    hasComputedEnergies: true,
    read(from, to) {
      const events = all.subarray(from * width, to * width);
      return { count: to - from, ...energiesOf(events, to - from), objects: pickCompact(events, places) };
    },
  };
}

async function readIntegers(path: string): Promise<Int16Array> {
  const stream = await openEvents(path);
  const blocks: Int16Array[] = [];
  let count = 0;
  try {
    for await (const block of stream.blocks(rowsAtOnce)) {
      blocks.push(blockIntegers(block, path, count));
      count += block.count;
    }
  } finally {
    stream.close();
  }
  const all = new Int16Array(count * width);
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

function blockIntegers(block: Events, path: string, firstRow: number): Int16Array {
  if (block.width !== width) {
    const message = `an event has ${block.width} values where ${width} belong: pt, eta, phi of 19 objects`;
    throw userError('wrong-width', path, message, 'give MET, 4 e/gamma, 4 muons and 10 jets');
  }
  const integers = new Int16Array(block.values.length);
  for (let index = 0; index < integers.length; index++) {
    const value = Number(block.values[index]);
    integers[index] = value;
    if (integers[index] !== value || (value < 0 && index % 3 === 0)) throw notHardware(path, firstRow, index, value);
  }
  return integers;
}

function notHardware(path: string, firstRow: number, index: number, value: number): Error {
  const place = `${path}: row ${firstRow + Math.floor(index / width)}, column ${index % width}`;
  return userError(
    'bad-event',
    place,
    `${value} is not a hardware integer`,
    'check the units: half GeV, steps of eta and phi',
  );
}
