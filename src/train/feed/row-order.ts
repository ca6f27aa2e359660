/** In which order an epoch goes through the rows: a pure function of seed and epoch, with a bounded part of the rows in memory. */
import type { Random } from '../../base/random.js';
import { purpose, streamOf } from '../stream.js';

/** Rows are read from the file in blocks of about so many bytes. */
const blockBytes = 2 ** 20;

/**
 * A set that fits in memory is one group. A larger one is cut into blocks of neighbouring rows; an epoch takes them in random
 * order, some of them at a time form a group, and the rows of a group are shuffled together.
 */
export interface RowOrder {
  readonly seed: number;
  /** Rows of the set. */
  readonly count: number;
  readonly blockRows: number;
  readonly blocks: number;
  readonly blocksPerGroup: number;
  readonly groups: number;
}

/** @param memory bytes that all rows in memory may take; where there are several groups, two are there at a time */
export function rowOrderOf(seed: number, count: number, width: number, memory: number): RowOrder {
  const blockRows = Math.max(1, Math.floor(blockBytes / (4 * width)));
  const blocks = Math.ceil(count / blockRows);
  const fits = 4 * width * count <= memory;
  const blocksPerGroup = fits ? blocks : Math.max(1, Math.floor(memory / 2 / (4 * width * blockRows)));
  return { seed, count, blockRows, blocks, blocksPerGroup, groups: Math.ceil(blocks / blocksPerGroup) };
}

/** A group of one epoch: what is read, and where the epoch comes to it. */
export interface Group {
  readonly epoch: number;
  readonly index: number;
  /** Runs of rows in the file, in the order in which they are put one behind the other. */
  readonly runs: readonly { readonly from: number; readonly count: number }[];
  readonly rows: number;
  /** Position of the group's first row in the epoch. */
  readonly start: number;
}

/** All groups of an epoch, in order. */
export function groupsOf(order: RowOrder, epoch: number): readonly Group[] {
  const blocks = Uint32Array.from({ length: order.blocks }, (_, block) => block);
  if (order.groups > 1) new Shuffle(blocks, streamOf(order.seed, purpose.blocks, epoch)).advance(order.blocks);
  let start = 0;
  return Array.from({ length: order.groups }, (_, index) => {
    const runs = Array.from(
      blocks.subarray(index * order.blocksPerGroup, (index + 1) * order.blocksPerGroup),
      (block) => {
        const from = block * order.blockRows;
        return { from, count: Math.min(order.blockRows, order.count - from) };
      },
    );
    const rows = runs.reduce((sum, run) => sum + run.count, 0);
    const group = { epoch, index, runs, rows, start };
    start += rows;
    return group;
  });
}

/** The order of a group's rows, made as far as it is needed. */
export function shuffleOf(order: RowOrder, group: Group): Shuffle {
  const rows = Uint32Array.from({ length: group.rows }, (_, row) => row);
  return new Shuffle(rows, streamOf(order.seed, purpose.rows, group.epoch, group.index));
}

/** Fisher and Yates' shuffle from the front: after `advance(n)` the first n places hold what they will always hold. */
export class Shuffle {
  #done = 0;

  constructor(
    readonly items: Uint32Array,
    private readonly random: Random,
  ) {}

  advance(to: number): void {
    const { items, random } = this;
    for (let place = this.#done; place < to; place++) {
      const other = random.integer(place, items.length - 1);
      const item = items[other]!;
      items[other] = items[place]!;
      items[place] = item;
    }
    this.#done = Math.max(this.#done, to);
  }
}
