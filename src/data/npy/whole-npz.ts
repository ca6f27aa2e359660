/** An npz archive that comes in order, though it is read from its end: kept until it is whole. */
import type { EventParser } from '../event-parser.js';
import type { Events } from '../events.js';
import { readNpz } from './npz.js';

export class WholeNpz implements EventParser {
  readonly #pieces: Uint8Array[] = [];
  #events: Events | undefined;

  constructor(private readonly source: string) {}

  push(bytes: Uint8Array): void {
    this.#pieces.push(Uint8Array.from(bytes));
  }

  finish(): void {
    this.#events = readNpz(Buffer.concat(this.#pieces), this.source);
  }

  *take(size: number, rest: boolean): Iterable<Events> {
    if (!rest) return;
    const { source, count, width, values } = this.#events!;
    for (let row = 0; row < count; row += size) {
      const rows = Math.min(size, count - row);
      const block = (values as Float64Array).slice(row * width, (row + rows) * width);
      yield { source, count: rows, width, values: block };
    }
  }
}
