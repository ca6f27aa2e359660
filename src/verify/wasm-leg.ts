/** The WebAssembly leg: the compiled simulator on the program as lowered, which is what `axoc simulate` runs. */
import type { Program } from '../ir/op.js';
import { compileProgram } from '../simulate/wasm/compile.js';
import { Simulator } from '../simulate/wasm/simulator.js';
import { fractionsOf, type Leg } from './leg.js';

/** @param lowered the program before the passes */
export function wasmLeg(lowered: Program): Leg {
  const simulator = new Simulator(compileProgram(lowered, { trace: true }));
  return {
    name: 'wasm',
    summary: 'WebAssembly compiled from the program as lowered',
    fractions: fractionsOf(lowered),
    run: (vectors) => Promise.resolve(simulator.traces(vectors)),
  };
}
