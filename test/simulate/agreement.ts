/** Compares the compiled simulator with the interpreter: every named value of every vector. */
import { namedOps, type Program } from '../../src/ir/op.js';
import { printProgram } from '../../src/ir/print.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { type CompileOptions, compileProgram } from '../../src/simulate/wasm/compile.js';
import { Simulator } from '../../src/simulate/wasm/simulator.js';

export interface Agreement {
  /** Numbers compared, up to the first difference. */
  readonly values: number;
  /** The first difference, in words. */
  readonly difference?: string;
}

export function compareWithInterpreter(
  program: Program,
  vectors: readonly (readonly bigint[])[],
  options: CompileOptions = {},
): Agreement {
  const traces = new Simulator(compileProgram(program, { trace: true, ...options })).traces(vectors);
  const interpret = interpreterOf(program);
  const named = namedOps(program);
  let values = 0;
  for (const [number, vector] of vectors.entries()) {
    const expected = interpret(vector);
    for (const { id } of named) {
      const wanted = expected.get(id)!;
      const found = traces[number]?.get(id) ?? [];
      const index = wanted.findIndex((raw, element) => found[element] !== raw);
      if (index >= 0 || found.length !== wanted.length) {
        const difference = `vector ${number} [${vector.join(', ')}]: ${id}[${index}] is ${found[index]}, not ${wanted[index]}`;
        return { values, difference: `${difference}\n${printProgram(program)}` };
      }
      values += wanted.length;
    }
  }
  return { values };
}
