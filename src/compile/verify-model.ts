/** Verification of a model: vectors, reference, legs, reproducer. */
import { join } from 'node:path';
import { AxocError, type Diagnostic, userError } from '../base/diagnostic.js';
import { fileExists, withTemporaryDirectory, writeFileWhole } from '../base/files.js';
import { suggest } from '../base/nearest.js';
import { startProgress } from '../base/progress.js';
import { Random } from '../base/random.js';
import { defaultHlsOptions, emitHls, type HlsProject } from '../emit/hls/project.js';
import type { Program } from '../ir/op.js';
import type { Mismatch } from '../verify/compare.js';
import { type CastCount, CastCoverage } from '../verify/coverage.js';
import { findVendorHeaders, hlsLeg } from '../verify/hls-leg.js';
import { interpreterLeg, type Leg } from '../verify/leg.js';
import { printReproducer } from '../verify/reproducer.js';
import { directedVectors, type Vector } from '../verify/vectors.js';
import { type LegResult, verifyInBlocks } from '../verify/verify.js';

const legNames = ['interpreter', 'wasm', 'onnx', 'hls', 'hls-vendor'] as const;
export type LegName = (typeof legNames)[number];

export interface CompareOptions {
  /** How many vectors axoc adds of its own. */
  readonly directed: number;
  readonly seed: number;
  /** Where a mismatch is written; nothing is when absent. */
  readonly reproducer?: string;
}

export interface VerifyOptions extends CompareOptions {
  /** Legs left out, by name. */
  readonly without: readonly LegName[];
  /** Directory of the vendor's ap_fixed.h; looked for when absent. */
  readonly apInclude?: string;
}

/** A leg that was wanted and could not run. */
export interface NotRun {
  readonly leg: LegName;
  readonly reason: string;
}

export interface Compared {
  /** The given vectors followed by the directed ones, and the outputs of the lowered program for each. */
  readonly vectors: readonly Vector[];
  readonly outputs: readonly (readonly bigint[])[];
  readonly legs: readonly LegResult[];
  /** What the given vectors alone exercise, and what all do. */
  readonly given: readonly CastCount[];
  readonly all: readonly CastCount[];
}

export interface Verified extends Compared {
  readonly notRun: readonly NotRun[];
}

/** Verifies a program after the passes against the one that was lowered; nothing is kept of the HLS project. */
export function verifyProgram(
  program: Program,
  lowered: Program,
  given: readonly Vector[],
  options: VerifyOptions,
): Promise<Verified> {
  return verifyProject(program, emitHls(program, defaultHlsOptions), lowered, given, options);
}

/**
 * Runs every leg that was not left out on the given vectors and on directed ones.
 * @param lowered the program before the passes: the reference
 * @throws AxocError (mismatch) after writing a reproducer; (missingTool) without a compiler
 */
export async function verifyProject(
  program: Program,
  project: HlsProject,
  lowered: Program,
  given: readonly Vector[],
  options: VerifyOptions,
): Promise<Verified> {
  return withTemporaryDirectory(async (directory) => {
    // The compilers start first: they and the interpreter work at the same time.
    const { legs, notRun } = await startLegs(program, lowered, project, directory, options);
    return { ...(await compareLegs(lowered, given, legs, options)), notRun };
  });
}

/**
 * Runs legs on the given vectors and on directed ones.
 * @param lowered the reference
 * @throws AxocError (mismatch) after writing a reproducer
 */
export async function compareLegs(
  lowered: Program,
  given: readonly Vector[],
  legs: readonly Leg[],
  options: CompareOptions,
): Promise<Compared> {
  const vectors = [...given, ...directedVectors(lowered, options.directed, Random.seeded(options.seed))];
  if (vectors.length === 0)
    throw userError(
      'no-vectors',
      '--vectors 0',
      'there is nothing to verify with',
      'give events with --input, or let axoc make vectors',
    );
  const coverage = new CastCoverage(lowered);
  const outputs: (readonly bigint[])[] = [];
  let seenInGiven = coverage.counts;
  const progress = startProgress('verifying', vectors.length);
  const { legs: results, mismatch } = await verifyInBlocks(lowered, vectors, legs, (trace) => {
    coverage.add(trace);
    outputs.push(lowered.outputs.flatMap((id) => trace.get(id)!));
    if (outputs.length === given.length) seenInGiven = coverage.counts;
    progress.advance(1);
  });
  progress.done();
  if (mismatch !== undefined) throw mismatchError(lowered, mismatch, options.reproducer);
  return { vectors, outputs, legs: results, given: seenInGiven, all: coverage.counts };
}

