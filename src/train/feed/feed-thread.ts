/** The feeding thread: reads, shuffles and draws noise into shared memory while other threads compute. */
import { serve } from '../../base/thread.js';
import { openRows, type RowSource } from '../../data/hdf5/rows.js';
import { purpose, streamOf } from '../stream.js';
import type { BatchPlace, DataSize, FeedPlan, FeedRequest } from './feeding.js';
import { rowOrderOf } from './row-order.js';
import { type Columns, ShuffledRows } from './shuffled-rows.js';

await serve<FeedPlan, FeedRequest, DataSize | undefined>(async (plan) => {
  const training = await openRows(plan.data.training);
  const validation = plan.data.validation === undefined ? undefined : await openRows(plan.data.validation);
  const order = rowOrderOf(plan.seed, training.count, training.width, plan.shuffleMemory);
  const rows = new ShuffledRows(training, order);
  return (request) => {
    switch (request.kind) {
      case 'measure':
        return { training: sizeOf(training), ...(validation === undefined ? {} : { validation: sizeOf(validation) }) };
      case 'fill': {
        const slot = plan.slots[request.slot]!;
        drawNoise(plan, request.place, slot);
        const columns = columnsOf(plan, slot);
        const { place } = request;
        if (place.kind === 'training') rows.read(place.epoch, place.index * plan.batch, plan.batch, columns);
        else readInOrder(validation!, place.from, place.count, columns);
        return undefined;
      }
    }
  };
});

function sizeOf({ count, width }: RowSource): { count: number; width: number } {
  return { count, width };
}

/** The inputs that come from the file share a row's columns, one after the other. */
function columnsOf(plan: FeedPlan, slot: readonly Float32Array[]): readonly Columns[] {
  let from = 0;
  return plan.inputs.flatMap(({ width, source }, index) => {
    if (source !== 'data') return [];
    const columns = { from, width, into: slot[index]! };
    from += width;
    return [columns];
  });
}

function drawNoise({ seed, inputs }: FeedPlan, place: BatchPlace, slot: readonly Float32Array[]): void {
  for (const [index, { source }] of inputs.entries()) {
    if (source !== 'normal') continue;
    const random =
      place.kind === 'training'
        ? streamOf(seed, purpose.noise, place.step, index)
        : streamOf(seed, purpose.validationNoise, place.from, index);
    random.fillNormal(slot[index]!);
  }
}

function readInOrder(source: RowSource, from: number, count: number, columns: readonly Columns[]): void {
  const rows = new Float32Array(count * source.width);
  source.read(from, count, rows);
  for (const { from: first, width, into } of columns)
    for (let row = 0; row < count; row++)
      into.set(rows.subarray(row * source.width + first, row * source.width + first + width), row * width);
}
