/** The trained encoder as firmware computes it, against the training's own forward pass: every score of every test event. */
import { AxocError } from '../../base/diagnostic.js';
import { startProgress } from '../../base/progress.js';
import { toDouble } from '../../fixed/dyadic.js';
import { fractionAt, opsById } from '../../ir/op.js';
import { lower } from '../../lower/lower.js';
import type { Network } from '../../network/network.js';
import { quantiseEvents } from '../../network/quantise-events.js';
import { runPasses } from '../../passes/passes.js';
import type { PreparedSet } from '../data/prepared.js';

const blockEvents = 4096;

/**
 * @param scores of the set's events, by the training graph
 * @throws AxocError (mismatch) naming the first event whose scores differ
 */
export async function checkFirmwareScores(network: Network, set: PreparedSet, scores: Float64Array): Promise<void> {
  const { compileProgram } = await import('../../simulate/compile/compile.js');
  const { Simulator } = await import('../../simulate/compile/simulator.js');
  const program = runPasses(lower(network).program);
  const [output] = program.outputs as readonly [string];
  const fraction = fractionAt(opsById(program).get(output)!.type, 0);
  const simulator = new Simulator(compileProgram(program));
  const unit = network.input.scaling === undefined ? 'real' : 'hardware';
  const progress = startProgress('comparing with firmware', set.count);
  for (let first = 0; first < set.count; first += blockEvents) {
    const end = Math.min(first + blockEvents, set.count);
    const values = unit === 'real' ? set.readInputs(first, end) : set.readHardware(first, end);
    const events = { source: set.rows.path, count: end - first, width: network.input.width, values };
    const { vectors } = quantiseEvents(events, network.input, unit, first);
    for (const [row, trace] of simulator.traces(vectors).entries()) {
      const firmware = toDouble(trace.get(output)![0]!, fraction);
      if (firmware === scores[first + row]) continue;
      const message = `the training's forward pass gives the score ${scores[first + row]}, its firmware ${firmware}`;
      throw new AxocError('mismatch', [
        {
          code: 'training-firmware-mismatch',
          place: `test event ${first + row}`,
          message,
          hint: 'this is a defect of axoc: please report it with the configuration',
        },
      ]);
    }
    progress.advance(end - first);
  }
  progress.done();
}
