/** What every sequential event format is to its reader: bytes in, in pieces of any size; blocks of events out. */
import type { Events } from './events.js';

export interface EventParser {
  /** Takes the next bytes of the file, which stay the caller's; at least one. */
  push(bytes: Uint8Array): void;
  /** The file has ended. @throws AxocError with all problems of its table */
  finish(): void;
  /**
   * Whole blocks of `size` events that are ready; with `rest` the last, shorter one too. Nothing once a problem was found:
   * what is wrong with a table is told together, at its end.
   */
  take(size: number, rest: boolean): Iterable<Events>;
}