/** Reads leg names; an unknown one is an error. */
export function parseLegNames(names: readonly string[]): readonly LegName[] {
  return names.map((name) => {
    const known = legNames.find((leg) => leg === name);
    if (known === undefined)
      throw userError('unknown-leg', `--without ${name}`, 'there is no such leg', suggest(name, legNames));
    return known;
  });
}

async function startLegs(
  program: Program,
  lowered: Program,
  project: HlsProject,
  directory: string,
  options: VerifyOptions,
): Promise<{ readonly legs: readonly Leg[]; readonly notRun: readonly NotRun[] }> {
  const isWanted = (name: LegName): boolean => !options.without.includes(name);
  const vendorHeaders = vendorHeadersOf(options.apInclude);
  const compiled: Leg[] = [];
  const notRun: NotRun[] = [];
  if (isWanted('hls')) {
    compiled.push(
      hlsLeg(project, {
        name: 'hls',
        summary: "emitted C++ by g++, the project's own ap_fixed headers",
        directory: join(directory, 'hls'),
      }),
    );
  }
  if (isWanted('hls-vendor') && vendorHeaders === undefined)
    notRun.push({ leg: 'hls-vendor', reason: "the vendor's ap_fixed headers were not found (--ap-include DIR)" });
  if (isWanted('hls-vendor') && vendorHeaders !== undefined) {
    compiled.push(
      hlsLeg(project, {
        name: 'hls-vendor',
        summary: "emitted C++ by g++, the vendor's ap_fixed headers",
        include: vendorHeaders,
        directory: join(directory, 'hls-vendor'),
      }),
    );
  }
  // The compilers run by now: what follows works beside them.
  const own: Leg[] = [];
  if (isWanted('interpreter')) own.push(interpreterLeg(program));
  if (isWanted('wasm')) own.push(await makeWasmLeg(lowered));
  if (isWanted('onnx')) {
    const onnx = await makeOnnxLeg(program);
    if ('reason' in onnx) notRun.push(onnx);
    else own.push(onnx);
  }
  const legs = [...own, ...compiled];
  if (legs.length === 0) {
    const reasons = notRun.map(({ leg, reason }) => `; ${leg} cannot run (${reason})`).join('');
    const message = `no leg is left to verify with${reasons}`;
    throw userError('no-legs', '--without', message, 'leave at least one leg in');
  }
  return { legs, notRun };
}

/** Loads the WebAssembly compiler only where it is used: it is large. */
async function makeWasmLeg(lowered: Program): Promise<Leg> {
  const { wasmLeg } = await import('../verify/wasm-leg.js');
  return wasmLeg(lowered);
}

/** The leg, or the first of the reasons why the program is no exact ONNX model. Its libraries, too, are loaded only here. */
async function makeOnnxLeg(program: Program): Promise<Leg | NotRun> {
  const { onnxLeg } = await import('../verify/onnx-leg.js');
  try {
    return await onnxLeg(program);
  } catch (error) {
    if (!(error instanceof AxocError) || error.kind !== 'user') throw error;
    const [{ place, message }, ...others] = error.diagnostics as readonly [Diagnostic, ...Diagnostic[]];
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    return { leg: 'onnx', reason: `${place}: ${message}${more}` };
  }
}

/** The directory the user named, which must hold the headers, or one that was found. */
function vendorHeadersOf(named: string | undefined): string | undefined {
  if (named === undefined) return findVendorHeaders(process.env);
  if (fileExists(join(named, 'ap_fixed.h'))) return named;
  throw userError(
    'no-headers',
    `--ap-include ${named}`,
    'there is no ap_fixed.h in this directory',
    'name the include directory of a Vitis HLS installation',
  );
}

function mismatchError(program: Program, mismatch: Mismatch, path: string | undefined): AxocError {
  if (path !== undefined) writeFileWhole(path, printReproducer(program, mismatch));
  return new AxocError('mismatch', [
    {
      code: 'mismatch',
      place: `leg ${mismatch.leg}, vector ${mismatch.vectorIndex}`,
      message: `${mismatch.value}[${mismatch.element}] is ${mismatch.found}, the reference gives ${mismatch.expected}`,
      ...(path === undefined ? {} : { hint: `${path} reproduces it: axoc replay ${path}` }),
    },
  ]);
}
