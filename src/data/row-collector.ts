/** Values of a table as they are found, handed on in blocks of events. */
import { userError } from '../base/diagnostic.js';
import type { Events } from './events.js';

const firstCapacity = 4096;

/** Doubles as long as they hold everything; beside them all values as they came, once a bigint is among them. */
export class RowCollector {
  /** Read it anew after `reserve` and `take`. */
  doubles: Float64Array = new Float64Array(firstCapacity);
  /** Values in `doubles`: whoever fills it directly moves this. */
  length = 0;
  #exact: (number | bigint)[] | undefined;

  constructor(
    private readonly source: string,
    readonly width: number,
  ) {}

  /** Makes room for `count` more values. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.doubles.length) return;
    const larger = allocate(Math.max(needed, 2 * this.doubles.length), this.source);
    larger.set(this.doubles.subarray(0, this.length));
    this.doubles = larger;
  }

  /** Doubles may be written past `length` and counted there; everything else comes this way. */
  add(value: number | bigint): void {
    if (typeof value === 'bigint') this.#startExact();
    this.reserve(1);
    this.doubles[this.length++] = Number(value);
    this.#exact?.push(value);
  }

  /** Whether values may be written to `doubles` directly. */
  get takesDoubles(): boolean {
    return this.#exact === undefined;
  }

  #startExact(): void {
    this.#exact ??= Array.from(this.doubles.subarray(0, this.length));
  }

  /** See `EventParser.take`. */
  *take(size: number, rest: boolean): Iterable<Events> {
    const { source, width } = this;
    const rows = Math.floor(this.length / width);
    const taken = rest ? rows : rows - (rows % size);
    for (let row = 0; row < taken; row += size) {
      const count = Math.min(size, taken - row);
      yield { source, count, width, values: this.#copy(row * width, (row + count) * width) };
    }
    this.#drop(taken * width);
  }

  /** Forgets values that nobody will take. */
  clear(): void {
    this.#drop(this.length);
  }

  #copy(from: number, to: number): Events['values'] {
    const exact = this.#exact?.slice(from, to);
    if (exact?.some((value) => typeof value === 'bigint')) return exact;
    return this.doubles.slice(from, to);
  }

  #drop(count: number): void {
    this.doubles.copyWithin(0, count, this.length);
    this.length -= count;
    const left = this.#exact?.slice(count);
    this.#exact = left?.some((value) => typeof value === 'bigint') ? left : undefined;
  }
}

/** Small elements take up to eight times their file's size as doubles. */
export function allocate(length: number, source: string): Float64Array {
  try {
    return new Float64Array(length);
  } catch {
    const message = `${length} values do not fit into memory`;
    throw userError('too-large', source, message, 'split the events over several files');
  }
}
