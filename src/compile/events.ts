/** From an event file to vectors of a model's inputs. */
import { openEvents } from '../data/event-stream.js';
import type { Network } from '../network/network.js';
import { type EventUnit, type QuantisedEvents, quantiseEvents } from '../network/quantise-events.js';

/** Where events come from and what their numbers are. */
export interface EventInput {
  readonly path: string;
  readonly unit: EventUnit;
  /** Dataset of an HDF5 file. */
  readonly dataset?: string;
}

/** Events quantised at a time. */
const blockSize = 8192;

export interface LoadedEvents extends QuantisedEvents {
  /** The file holds more than were asked for. */
  readonly isCut: boolean;
}

/** The first events as raw integers, at most `limit`: for verification, which looks at every value of each. */
export async function loadVectors(
  { path, unit, dataset }: EventInput,
  network: Network,
  limit = Number.POSITIVE_INFINITY,
): Promise<LoadedEvents> {
  const stream = await openEvents(path, dataset === undefined ? {} : { dataset });
  try {
    const vectors: (readonly bigint[])[] = [];
    let roundedCount = 0;
    for await (const block of stream.blocks(blockSize)) {
      const quantised = quantiseEvents(block, network.input, unit, vectors.length);
      for (const vector of quantised.vectors) vectors.push(vector);
      roundedCount += quantised.roundedCount;
      if (vectors.length > limit) return { vectors: vectors.slice(0, limit), roundedCount, isCut: true };
    }
    return { vectors, roundedCount, isCut: false };
  } finally {
    stream.close();
  }
}
