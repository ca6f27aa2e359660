/** Events block by block: files of any size in constant memory, as far as their format allows. */
import { readHead } from '../base/files.js';
import type { Events } from './events.js';
import { isHdf5, openHdf5 } from './hdf5.js';
import { readEvents } from './read-events.js';

export interface EventStream {
  /** File name, for messages. */
  readonly source: string;
  /** Events in all. */
  readonly count: number;
  /** Values of one event. */
  readonly width: number;
  /** All events in order, at most `size` at a time; the values of a block are only good until the next one. */
  blocks(size: number): Iterable<Events>;
  close(): void;
}

export interface EventStreamOptions {
  /** Path of the dataset in an HDF5 file; needed when the file holds more than one that could be events. */
  readonly dataset?: string;
}

/**
 * Opens an event file: HDF5 is read in slabs, every other format at once.
 * @throws AxocError as `readEvents` and `openHdf5` do
 */
export async function openEvents(path: string, options: EventStreamOptions = {}): Promise<EventStream> {
  return isHdf5(readHead(path, 8)) ? openHdf5(path, options.dataset) : streamOf(readEvents(path));
}

/** A table that is in memory, as a stream. */
export function streamOf(events: Events): EventStream {
  const { source, count, width } = events;
  return {
    source,
    count,
    width,
    *blocks(size) {
      for (let row = 0; row < count; row += size) {
        const rows = Math.min(size, count - row);
        yield { source, count: rows, width, values: slice(events.values, row * width, (row + rows) * width) };
      }
    },
    close() {},
  };
}

function slice(values: Events['values'], from: number, to: number): Events['values'] {
  if (Array.isArray(values)) return values.slice(from, to) as (number | bigint)[];
  return (values as Float64Array).subarray(from, to);
}
