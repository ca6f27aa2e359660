/** `axoc emit-hls` as a function: from a model to a verified HLS project on disk. */
import { checkReplaceable, type FileTree, writeDirectoryWhole } from '../base/files.js';
import { version } from '../base/version.js';
import { manifestOf } from '../emit/hls/manifest.js';
import { emitHls, type HlsOptions } from '../emit/hls/project.js';
import { vectorFiles } from '../emit/hls/vectors.js';
import type { CastCount } from '../verify/coverage.js';
import type { Vector } from '../verify/vectors.js';
import type { LegResult } from '../verify/verify.js';
import type { Model } from './model.js';
import { type NotRun, type VerifyOptions, verifyProject } from './verify-model.js';

export interface EmitOptions extends VerifyOptions {
  readonly out: string;
  readonly hls: HlsOptions;
}

export interface Emitted {
  readonly topName: string;
  readonly legs: readonly LegResult[];
  readonly notRun: readonly NotRun[];
  /** What the given events alone exercise, and what all vectors do. */
  readonly given: readonly CastCount[];
  readonly all: readonly CastCount[];
  /** Events in the project's own test bench. */
  readonly benchVectors: number;
}

/** Given events that go into the project's own test bench; the directed vectors all do. */
const givenInTestBench = 1000;
const marker = 'manifest.json';

/**
 * Nothing is written unless every leg agrees.
 * @throws AxocError (mismatch, missingTool) from verification; (user) when `out` cannot be replaced
 */
export async function emitModel(model: Model, given: readonly Vector[], options: EmitOptions): Promise<Emitted> {
  checkReplaceable(options.out, options.out, marker);
  const project = emitHls(model.program, options.hls);
  const { legs, ...verified } = await verifyProject(model.program, project, model.lowered.program, given, options);
  const isInBench = (index: number): boolean => index < givenInTestBench || index >= given.length;
  const bench = verified.vectors.map((_, index) => index).filter(isInBench);
  const vectors = vectorFiles(
    project.design,
    bench.map((index) => verified.vectors[index]!),
    bench.map((index) => verified.outputs[index]!),
  );
  const manifest = manifestOf(project.design, {
    version,
    name: model.network.name,
    names: model.lowered.names,
    lowered: model.lowered.program,
    options: options.hls,
    warnings: model.warnings,
    verification: legs,
  });
  const files: FileTree = new Map([...project.files, ...vectors, [marker, manifest]]);
  writeDirectoryWhole(options.out, files, marker);
  return {
    topName: project.design.topName,
    legs,
    notRun: verified.notRun,
    given: verified.given,
    all: verified.all,
    benchVectors: bench.length,
  };
}
