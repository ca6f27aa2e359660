/** The compiled simulator in real worker threads: speed of one and of two, with and without feeding them. */
import { Worker } from 'node:worker_threads';
import type { CompiledModule } from '../src/simulate/wasm/compile.js';
import { StepFailed } from './measure.mjs';

interface Finished {
  readonly start: bigint;
  readonly end: bigint;
  readonly scores: Int32Array;
}

/** Events per second. */
export interface Rate {
  /** By the clock, over all threads. */
  readonly wall: number;
  /** By processor time of the whole process: of each thread, where they are several. */
  readonly processor: number;
}

export class Threads {
  readonly #workers: readonly Worker[];

  /** @param rows int32 rows as the module reads them, in shared memory */
  constructor(
    private readonly module: CompiledModule,
    rows: Int32Array,
    private readonly events: number,
    count: number,
  ) {
    if (module.inputs.wordBits !== 32 || module.outputs.wordBits !== 32)
      throw new StepFailed('the bench feeds modules with words of 32 bits');
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const file = new URL('./simulate-worker.mjs', import.meta.url);
    this.#workers = Array.from(
      { length: count },
      // Without tsx's loader: the worker is plain JavaScript.
      () => new Worker(file, { workerData: { module: this.module, rows, events, gate }, execArgv: [] }),
    );
  }

  /** Runs all events `passes` times on each of `threads` threads. */
  async rate(threads: number, passes: number, isFed: boolean): Promise<Rate> {
    const before = process.cpuUsage();
    const finished = await this.#run(threads, passes, isFed);
    const used = process.cpuUsage(before);
    const events = threads * passes * this.events;
    const start = finished.map((one) => one.start).reduce((a, b) => (a < b ? a : b));
    const end = finished.map((one) => one.end).reduce((a, b) => (a > b ? a : b));
    return { wall: events / (Number(end - start) / 1e9), processor: events / ((used.user + used.system) / 1e6) };
  }

  /** @throws StepFailed unless every thread gives every score */
  async check(scores: readonly number[]): Promise<void> {
    for (const { scores: found } of await this.#run(this.#workers.length, 1, true)) {
      const event = scores.findIndex((score, index) => found[index] !== score);
      if (event >= 0 || found.length !== scores.length)
        throw new StepFailed(`wasm, event ${event}: score ${found[event]}, officially ${scores[event]}`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #run(threads: number, passes: number, isFed: boolean): Promise<readonly Finished[]> {
    return Promise.all(
      this.#workers.slice(0, threads).map(
        (worker) =>
          new Promise<Finished>((resolve, reject) => {
            worker.once('error', reject);
            worker.once('message', (finished: Finished) => {
              worker.off('error', reject);
              resolve(finished);
            });
            worker.postMessage({ passes, isFed, threads });
          }),
      ),
    );
  }
}
