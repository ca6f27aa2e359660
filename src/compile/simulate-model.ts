/** `axoc simulate` as a function: from events to scores, or to every intermediate value. */
import { startProgress } from '../base/progress.js';
import { writeResults } from '../data/write-results.js';
import { toDouble } from '../fixed/dyadic.js';
import { elementCount, fractionAt, namedOps, type Op, opsById } from '../ir/op.js';
import { interpreterOf, type Trace } from '../simulate/interpret.js';
import type { Vector } from '../verify/vectors.js';
import type { Model } from './model.js';

export interface SimulateOptions {
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
export function simulateModel(model: Model, vectors: readonly Vector[], options: SimulateOptions): readonly string[] {
  const { program } = model.lowered;
  const ops = options.trace ? namedOps(program) : program.outputs.map((id) => opsById(program).get(id)!);
  const columns = ops.flatMap((op) => elementNames(op, model.lowered.names.get(op.id) ?? op.id));
  const run = interpreterOf(program);
  const progress = startProgress('simulating', vectors.length);
  const rows = vectors.map((vector) => {
    const row = rowOf(run(vector), ops, options.values);
    progress.advance(1);
    return row;
  });
  progress.done();
  writeResults(options.output, rows, options.trace ? columns : undefined);
  return columns;
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
