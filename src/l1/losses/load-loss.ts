/** A user's own loss, from a module file. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxocError, userError } from '../../base/diagnostic.js';
import { fileExists, reasonOf } from '../../base/files.js';
import type { Node } from '../../tensor/graph.js';
import * as ops from '../../tensor/ops.js';
import type { ReconstructionLoss } from '../../train/losses/loss.js';
import { L1ADBaseLoss, longitudinalMomentum, type TriggerObjects } from './base-loss.js';
import { checkLossName, construct, type L1ADLossClass, type LossSetup, namedLoss } from './registry.js';

/** What a loss that is a function gets besides the two tensors. */
export interface LossTools {
  /** The operations of tensors: `ops.abs`, `ops.subtract`, ... */
  readonly ops: typeof ops;
  /** From [batch, features], normalised, to the physical objects. */
  readonly physical: (normalised: Node) => TriggerObjects;
  readonly longitudinalMomentum: (objects: TriggerObjects) => Node;
}

/** A loss as a function of two tensors [batch, features], normalised. */
export type LossFunction = (truth: Node, reconstruction: Node, tools: LossTools) => Node;

const hint =
  'write `export default class extends L1ADBaseLoss { compute(truth, reconstruction) { ... } }` or ' +
  '`export default (truth, reconstruction, { ops }) => ...`';

/** Whether it is the path of a module, and not one of our names: it has a separator of directories, or ends as modules do. */
export function isLossModule(nameOrPath: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(nameOrPath);
}

/** A loss that waits for the normalisation of the events. */
export type OpenedLoss = (setup: LossSetup) => ReconstructionLoss;

/**
 * A loss by its name, or from the module with this path. What is wrong with name or module shows here; with its class or function, when the
 * loss is made.
 * @param place key that says it, for errors
 * @param directory from which a relative path counts
 * @throws AxocError (user) when there is none
 */
export async function openLoss(nameOrPath: string, place: string, directory = '.'): Promise<OpenedLoss> {
  if (!isLossModule(nameOrPath)) {
    checkLossName(nameOrPath, place);
    return (setup) => namedLoss(nameOrPath, setup, place);
  }
  const file = path.resolve(directory, nameOrPath);
  if (!fileExists(file))
    throw userError(
      'unreadable-file',
      place,
      `${nameOrPath} does not exist`,
      'check the path, which counts from the directory that axoc is started in',
    );
  const exported = await defaultExportOf(file, place, nameOrPath);
  const name = path.parse(file).name;
  return (setup) => guarded(lossOf(exported, setup, place, nameOrPath, name), place, nameOrPath, name);
}

async function defaultExportOf(file: string, place: string, shown: string): Promise<unknown> {
  try {
    return ((await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    throw badLoss(place, `${shown} cannot be loaded: ${reasonOf(error)}`, loadingHint(error));
  }
}

function loadingHint(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' && /package 'axoc'/.test(message))
    return 'install axoc beside it (npm install axoc), or write `export default (truth, reconstruction, { ops, physical }) => ...`, which imports nothing';
  return 'run it with node to see the whole message';
}

function lossOf(exported: unknown, setup: LossSetup, place: string, shown: string, name: string): ReconstructionLoss {
  if (exported === undefined) throw badLoss(place, `${shown} has no default export`, hint);
  if (typeof exported !== 'function')
    throw badLoss(place, `the default export of ${shown} is neither a class nor a function`, hint);
  // Not by instanceof: the module may have imported another copy of axoc.
  const { compute, of } = (exported.prototype ?? {}) as Partial<L1ADBaseLoss>;
  if (typeof compute === 'function' && typeof of === 'function')
    return attempt(() => construct(exported as L1ADLossClass, setup), place, shown);
  if (/^class\b/.test(Function.prototype.toString.call(exported)))
    throw badLoss(place, `the class of ${shown} does not extend L1ADBaseLoss, or has no compute`, hint);
  const physical = (normalised: Node): TriggerObjects => construct(UnitsOnly, setup).physical(normalised);
  const tools: LossTools = { ops, physical, longitudinalMomentum };
  return { name, of: (truth, reconstruction) => (exported as LossFunction)(truth, reconstruction, tools) };
}

/** Errors of the user's code say where they come from. */
function guarded(loss: ReconstructionLoss, place: string, shown: string, fallback: string): ReconstructionLoss {
  const name = typeof loss.name === 'string' && loss.name !== '' ? loss.name : fallback;
  return { name, of: (truth, reconstruction) => attempt(() => loss.of(truth, reconstruction), place, shown) };
}

function attempt<T>(step: () => T, place: string, shown: string): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') throw error;
    throw badLoss(place, `${shown} fails${lineIn(shown, error)}: ${messageOf(error)}`, hint);
  }
}

/** What our operations refuse inside a user's loss is no defect of ours. */
function messageOf(error: unknown): string {
  return error instanceof AxocError ? error.diagnostics.map(({ message }) => message).join('; ') : reasonOf(error);
}

/** Where in the user's module. */
function lineIn(shown: string, error: unknown): string {
  const file = path.basename(shown).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const [, line] = (error as Error).stack?.match(new RegExp(`[/\\\\]${file}[^:\\s]*:(\\d+):\\d+`)) ?? [];
  return line === undefined ? '' : ` in line ${line}`;
}

function badLoss(place: string, message: string, remedy: string): AxocError {
  return userError('bad-loss', place, message, remedy);
}

/** For functions, which want its units alone. */
class UnitsOnly extends L1ADBaseLoss {
  readonly name = 'units';

  compute(truth: TriggerObjects): Node {
    return truth.pt;
  }
}
