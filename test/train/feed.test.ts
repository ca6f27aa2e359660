/** The order of rows and what is fed: every row once an epoch, whatever the memory, from wherever it begins. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRows, type RowSource } from '../../src/data/hdf5/rows.js';
import { Feeder } from '../../src/train/feed/feeder.js';
import type { BatchPlace } from '../../src/train/feed/feeding.js';
import { groupsOf, type RowOrder, rowOrderOf } from '../../src/train/feed/row-order.js';
import { ShuffledRows } from '../../src/train/feed/shuffled-rows.js';
import { temporaryDirectory, writeRows } from './problems.js';

const directory = temporaryDirectory();

/** Rows (n, -n). */
function numbered(count: number): Float32Array {
  return Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? at >> 1 : -(at >> 1)));
}

function sourceOf(count: number, reads: number[] = []): RowSource {
  const rows = numbered(count);
  return {
    path: '',
    dataset: '',
    count,
    width: 2,
    read: (from, taken, into) => {
      reads.push(taken);
      into.set(rows.subarray(2 * from, 2 * (from + taken)));
    },
    close() {},
  };
}

/** Small blocks, so that there are many groups. */
const grouped: RowOrder = { seed: 3, count: 1003, blockRows: 10, blocks: 101, blocksPerGroup: 7, groups: 15 };
const whole: RowOrder = { ...grouped, blocksPerGroup: 101, groups: 1 };

function epochOf(
  order: RowOrder,
  epoch: number,
  batch: number,
  from = 0,
  rows = new ShuffledRows(sourceOf(order.count), order),
): number[] {
  const found: number[] = [];
  for (let position = from; position < order.count; position += batch) {
    const count = Math.min(batch, order.count - position);
    const [left, right] = [new Float32Array(count), new Float32Array(count)];
    rows.read(epoch, position, count, [
      { from: 0, width: 1, into: left },
      { from: 1, width: 1, into: right },
    ]);
    expect([...right]).toEqual([...left].map((value) => -value));
    found.push(...left);
  }
  return found;
}

