/** What is in a file of events, or in a prepared one: layout, counts, ranges, occupancy, saturation, Level-1 rate. */
import { isHdf5File, withHdf5File } from '../../data/hdf5/file.js';
import type { EventBlock, EventLayout, EventSource } from './event-block.js';
import { etLimit, objectScales } from './objects.js';
import { layoutOf, openEventFile } from './open-event-file.js';
import { defaultReadOptions } from './options.js';
import { summaryAttribute } from './prepared-format.js';
import { nameOf, type SelectedObject, selectObjects } from './selection.js';
import { countUnordered } from './unordered.js';

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Over the events in which the object is there (pt above 0); hardware units. */
export interface ObjectInspection {
  /** As `nameOf` says. */
  readonly name: string;
  /** Fraction of events in which it is there. */
  readonly occupancy: number;
  /** Fraction of events in which its pt is at the end of the scale. */
  readonly saturated: number;
  readonly meanPt: number;
  readonly pt: Range;
  readonly eta: Range;
  readonly phi: Range;
}

export interface SourceInspection {
  readonly name: string;
  readonly count: number;
  readonly objects: readonly ObjectInspection[];
  /** Fraction of events that are always dropped. */
  readonly saturatedEt: number;
  /** Events in which an object is softer than the next one of its kind. */
  readonly unordered: number;
  /** Means, in hardware units. */
  readonly et: number;
  readonly ht: number;
  readonly hasComputedEnergies: boolean;
  readonly pileup?: number;
  /** Fraction of events that another Level-1 seed keeps. */
  readonly level1?: number;
}

export interface EventInspection {
  readonly layout: EventLayout;
  readonly synthetic?: string;
  readonly sources: readonly SourceInspection[];
}

const slab = 16384;

export async function isPrepared(path: string): Promise<boolean> {
  if (!isHdf5File(path)) return false;
  return withHdf5File(path, (file) => file.attributes('').has(summaryAttribute));
}

/**
 * Reads all of an event file.
 * @throws AxocError (user) as `openEventFile` does
 */
export async function inspectEvents(path: string): Promise<EventInspection> {
  const selection = selectObjects(defaultReadOptions, 'default objects');
  const isSignal = isHdf5File(path) && (await withHdf5File(path, layoutOf)) === 'signals';
  const file = await openEventFile(path, isSignal ? 'signal' : 'background', selection);
  try {
    return {
      layout: file.layout,
      ...(file.synthetic === undefined ? {} : { synthetic: file.synthetic }),
      sources: file.sources.map(inspectSource),
    };
  } finally {
    file.close();
  }
}

function inspectSource(source: EventSource): SourceInspection {
  const objects = source.selection.map(() => new ObjectCount());
  const sums = { et: 0, ht: 0, pileup: 0, level1: 0, saturatedEt: 0, unordered: 0 };
  for (let from = 0; from < source.count; from += slab) {
    const block = source.read(from, Math.min(from + slab, source.count));
    addColumns(block, sums);
    addObjects(block, source.selection, objects);
    sums.unordered += countUnordered(block, source.selection);
  }
  const { count } = source;
  return {
    name: source.name,
    count,
    objects: objects.map((one, index) => one.finish(source.selection[index]!, count)),
    saturatedEt: sums.saturatedEt / count,
    unordered: sums.unordered,
    et: sums.et / count,
    ht: sums.ht / count,
    hasComputedEnergies: source.hasComputedEnergies,
    ...(source.hasPileup ? { pileup: sums.pileup / count } : {}),
    ...(source.hasLevel1 ? { level1: sums.level1 / count } : {}),
  };
}

interface Sums {
  et: number;
  ht: number;
  pileup: number;
  level1: number;
  saturatedEt: number;
}

function addColumns(block: EventBlock, sums: Sums): void {
  for (let event = 0; event < block.count; event++) {
    sums.et += block.et[event]!;
    sums.ht += block.ht[event]!;
    sums.pileup += block.pileup?.[event] ?? 0;
    sums.level1 += block.level1?.[event] ?? 0;
    if (block.et[event]! >= etLimit) sums.saturatedEt++;
  }
}

function addObjects(
  { objects }: EventBlock,
  selection: readonly SelectedObject[],
  counts: readonly ObjectCount[],
): void {
  const limits = selection.map(({ kind }) => objectScales[kind].ptLimit);
  for (let at = 0, object = 0; at < objects.length; at += 3, object = (object + 1) % selection.length)
    counts[object]!.add(objects[at]!, objects[at + 1]!, objects[at + 2]!, limits[object]!);
}

class ObjectCount {
  #present = 0;
  #saturated = 0;
  #sum = 0;
  readonly #low = [Infinity, Infinity, Infinity];
  readonly #high = [-Infinity, -Infinity, -Infinity];

  add(pt: number, eta: number, phi: number, limit: number): void {
    if (pt === 0) return;
    this.#present++;
    this.#sum += pt;
    if (pt >= limit) this.#saturated++;
    this.#widen(0, pt);
    this.#widen(1, eta);
    this.#widen(2, phi);
  }

  finish(object: SelectedObject, events: number): ObjectInspection {
    const range = (feature: number): Range =>
      this.#present === 0 ? { low: 0, high: 0 } : { low: this.#low[feature]!, high: this.#high[feature]! };
    return {
      name: nameOf(object),
      occupancy: this.#present / events,
      saturated: this.#saturated / events,
      meanPt: this.#present === 0 ? 0 : this.#sum / this.#present,
      pt: range(0),
      eta: range(1),
      phi: range(2),
    };
  }

  #widen(feature: number, value: number): void {
    if (value < this.#low[feature]!) this.#low[feature] = value;
    if (value > this.#high[feature]!) this.#high[feature] = value;
  }
}
