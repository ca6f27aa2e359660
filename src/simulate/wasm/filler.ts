/** Fills a simulator's input rows from tables of hardware integers, with the code of `compileFill`. */
import type { FillSource } from './fill-code.js';
import { instantiateFill } from './instance.js';
import type { Simulator } from './simulator.js';

/** Column by column: `raw = value * factor` for values from `low` to `high`, 0 among them. */
export interface FillBounds {
  readonly factors: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

export type FillTable = Int16Array | Int32Array | Float32Array;

/** Columns taken together: narrower rows are left to others. */
export const fewestColumns = 8;

export class Filler {
  readonly #simulator: Simulator;
  readonly #functions: ReturnType<typeof instantiateFill>;
  readonly #bounds: number;
  readonly #stage: number;

  /** @param code of `compileFill`, for the simulator's words; its rows have at least `fewestColumns` */
  constructor(simulator: Simulator, code: Uint8Array, { factors, low, high }: FillBounds) {
    this.#simulator = simulator;
    this.#functions = instantiateFill(code, simulator.memory);
    const width = factors.length;
    this.#bounds = simulator.module.stageAddress;
    this.#stage = this.#bounds + 3 * 4 * width;
    const table = new Int32Array(simulator.memory.buffer, this.#bounds, 3 * width);
    for (const [index, part] of [low, high, factors].entries()) table.set(part, index * width);
  }

  /**
   * @param values whole rows, at most the simulator's block
   * @returns whether all of them are integers in their bounds; the rows are of no use otherwise
   */
  fill(values: FillTable): boolean {
    const { module, memory } = this.#simulator;
    const width = module.inputs.wordsPerRow;
    const stage = new Uint8Array(memory.buffer, this.#stage, values.byteLength);
    stage.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const run = this.#functions[sourceOf(values)];
    return run(this.#stage, module.inputAddress, values.length / width, width, this.#bounds) === 0;
  }
}

function sourceOf(values: FillTable): FillSource {
  if (values instanceof Int16Array) return 'int16';
  return values instanceof Int32Array ? 'int32' : 'float32';
}
