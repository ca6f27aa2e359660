/** The firmware of a training run: the HLS project of its encoder, verified on test events of the run. */
import { defaultHlsOptions } from '../emit/hls/project.js';
import { defaultPrecision } from '../network/precision.js';
import { type Emitted, emitModel } from './emit-model.js';
import { loadVectors } from './events.js';
import { loadModel } from './model.js';

/** Test events in a file: as the hardware's integers, and normalised. */
export interface TestEvents {
  readonly path: string;
  readonly hardware: string;
  readonly normalised: string;
}

/** Test events that the project is verified with. */
const verifiedEvents = 10_000;

/**
 * @param lite lite.h5 or complete.h5
 * @param out the project's directory
 * @throws AxocError as `emitModel` does
 */
export async function emitTrained(lite: string, events: TestEvents, out: string): Promise<Emitted> {
  const model = await loadModel(lite, { precision: defaultPrecision, checkEachPass: false });
  const input =
    model.network.input.scaling === undefined
      ? ({ unit: 'real', dataset: events.normalised } as const)
      : ({ unit: 'hardware', dataset: events.hardware } as const);
  const { vectors } = await loadVectors({ path: events.path, ...input }, model.network, verifiedEvents);
  const reproducer = `${out}-mismatch.txt`;
  return emitModel(model, vectors, { out, hls: defaultHlsOptions, directed: 1024, seed: 1, without: [], reproducer });
}
