/** `axoc simulate` as a function: from an event file to a file of scores, or of every intermediate value. */
import { startProgress } from '../base/progress.js';
import { openEvents } from '../data/event-stream.js';
import { ResultWriter } from '../data/result-writer.js';
import { elementCount, fractionAt, namedOps, type Op, opsById } from '../ir/op.js';
import { integerBounds } from '../network/quantise-block.js';
import type { EventUnit } from '../network/quantise-events.js';
import { fewestColumns } from '../simulate/wasm/filler.js';
import type { EventInput } from './events.js';
import type { Model } from './model.js';
import { simulateBlocks } from './ordered-blocks.js';
import type { EngineCode } from './simulate-block.js';

/** What runs the program: the reference, or the same compiled to WebAssembly. */
export type Engine = EngineCode['kind'];

export interface SimulateOptions {
  readonly engine: Engine;
  /** At least one. */
  readonly threads: number;
  readonly output: string;
  /** Real values instead of raw integers. */
  readonly values: boolean;
  /** Every named value instead of the outputs alone. */
  readonly trace: boolean;
}

export interface Simulated {
  /** What the columns are. */
  readonly columns: readonly string[];
  readonly events: number;
  /** Real values that the input's format does not hold: its modes have rounded them, or clamped what was out of range. */
  readonly roundedCount: number;
  /** From the first event read to the last result written. */
  readonly seconds: number;
}

/** Events of a block, and numbers it has in or out at most: reading, threads and writing hand on blocks. */
const blockEvents = 8192;
const blockNumbers = 1 << 20;

/**
 * Runs the program as lowered, so that raw integers are in the types of the description, and writes one row an event:
 * the outputs, or with `trace` all named values. Memory does not grow with the number of events; the bytes written do not
 * depend on the number of threads.
 * @throws AxocError (user) for anything wrong with the events or the output; an older output stands then
 */
export async function simulateModel(model: Model, input: EventInput, options: SimulateOptions): Promise<Simulated> {
  const { program, names } = model.lowered;
  const ops = options.trace ? namedOps(program) : program.outputs.map((id) => opsById(program).get(id)!);
  const columns = ops.flatMap((op) => elementNames(op, names.get(op.id) ?? op.id));
  const engine = await engineCode(model, input.unit, options);
  const stream = await openEvents(input.path, input.dataset === undefined ? {} : { dataset: input.dataset });
  try {
    const writer = new ResultWriter(options.output, { width: columns.length, ...(options.trace ? { columns } : {}) });
    try {
      const plan = {
        engine,
        input: model.network.input,
        unit: input.unit,
        values: ops.map(({ id }) => id),
        fractions: ops.flatMap((op) =>
          Array.from({ length: elementCount(op.type) }, (_, at) => fractionAt(op.type, at)),
        ),
        asReal: options.values,
        format: writer.format,
        output: options.output,
      };
      const numbers = Math.max(model.network.input.width, columns.length);
      const size = Math.max(1, Math.min(blockEvents, Math.floor(blockNumbers / numbers)));
      const started = performance.now();
      const progress = startProgress('simulating', stream.count);
      let events = 0;
      let roundedCount = 0;
      try {
        await simulateBlocks(stream.blocks(size), plan, options.threads, async (block) => {
          await writer.append(block);
          events += block.rows;
          roundedCount += block.roundedCount;
          progress.advance(block.rows);
        });
      } finally {
        progress.done();
      }
      await writer.finish();
      return { columns, events, roundedCount, seconds: (performance.now() - started) / 1000 };
    } finally {
      writer.discard();
    }
  } finally {
    stream.close();
  }
}

/** Loads the WebAssembly compiler only where it is used: it is large. */
async function engineCode(model: Model, unit: EventUnit, { engine, trace }: SimulateOptions): Promise<EngineCode> {
  const { program } = model.lowered;
  if (engine === 'interpret') return { kind: engine, program };
  const { compileProgram } = await import('../simulate/wasm/compile.js');
  const { compileFill } = await import('../simulate/wasm/fill-code.js');
  const module = compileProgram(program, { trace });
  const { wordBits, wordsPerRow } = module.inputs;
  const bounds = unit === 'hardware' ? integerBounds(model.network.input) : undefined;
  if (bounds === undefined || wordBits === 64 || wordsPerRow < fewestColumns) return { kind: engine, module };
  return { kind: engine, module, fill: { code: compileFill(wordBits), bounds } };
}

function elementNames(op: Op, name: string): string[] {
  const count = elementCount(op.type);
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}[${index}]`);
}
