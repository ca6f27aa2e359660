/** `axoc simulate` as a function: from events to scores, or to every intermediate value. */
import { startProgress } from '../base/progress.js';
import { writeResults } from '../data/write-results.js';
import { toDouble } from '../fixed/dyadic.js';
import { elementCount, fractionAt, namedOps, type Op, opsById, type Program } from '../ir/op.js';
import { interpreterOf, type Trace } from '../simulate/interpret.js';
import type { Vector } from '../verify/vectors.js';
import type { Model } from './model.js';

/** What runs the program: the reference, or the same compiled to WebAssembly. */
export type Engine = 'interpret' | 'wasm';

export interface SimulateOptions {
  readonly engine: Engine;
  readonly output: string;
  /** Real values instead of raw integers. */
  readonly values: boolean;
  /** Every named value instead of the outputs alone. */
  readonly trace: boolean;
}

/**
 * Runs the program as lowered, so that raw integers are in the types of the description, and writes one row an event:
 * the outputs, or with `trace` all named values.
 * @returns what the columns are
 */
export async function simulateModel(
  model: Model,
  vectors: readonly Vector[],
  options: SimulateOptions,
): Promise<readonly string[]> {
  const { program } = model.lowered;
  const ops = options.trace ? namedOps(program) : program.outputs.map((id) => opsById(program).get(id)!);
  const columns = ops.flatMap((op) => elementNames(op, model.lowered.names.get(op.id) ?? op.id));
  const simulate = await startEngine(program, options);
  const progress = startProgress('simulating', vectors.length);
  const rows: (readonly (bigint | number)[])[] = [];
  for (let start = 0; start < vectors.length; start += blockSize) {
    const block = vectors.slice(start, start + blockSize);
    for (const trace of simulate(block)) rows.push(rowOf(trace, ops, options.values));
    progress.advance(block.length);
  }
  progress.done();
  writeResults(options.output, rows, options.trace ? columns : undefined);
  return columns;
}

/** Events simulated between two steps of the progress bar. */
const blockSize = 256;

/** Loads the WebAssembly compiler only where it is used: it is large. */
async function startEngine(
  program: Program,
  { engine, trace }: SimulateOptions,
): Promise<(block: readonly Vector[]) => readonly Trace[]> {
  switch (engine) {
    case 'interpret': {
      const run = interpreterOf(program);
      return (block) => block.map(run);
    }
    case 'wasm': {
      const { compileProgram } = await import('../simulate/compile/compile.js');
      const { Simulator } = await import('../simulate/compile/simulator.js');
      const simulator = new Simulator(compileProgram(program, { trace }));
      return (block) => simulator.traces(block);
    }
  }
}

function rowOf(trace: Trace, ops: readonly Op[], asValues: boolean): readonly (bigint | number)[] {
  return ops.flatMap((op): readonly (bigint | number)[] => {
    const raws = trace.get(op.id)!;
    return asValues ? raws.map((raw, index) => toDouble(raw, fractionAt(op.type, index))) : raws;
  });
}

function elementNames(op: Op, name: string): string[] {
  const count = elementCount(op.type);
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}[${index}]`);
}
