/** Copies of this package with one change in them, and their modules. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
/** What a running axoc reads of its package. */
const parts = ['src', 'templates', 'hls', 'package.json'];

export interface Change {
  /** Path from the package's root. */
  readonly file: string;
  /** Text that stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Gives `work` a changed copy of the package, in a directory that git ignores and that is gone afterwards. It lies inside
 * the repository so that its imports of packages resolve.
 */
export async function withChangedCopy<T>(
  change: Change | undefined,
  work: (modules: Modules) => Promise<T>,
): Promise<T> {
  const build = path.join(packageRoot, 'build');
  mkdirSync(build, { recursive: true });
  const root = mkdtempSync(path.join(build, 'planted-'));
  try {
    for (const part of parts) cpSync(path.join(packageRoot, part), path.join(root, part), { recursive: true });
    if (change !== undefined) apply(change, root);
    return await work(await importModules(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function apply({ file, find, replace }: Change, root: string): void {
  const target = path.join(root, file);
  const text = readFileSync(target, 'utf8');
  const count = text.split(find).length - 1;
  if (count !== 1) throw new Error(`${file} holds the text to change ${count} times, not once: ${find}`);
  writeFileSync(
    target,
    text.replace(find, () => replace),
  );
}

/** The functions of a copy that the judges call. */
export type Modules = Awaited<ReturnType<typeof importModules>>;

async function importModules(root: string) {
  const load = async <T>(name: string): Promise<T> => (await import(path.join(root, 'src', name))) as T;
  const { AxocError } = await load<typeof import('../../src/base/diagnostic.js')>('base/diagnostic.ts');
  const { readNetwork } = await load<typeof import('../../src/network/read-network.js')>('network/read-network.ts');
  const { parsePrecision } = await load<typeof import('../../src/network/precision.js')>('network/precision.ts');
  const { lower } = await load<typeof import('../../src/lower/lower.js')>('lower/lower.ts');
  const { runPasses } = await load<typeof import('../../src/passes/passes.js')>('passes/passes.ts');
  const { interpreterOf } = await load<typeof import('../../src/simulate/interpret.js')>('simulate/interpret.ts');
  const { defaultHlsOptions, emitHls } =
    await load<typeof import('../../src/emit/hls/project.js')>('emit/hls/project.ts');
  const { hlsLeg } = await load<typeof import('../../src/verify/hls-leg.js')>('verify/hls-leg.ts');
  const { interpreterLeg } = await load<typeof import('../../src/verify/leg.js')>('verify/leg.ts');
  const { onnxLeg } = await load<typeof import('../../src/verify/onnx-leg.js')>('verify/onnx-leg.ts');
  const { referenceOf, verify, verifyInBlocks } =
    await load<typeof import('../../src/verify/verify.js')>('verify/verify.ts');
  const { wasmLeg } = await load<typeof import('../../src/verify/wasm-leg.js')>('verify/wasm-leg.ts');
  const { scoreSignal } =
    await load<typeof import('../../src/train/model/score-graph.js')>('train/model/score-graph.ts');
  return {
    AxocError,
    readNetwork,
    parsePrecision,
    lower,
    runPasses,
    interpreterOf,
    defaultHlsOptions,
    emitHls,
    hlsLeg,
    interpreterLeg,
    onnxLeg,
    wasmLeg,
    referenceOf,
    verify,
    verifyInBlocks,
    scoreSignal,
  };
}
