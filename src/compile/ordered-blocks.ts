/** Blocks of events through a simulator, in one thread or several: results come in the order of the events. */
import { setImmediate } from 'node:timers/promises';
import { startThread, type Thread } from '../base/thread.js';
import type { Events } from '../data/events.js';
import { blockSimulatorOf, type SimulatedBlock, type SimulationPlan } from './simulate-block.js';
import type { BlockRequest } from './simulate-thread.js';

/** Takes each result before the next is given. */
type Take = (block: SimulatedBlock) => Promise<void>;

/** Blocks that wait in front of each thread while it works: reading goes on meanwhile, memory stays bounded. */
const blocksPerThread = 2;

/**
 * The same results, and the same error, for any number of threads: the error of the first block that has one.
 * @param threads one: no other than the calling thread. More: as many threads, each started when all others have work
 * @throws whatever reading, simulating or `take` throws; no thread is left then
 */
export async function simulateBlocks(
  blocks: AsyncIterable<Events>,
  plan: SimulationPlan,
  threads: number,
  take: Take,
): Promise<void> {
  const ahead: Events[] = [];
  const reader = blocks[Symbol.asyncIterator]();
  try {
    // A file of one block is done before a thread has started.
    for (let count = 0; count < 2; count++) {
      const next = await reader.next();
      if (next.done) break;
      ahead.push(next.value);
    }
    const next = (): Promise<IteratorResult<Events>> => {
      const value = ahead.shift();
      return value === undefined ? reader.next() : Promise.resolve({ value, done: false });
    };
    if (threads === 1 || ahead.length < 2) await simulateHere(next, plan, take);
    else await simulateInThreads(next, plan, threads, take);
  } finally {
    await reader.return?.();
  }
}

type Next = () => Promise<IteratorResult<Events>>;

async function simulateHere(next: Next, plan: SimulationPlan, take: Take): Promise<void> {
  const simulate = blockSimulatorOf(plan);
  let firstRow = 0;
  for (let block = await next(); !block.done; block = await next()) {
    await take(simulate(block.value, firstRow));
    firstRow += block.value.count;
    // Signals and timers have their turn.
    await setImmediate();
  }
}

async function simulateInThreads(next: Next, plan: SimulationPlan, limit: number, take: Take): Promise<void> {
  const pool = new Pool(plan, limit);
  const results: Promise<SimulatedBlock>[] = [];
  const takeFirst = async (): Promise<void> => take(await results.shift()!);
  try {
    let firstRow = 0;
    let failure: { readonly error: unknown } | undefined;
    while (failure === undefined) {
      const block = await next().catch((error: unknown) => ({ error }));
      if ('error' in block) failure = block;
      else if (block.done) break;
      else {
        while (results.length >= limit * blocksPerThread) await takeFirst();
        const { count } = block.value;
        results.push(pool.simulate({ events: block.value, firstRow }));
        firstRow += count;
      }
    }
    // Blocks before one that cannot be read come first, and so do their errors.
    while (results.length > 0) await takeFirst();
    if (failure !== undefined) throw failure.error;
  } finally {
    await pool.end();
  }
}

interface Member {
  readonly thread: Promise<Thread<BlockRequest, SimulatedBlock>>;
  /** Blocks it has not answered. */
  waiting: number;
}

/** Threads that are all given the same plan. */
class Pool {
  readonly #plan: SimulationPlan;
  readonly #limit: number;
  readonly #members: Member[] = [];

  constructor(plan: SimulationPlan, limit: number) {
    this.#plan = plan;
    this.#limit = limit;
  }

  simulate(request: BlockRequest): Promise<SimulatedBlock> {
    const member = this.#leastBusy();
    member.waiting++;
    const answer = member.thread
      .then((thread) => thread.ask(request, buffersOf(request.events)))
      .finally(() => member.waiting--);
    // Whoever takes the result in its turn sees the error; that it comes earlier is no defect.
    answer.catch(() => {});
    return answer;
  }

  async end(): Promise<void> {
    await Promise.all(this.#members.map(async ({ thread }) => (await thread.catch(() => undefined))?.end()));
  }

  #leastBusy(): Member {
    const idle = this.#members.find(({ waiting }) => waiting === 0);
    if (idle !== undefined) return idle;
    if (this.#members.length < this.#limit) {
      const module = { path: './simulate-thread', from: import.meta.url };
      const thread = startThread<SimulationPlan, BlockRequest, SimulatedBlock>('simulating', module, this.#plan);
      const member = { thread, waiting: 0 };
      this.#members.push(member);
      return member;
    }
    return this.#members.reduce((least, member) => (member.waiting < least.waiting ? member : least));
  }
}

/** Memory that goes to the thread; a block's values are its own. */
function buffersOf({ values }: Events): readonly ArrayBuffer[] {
  return ArrayBuffer.isView(values) ? [values.buffer as ArrayBuffer] : [];
}
