/** Every leg on one network: what was compared, and the first thing that is wrong. */
import { join } from 'node:path';
import { AxocError } from '../../src/base/diagnostic.js';
import type { defaultHlsOptions, emitHls } from '../../src/emit/hls/project.js';
import { exactModel } from '../../src/emit/onnx/exact-model.js';
import { elementCount, namedOps, type Program } from '../../src/ir/op.js';
import type { runPasses } from '../../src/passes/passes.js';
import type { Trace } from '../../src/simulate/interpret.js';
import type { Mismatch } from '../../src/verify/compare.js';
import type { hlsLeg } from '../../src/verify/hls-leg.js';
import type { interpreterLeg, Leg } from '../../src/verify/leg.js';
import type { onnxLeg } from '../../src/verify/onnx-leg.js';
import type { Vector } from '../../src/verify/vectors.js';
import type { referenceOf, verify } from '../../src/verify/verify.js';
import type { wasmLeg } from '../../src/verify/wasm-leg.js';

/** What is checked: these functions of src, or of a copy of it with a planted bug. */
export interface Tools {
  readonly runPasses: typeof runPasses;
  readonly emitHls: typeof emitHls;
  readonly defaultHlsOptions: typeof defaultHlsOptions;
  readonly interpreterLeg: typeof interpreterLeg;
  readonly wasmLeg: typeof wasmLeg;
  readonly onnxLeg: typeof onnxLeg;
  readonly hlsLeg: typeof hlsLeg;
  readonly referenceOf: typeof referenceOf;
  readonly verify: typeof verify;
}

export type LegName = 'interpreter' | 'wasm' | 'onnx' | 'hls' | 'hls-vendor';

export interface CheckOptions {
  readonly legs: readonly LegName[];
  /** An empty directory for the legs that compile. */
  readonly directory: string;
  /** Directory of the vendor's `ap_fixed.h`, for `hls-vendor`. */
  readonly vendorInclude?: string;
  /** Test benches that are compiled already, by the name of their leg. */
  readonly commands?: ReadonlyMap<LegName, readonly string[]>;
  /** Sees the reference's traces, block by block. */
  readonly observe?: (traces: readonly Trace[]) => void;
}

export interface Compared {
  vectors: number;
  values: number;
}

export interface NetworkCheck {
  readonly compared: ReadonlyMap<LegName, Compared>;
  /** The first mismatch; a leg that broke has found "an error (...)" on the first vector of its block. */
  readonly failure?: Mismatch;
}

/** Vectors whose traces are in memory at a time. */
const blockSize = 1024;

/** Runs all legs on all vectors, and stops at the first that disagrees or breaks. */
export async function checkNetwork(
  tools: Tools,
  program: Program,
  vectors: readonly Vector[],
  options: CheckOptions,
): Promise<NetworkCheck> {
  const compared = new Map(options.legs.map((name): [LegName, Compared] => [name, { vectors: 0, values: 0 }]));
  let at: { leg: string; first: number } = { leg: 'reference', first: 0 };
  try {
    const legs = new Map<LegName, Leg>();
    for (const name of options.legs) {
      at = { leg: name, first: 0 };
      legs.set(name, await startLeg(tools, name, program, options));
    }
    for (let first = 0; first < vectors.length; first += blockSize) {
      at = { leg: 'reference', first };
      const reference = tools.referenceOf(program, vectors.slice(first, first + blockSize));
      options.observe?.(reference.traces);
      for (const [name, leg] of legs) {
        at = { leg: name, first };
        const { legs: results, mismatch } = await tools.verify(reference, [leg]);
        if (mismatch !== undefined)
          return { compared, failure: { ...mismatch, vectorIndex: first + mismatch.vectorIndex } };
        for (const result of results) {
          compared.get(name)!.vectors += result.vectors;
          compared.get(name)!.values += result.values;
        }
      }
    }
    return { compared };
  } catch (error) {
    const [problem = ''] = (error as Error).message.split('\n');
    const [value] = program.outputs;
    const vector = vectors[at.first] ?? [];
    const what = { value: value!, element: 0, expected: 'a number', found: `an error (${problem})` };
    return { compared, failure: { leg: at.leg, vectorIndex: at.first, vector, ...what } };
  }
}

/** Whether int64 is wide enough for the leg `onnx`; a quarter of the random networks have wider numbers. */
export function isNarrow(program: Program): boolean {
  try {
    exactModel(program, { opset: 13, trace: true, name: program.name, version: '', facts: {} });
    return true;
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return false;
    throw error;
  }
}

/** Numbers that every leg must compare for each vector. */
export function valuesPerVector(program: Program): number {
  return namedOps(program).reduce((sum, op) => sum + elementCount(op.type), 0);
}

function startLeg(tools: Tools, name: LegName, program: Program, options: CheckOptions): Leg | Promise<Leg> {
  const { directory, vendorInclude, commands } = options;
  switch (name) {
    case 'interpreter':
      return tools.interpreterLeg(tools.runPasses(program));
    case 'wasm':
      return tools.wasmLeg(program);
    case 'onnx':
      return tools.onnxLeg(tools.runPasses(program));
    case 'hls':
    case 'hls-vendor': {
      const project = tools.emitHls(tools.runPasses(program), tools.defaultHlsOptions);
      const include = name === 'hls' ? {} : { include: vendorInclude! };
      const command = commands?.get(name);
      const compiled = command === undefined ? {} : { command };
      return tools.hlsLeg(project, { name, summary: name, directory: join(directory, name), ...include, ...compiled });
    }
  }
}
