/** The trained encoder as firmware computes it, against the training's own forward pass: every score of every test event. */
import { AxocError } from '../../base/diagnostic.js';
import { startProgress } from '../../base/progress.js';
import type { Events } from '../../data/events.js';
import { toDouble } from '../../fixed/dyadic.js';
import { fractionAt, opsById } from '../../ir/op.js';
import { lower } from '../../lower/lower.js';
import type { Network } from '../../network/network.js';
import { blockQuantiserOf } from '../../network/quantise-block.js';
import { type EventUnit, quantiseEvents } from '../../network/quantise-events.js';
import { runPasses } from '../../passes/passes.js';
import type { PreparedSet } from '../data/prepared.js';

/**
 * @param scores of the set's events, by the training graph
 * @throws AxocError (mismatch) naming the first event whose scores differ
 */
export async function checkFirmwareScores(network: Network, set: PreparedSet, scores: Float64Array): Promise<void> {
  const { compileProgram } = await import('../../simulate/wasm/compile.js');
  const { Simulator, readRow, writeRow } = await import('../../simulate/wasm/simulator.js');
  const program = runPasses(lower(network).program);
  const [output] = program.outputs as readonly [string];
  const fraction = fractionAt(opsById(program).get(output)!.type, 0);
  const simulator = new Simulator(compileProgram(program));
  const { inputs, outputs, module } = simulator;
  const unit: EventUnit = network.input.scaling === undefined ? 'real' : 'hardware';
  const quantise = blockQuantiserOf(network.input, unit);
  const fill = (events: Events, first: number): void => {
    if (!(inputs instanceof BigInt64Array)) return void quantise(events, first, inputs);
    const { vectors } = quantiseEvents(events, network.input, unit, first);
    for (const [row, vector] of vectors.entries()) writeRow(inputs, module.inputs, row, vector);
  };
  const progress = startProgress('comparing with firmware', set.count);
  for (let first = 0; first < set.count; first += module.blockEvents) {
    const count = Math.min(module.blockEvents, set.count - first);
    const values = unit === 'real' ? set.readInputs(first, first + count) : set.readHardware(first, first + count);
    fill({ source: set.rows.path, count, width: network.input.width, values }, first);
    simulator.run(count);
    for (let row = 0; row < count; row++) {
      const firmware = toDouble(readRow(outputs, module.outputs, row).get(output)![0]!, fraction);
      if (firmware !== scores[first + row]) throw disagreement(first + row, scores[first + row]!, firmware);
    }
    progress.advance(count);
  }
  progress.done();
}

function disagreement(event: number, trained: number, firmware: number): Error {
  const message = `the training's forward pass gives the score ${trained}, its firmware ${firmware}`;
  const hint = 'this is a defect of axoc: please report it with the configuration';
  return new AxocError('mismatch', [
    { code: 'training-firmware-mismatch', place: `test event ${event}`, message, hint },
  ]);
}
