/** From a model file to programs: read, lower, optimise. Where every command starts. */
import { basename } from 'node:path';
import { readTrimmedEncoder } from '../artefact/read-artefact.js';
import { internalError } from '../base/diagnostic.js';
import { readText } from '../base/files.js';
import { Random } from '../base/random.js';
import { isHdf5File } from '../data/hdf5/file.js';
import type { Program } from '../ir/op.js';
import { type Lowered, lower } from '../lower/lower.js';
import { type Warning, warningsOf } from '../lower/warnings.js';
import { type Description, parseDescription } from '../network/description.js';
import type { Network } from '../network/network.js';
import type { Precision } from '../network/precision.js';
import { networkOf } from '../network/read-network.js';
import { runPasses } from '../passes/passes.js';
import { interpreterLeg } from '../verify/leg.js';
import { directedVectors } from '../verify/vectors.js';
import { firstMismatch, referenceOf } from '../verify/verify.js';

export interface Model {
  /** The file's name, for messages. */
  readonly source: string;
  readonly network: Network;
  readonly lowered: Lowered;
  /** The program after all passes. */
  readonly program: Program;
  readonly warnings: readonly Warning[];
}

export interface ModelOptions {
  readonly precision: Precision;
  /** Simulate the program before and after each pass and stop at the first that changes a value. */
  readonly checkEachPass: boolean;
}

/**
 * Loads a network description (JSON) or an artefact (lite.h5, complete.h5), of which it takes the deployed network.
 * @throws AxocError (user) for anything wrong with the file
 */
export async function loadModel(path: string, options: ModelOptions): Promise<Model> {
  const source = basename(path);
  const network = networkOf(await readDescriptionFile(path, source), source, options.precision);
  const lowered = lower(network);
  const program = runPasses(lowered.program, options.checkEachPass ? checkPass : undefined);
  return { source, network, lowered, program, warnings: warningsOf(lowered, source) };
}

async function readDescriptionFile(path: string, source: string): Promise<Description> {
  if (isHdf5File(path)) return readTrimmedEncoder(path);
  return parseDescription(readText(path), source);
}

const vectorsPerPass = 256;

/** Compares all named values of the programs before and after a pass. */
function checkPass(pass: { readonly name: string }, before: Program, after: Program): void {
  const vectors = directedVectors(before, vectorsPerPass, Random.seeded(1));
  const leg = interpreterLeg(after);
  const mismatch = firstMismatch(referenceOf(before, vectors), leg, vectors.map(leg.simulate));
  if (mismatch === undefined) return;
  throw internalError(
    `pass ${pass.name}`,
    `it changes ${mismatch.value}[${mismatch.element}] from ${mismatch.expected} to ${mismatch.found} for the input [${mismatch.vector.join(', ')}]`,
  );
}
