/** Batches one after the other, made ahead of time by the feeding thread. */
import { startThread, type Thread } from '../../base/thread.js';
import type { BatchPlace, DataSize, FedInput, FeedPlan, FeedRequest, TrainingData } from './feeding.js';

/** Batches in shared memory: one being used, the others ready or in the making. */
const slotCount = 4;

export interface Batch {
  readonly place: BatchPlace;
  readonly slot: number;
  /** [events, width] for each input, in their order; overwritten after `release`. */
  readonly tensors: readonly Float32Array[];
}

export class Feeder {
  readonly #ready: { place: BatchPlace; slot: number; filled: Promise<unknown> }[] = [];
  #places: Iterator<BatchPlace> = [][Symbol.iterator]();

  private constructor(
    private readonly thread: Thread<FeedRequest, DataSize | undefined>,
    readonly size: DataSize,
    /** For each slot one shared array an input. */
    readonly slots: FeedPlan['slots'],
    private readonly batch: number,
  ) {}

  /** @throws AxocError (user) when the rows cannot be read */
  static async start(plan: {
    readonly data: TrainingData;
    readonly seed: number;
    readonly batch: number;
    readonly inputs: readonly FedInput[];
    readonly shuffleMemory: number;
  }): Promise<Feeder> {
    const slots = Array.from({ length: slotCount }, () =>
      plan.inputs.map(({ width }) => sharedFloats(plan.batch * width)),
    );
    const thread = await startThread<FeedPlan, FeedRequest, DataSize | undefined>(
      'feeding',
      { path: './feed-thread', from: import.meta.url },
      { ...plan, slots },
    );
    const size = await thread.ask({ kind: 'measure' });
    return new Feeder(thread, size!, slots, plan.batch);
  }

  /** Says which batches will be wanted, in order; the first of them are begun. */
  plan(places: Iterable<BatchPlace>): void {
    this.#places = places[Symbol.iterator]();
    for (let slot = 0; slot < this.slots.length; slot++) this.#begin(slot);
  }

  /** The next batch of the plan. */
  async next(): Promise<Batch> {
    const { place, slot, filled } = this.#ready.shift()!;
    await filled;
    const tensors = this.slots[slot]!;
    if (place.kind === 'training') return { place, slot, tensors };
    const share = place.count / this.batch;
    return { place, slot, tensors: tensors.map((tensor) => tensor.subarray(0, tensor.length * share)) };
  }

  /** The batch is done with: its memory takes another. */
  release(batch: Batch): void {
    this.#begin(batch.slot);
  }

  async end(): Promise<void> {
    await this.thread.end();
  }

  #begin(slot: number): void {
    const { value: place, done } = this.#places.next();
    if (done === true) return;
    const filled = this.thread.ask({ kind: 'fill', slot, place });
    // Whoever waits for this batch meets the error; until then nobody does.
    filled.catch(() => undefined);
    this.#ready.push({ place, slot, filled });
  }
}

/** Float32 memory that threads see alike. */
export function sharedFloats(count: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * count));
}
