/** Rows of a file in the order of training, with the next group read little by little while this one is used. */
import type { RowSource } from '../../data/hdf5/rows.js';
import { type Group, groupsOf, type RowOrder, type Shuffle, shuffleOf } from './row-order.js';

/** A group on its way into memory. */
interface Loading {
  readonly group: Group;
  readonly rows: Float32Array;
  /** Runs that are there, and the rows in them. */
  runs: number;
  filled: number;
}

interface Loaded {
  readonly group: Group;
  readonly rows: Float32Array;
  readonly shuffle: Shuffle;
}

/** Where the columns of a row go: `width` of them from `from` on. */
export interface Columns {
  readonly from: number;
  readonly width: number;
  /** [rows, width] */
  readonly into: Float32Array;
}

export class ShuffledRows {
  #groups: readonly Group[] = [];
  #current: Loaded | undefined;
  #next: Loading | undefined;
  /** Memory of a group that is over. */
  #spare: Float32Array | undefined;

  constructor(
    private readonly source: RowSource,
    private readonly order: RowOrder,
  ) {}

  /**
   * Rows `position` to `position + count` of an epoch. Any may be asked for; asked one after the other they come without waiting
   * for the file.
   */
  read(epoch: number, position: number, count: number, columns: readonly Columns[]): void {
    for (let done = 0; done < count; ) {
      const { group, rows, shuffle } = this.#at(epoch, position + done);
      const first = position + done - group.start;
      const taken = Math.min(count - done, group.rows - first);
      shuffle.advance(first + taken);
      for (const column of columns)
        gather(rows, this.source.width, shuffle.items.subarray(first, first + taken), column, done);
      done += taken;
      if (this.order.groups > 1) this.#readAhead((first + taken) / group.rows);
    }
  }

  #at(epoch: number, position: number): Loaded {
    const current = this.#current;
    if (current !== undefined && current.group.epoch === epoch) {
      const offset = position - current.group.start;
      if (offset >= 0 && offset < current.group.rows) return current;
    }
    if (this.#groups[0]?.epoch !== epoch) this.#groups = groupsOf(this.order, epoch);
    const group = this.#groups.find(({ start, rows }) => position >= start && position < start + rows)!;
    this.#current = this.#load(group);
    return this.#current;
  }

  #load(group: Group): Loaded {
    const shuffle = shuffleOf(this.order, group);
    // The only group of every epoch is the same rows.
    if (this.order.groups === 1 && this.#current !== undefined) return { group, shuffle, rows: this.#current.rows };
    const next = this.#next;
    const isAhead = next !== undefined && next.group.epoch === group.epoch && next.group.index === group.index;
    const loading = isAhead ? next : this.#start(group);
    this.#fill(loading, group.runs.length);
    this.#spare = this.#current?.rows;
    this.#next = undefined;
    return { group, shuffle, rows: loading.rows };
  }

  #start(group: Group): Loading {
    const { blocks, blocksPerGroup, blockRows, count } = this.order;
    const largest = Math.min(count, Math.min(blocks, blocksPerGroup) * blockRows) * this.source.width;
    const rows = this.#next?.rows ?? this.#spare ?? new Float32Array(largest);
    this.#spare = undefined;
    return { group, rows, runs: 0, filled: 0 };
  }

  #fill(loading: Loading, runs: number): void {
    for (; loading.runs < runs; loading.runs++) {
      const { from, count } = loading.group.runs[loading.runs]!;
      this.source.read(from, count, loading.rows.subarray(loading.filled * this.source.width));
      loading.filled += count;
    }
  }

  /** Brings the next group as far as this one is used up. */
  #readAhead(used: number): void {
    const { group } = this.#current!;
    const isLast = group.index === this.order.groups - 1;
    const [epoch, index] = isLast ? [group.epoch + 1, 0] : [group.epoch, group.index + 1];
    if (this.#next === undefined) {
      const groups = isLast ? groupsOf(this.order, epoch) : this.#groups;
      this.#next = this.#start(groups[index]!);
    }
    this.#fill(this.#next, Math.floor(used * this.#next.group.runs.length));
  }
}

/** Copies columns of the rows `items` to rows `first`, ... of the target. */
function gather(rows: Float32Array, rowWidth: number, items: Uint32Array, columns: Columns, first: number): void {
  const { from, width, into } = columns;
  let target = first * width;
  for (let row = 0; row < items.length; row++) {
    const source = items[row]! * rowWidth + from;
    for (let column = 0; column < width; column++) into[target++] = rows[source + column]!;
  }
}