describe.each([
  ['in one group', whole],
  ['in many groups', grouped],
] as const)('rows %s', (_, order) => {
  it('come once an epoch, in another order each time', () => {
    const rows = new ShuffledRows(sourceOf(order.count), order);
    const epochs = [0, 1, 2].map((epoch) => epochOf(order, epoch, 64, 0, rows));
    const all = Array.from({ length: order.count }, (_, row) => row);
    for (const epoch of epochs) {
      expect(epoch.toSorted((a, b) => a - b)).toEqual(all);
      expect(epoch).not.toEqual(all);
    }
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('depend on neither the batch nor the place where reading begins', () => {
    const once = epochOf(order, 5, 64);
    expect(epochOf(order, 5, 17)).toEqual(once);
    expect(epochOf(order, 5, 17, 501)).toEqual(once.slice(501));
    expect(epochOf({ ...order, seed: 4 }, 5, 64)).not.toEqual(once);
  });

  it('are mixed: neighbours come from everywhere', () => {
    const jumps = epochOf(order, 0, 64).map((row, at, rows) => Math.abs(row - (rows[at - 1] ?? row)));
    const average = jumps.reduce((a, b) => a + b) / jumps.length;
    expect(average).toBeGreaterThan(order.count / 4);
  });
});

describe('memory', () => {
  it('holds two groups within its limit, or all rows', () => {
    const order = rowOrderOf(1, 10_000_000, 57, 512 * 2 ** 20);
    const largest = Math.max(...groupsOf(order, 0).map(({ rows }) => rows));
    expect(order.groups).toBeGreaterThan(1);
    expect(2 * largest * 57 * 4).toBeLessThanOrEqual(512 * 2 ** 20);
    expect(2 * largest * 57 * 4).toBeGreaterThan(0.98 * 512 * 2 ** 20);
    expect(rowOrderOf(1, 2_000_000, 57, 768 * 2 ** 20).groups).toBe(1);
  });

  it('is filled little by little: no batch waits for a whole group', () => {
    const reads: number[] = [];
    const rows = new ShuffledRows(sourceOf(grouped.count, reads), grouped);
    const [left, counts] = [new Float32Array(10), [] as number[]];
    for (let position = 0; position + 10 <= grouped.count; position += 10) {
      reads.length = 0;
      rows.read(0, position, 10, [{ from: 0, width: 1, into: left }]);
      counts.push(reads.length);
    }
    expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(3);
  });

  it('takes the rows of a file only once when all fit', () => {
    const reads: number[] = [];
    const rows = new ShuffledRows(sourceOf(whole.count, reads), whole);
    for (const epoch of [0, 1, 2]) epochOf(whole, epoch, 100, 0, rows);
    expect(reads.reduce((a, b) => a + b)).toBe(whole.count);
  });
});

describe('the feeder', () => {
  const inputs = [
    { name: 'x', width: 2, source: 'data' },
    { name: 'noise', width: 3, source: 'normal' },
  ] as const;

  async function batches(places: readonly BatchPlace[], batch = 8): Promise<Float32Array[][]> {
    const training = await writeRows(join(directory, 'rows.h5'), numbered(100), 2);
    const feeder = await Feeder.start({
      data: { training, validation: training },
      seed: 9,
      batch,
      inputs,
      shuffleMemory: 2 ** 20,
    });
    try {
      feeder.plan(places);
      const found: Float32Array[][] = [];
      for (const _ of places) {
        const next = await feeder.next();
        found.push(next.tensors.map((tensor) => tensor.slice()));
        feeder.release(next);
      }
      return found;
    } finally {
      await feeder.end();
    }
  }

  it('gives batches in order, the same wherever it begins', async () => {
    const places = Array.from(
      { length: 24 },
      (_, step): BatchPlace => ({ kind: 'training', epoch: Math.floor(step / 12), index: step % 12, step }),
    );
    const all = await batches(places);
    expect(await batches(places.slice(17))).toEqual(all.slice(17));
    const rowsOf = (part: readonly Float32Array[][]): number[] =>
      part.flatMap(([x]) => [...x!].filter((_, at) => at % 2 === 0));
    expect(new Set(rowsOf(all.slice(0, 12))).size).toBe(96);
    expect(rowsOf(all.slice(0, 12))).not.toEqual(rowsOf(all.slice(12)));
    expect(new Set(all.flatMap(([, noise]) => [...noise!])).size).toBe(24 * 8 * 3);
  });

  it('gives the same rows and the same noise for every validation', async () => {
    const places: BatchPlace[] = [
      { kind: 'validation', from: 0, count: 5 },
      { kind: 'validation', from: 5, count: 5 },
      { kind: 'validation', from: 0, count: 5 },
    ];
    const [first, second, again] = await batches(places);
    expect(again).toEqual(first);
    expect([...second![0]!]).toEqual([...numbered(100).subarray(10, 20)]);
    expect(second![1]).not.toEqual(first![1]);
    expect(first![1]).toHaveLength(15);
  });

  it('draws noise that is standard normal', async () => {
    const [[, noise]] = (await batches([{ kind: 'training', epoch: 0, index: 0, step: 3 }], 96)) as [
      [unknown, Float32Array],
    ];
    const many = (
      await batches(
        Array.from({ length: 30 }, (_, step) => ({ kind: 'training', epoch: step, index: 0, step })),
        96,
      )
    ).flatMap(([, values]) => [...values!]);
    const mean = many.reduce((a, b) => a + b) / many.length;
    const variance = many.reduce((sum, value) => sum + (value - mean) ** 2, 0) / many.length;
    expect(many).toContain(noise[0]);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(many.length));
    expect(Math.abs(variance - 1)).toBeLessThan(6 / Math.sqrt(many.length));
  });
});

it('a file opens as rows', async () => {
  const rows = await openRows(await writeRows(join(directory, 'small.h5'), numbered(4), 2));
  const into = new Float32Array(4);
  rows.read(1, 2, into);
  rows.close();
  expect([...into]).toEqual([1, -1, 2, -2]);
});
