/** The float profile of `axoc export-onnx` as a function: a part of a model in float32, run and compared before it is written. */
import { writeFileWhole } from '../base/files.js';
import { version } from '../base/version.js';
import { floatModel } from '../emit/onnx/float-model.js';
import type { OnnxModel, ValueInfo } from '../onnx/model.js';
import { loadRuntime, openSession } from '../onnx/runtime.js';
import { writeOnnx } from '../onnx/write.js';
import { compareWithGraph, type Difference, type GivenInputs, timesOf } from './export-check.js';
import type { FloatPart } from './float-part.js';

export interface FloatExportOptions {
  readonly out: string;
  readonly opset: number;
  /** Of the events that are drawn. */
  readonly seed: number;
  /** Events to compare on besides. */
  readonly given?: GivenInputs;
}

export interface FloatExported {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: number;
  readonly bytes: number;
  readonly differences: readonly Difference[];
  readonly runtime: string;
  readonly speed: readonly Speed[];
}

/** Milliseconds for one event, on one thread. */
export interface Speed {
  readonly batch: number;
  readonly written: number;
  /** The same part without rewrites, as converters write it. */
  readonly plain: number;
}

/** Events at a time: one as the fast simulation asks, and many. */
const timedBatches = [1, 64] as const;

/**
 * @throws AxocError (user) for a part that is not computed event by event; (mismatch) when ONNX Runtime computes anything else than the
 *   training graph, within the part's tolerance: then nothing is written
 */
export async function exportFloat(part: FloatPart, options: FloatExportOptions): Promise<FloatExported> {
  const written = writeOnnx(floatOnnx(part, options.opset));
  const runtime = await loadRuntime();
  const session = await openSession(runtime, written, true);
  const differences = await compareWithGraph(part, session, runtime, options.seed, options.given);
  await session.release();
  const plain = writeOnnx(plainOnnx(part, options.opset));
  const speed: Speed[] = [];
  for (const batch of timedBatches) {
    const [fast, slow] = await timesOf(part, [written, plain], runtime, batch);
    speed.push({ batch, written: fast!, plain: slow! });
  }
  writeFileWhole(options.out, written);
  const { graph } = floatOnnx(part, options.opset);
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: graph.nodes.length,
    bytes: written.length,
    differences,
    runtime: runtime.name,
    speed,
  };
}

/** What is written. */
export function floatOnnx(part: FloatPart, opset: number): OnnxModel {
  const { name, description, described, facts } = part;
  const options = { opset, name, version, description, described, facts };
  return floatModel((batch) => part.rewrite(part.plain(batch)), options);
}

/** The same without rewrites: Resize, Conv, normalisation and transposes as the training graph has them. */
export function plainOnnx(part: FloatPart, opset: number): OnnxModel {
  const { name } = part;
  const options = { opset, name, version, description: '', described: new Map(), facts: {} };
  return floatModel((batch) => part.plain(batch), options);
}
