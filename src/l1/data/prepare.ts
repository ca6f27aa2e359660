/** From event files to Data.h5: read, remove what is saturated, normalise, clip, store; slab by slab, and only when something changed. */

import { breathe } from '../../base/breathe.js';
import { AxocError, userError } from '../../base/diagnostic.js';
import { fileExists } from '../../base/files.js';
import type { StartProgress } from '../../base/progress.js';
import { withHdf5File } from '../../data/hdf5/file.js';
import { type Hdf5Writer, writeHdf5File } from '../../data/hdf5/write.js';
import type { EventBlock, EventFile, EventSource } from './event-block.js';
import { clipRange, type Normalisation, NormalisationFit } from './normalisation.js';
import { openEventFile, syntheticAttribute } from './open-event-file.js';
import type { DataOptions, Sector } from './options.js';
import { openPrepared } from './prepared.js';
import { cacheKey, configAttribute, summaryAttribute } from './prepared-format.js';
import { removeSaturated } from './saturation.js';
import { parseScheme, type Scheme } from './scheme.js';
import { type SelectedObject, selectObjects } from './selection.js';
import { storeNormalisation, storeSet } from './store-set.js';
import { addSummary, emptySummary, type PrepareSummary, type SetSummary } from './summary.js';
import { countUnordered } from './unordered.js';

/** Events in memory at a time. */
export const slabSize = 16384;

export interface PrepareResult {
  readonly path: string;
  /** The file stood there already, made from the same input in the same way. */
  readonly isCached: boolean;
  readonly summary: PrepareSummary;
}

const silent: StartProgress = () => ({ advance() {}, done() {} });

/**
 * Makes `options.out` unless it is there already. The normalisation is fitted on the training events alone.
 * @param beforeMaking told what the file is to be made of, JSON, before it is; nothing is written if it throws
 * @throws AxocError (user) about options, files, sectors without events
 */
export async function prepareData(
  options: DataOptions,
  progress: StartProgress = silent,
  beforeMaking: (config: string) => void = () => {},
): Promise<PrepareResult> {
  const { background, signal, out } = options;
  const scheme = parseScheme(options.scheme);
  const selection = selectObjects(background, 'BACKGROUND');
  const signalSelection = selectObjects(signal, 'SIGNAL');
  checkSameObjects(selection, signalSelection);
  const key = await cacheKey(options, progress);
  const found = await readCached(out, key);
  if (found !== undefined) return { path: out, isCached: true, summary: found };
  beforeMaking(key);

  const files: EventFile[] = [];
  try {
    const backgroundFile = await openEventFile(background.path, 'background', selection, background.pileupColumn);
    files.push(backgroundFile);
    for (const path of signal.paths) files.push(await openEventFile(path, 'signal', signalSelection));
    const signals = files.slice(1).flatMap(({ sources }) => sources);
    checkNames(signals);
    const source = backgroundFile.sources[0]!;
    const train = sectorWithin(background.trainSector, source.count, 'train_sector', background.path);
    const test = sectorWithin(background.testSector, source.count, 'test_sector', background.path);
    const normalisation = await fitNormalisation(source, train, scheme, options, progress);
    const prepare = (one: EventSource, sector: Sector, file: Hdf5Writer, group: string): Promise<SetSummary> =>
      prepareSet(one, sector, file, group, normalisation, options, progress);

    const summary = await writeHdf5File(out, async (file) => {
      file.attribute('', configAttribute, key);
      const labels = files.flatMap(({ synthetic }) => (synthetic === undefined ? [] : [synthetic]));
      if (labels.length > 0) file.attribute('', syntheticAttribute, [...new Set(labels)].join('; '));
      storeNormalisation(file, normalisation, selection, clipRange(options.quantizeBits));
      const trained = await prepare(source, train, file, 'Background_data/Train');
      const tested = await prepare(source, test, file, 'Background_data/Test');
      if (trained.kept === 0 || tested.kept === 0) throw nothingKept(trained, background.path);
      file.group('Signal_data');
      const found: Record<string, SetSummary> = {};
      for (const one of signals) {
        const sector: Sector = [0, Math.min(one.count, signal.maxEvents)];
        found[one.name] = await prepare(one, sector, file, `Signal_data/${one.name}`);
      }
      const sets: PrepareSummary = { train: trained, test: tested, signals: found };
      file.attribute('', summaryAttribute, JSON.stringify(sets));
      return sets;
    });
    return { path: out, isCached: false, summary };
  } finally {
    for (const file of files) file.close();
  }
}

/** The summary of an earlier run whose result can stay; a file that is none of ours is not overwritten, one that was damaged since is. */
async function readCached(path: string, key: string): Promise<PrepareSummary | undefined> {
  if (!fileExists(path)) return undefined;
  const attributes = await withHdf5File(path, (file) => file.attributes('')).catch((error: unknown) => {
    throw notReplaced(path, `stands there, and whether preparing data has made it cannot be told: ${reasonIn(error)}`);
  });
  if (typeof attributes.get(summaryAttribute) !== 'string')
    throw notReplaced(path, 'a file of this name stands there that was not made by preparing data');
  return attributes.get(configAttribute) === key ? await summaryOfWhole(path) : undefined;
}

function notReplaced(path: string, message: string): Error {
  return userError('foreign-file', path, message, 'choose another name for --out, or remove the file');
}

function reasonIn(error: unknown): string {
  if (error instanceof AxocError && error.kind === 'user') return error.diagnostics[0]!.message;
  throw error;
}

/** Undefined where something is missing or changed in prepared data. */
async function summaryOfWhole(path: string): Promise<PrepareSummary | undefined> {
  try {
    const { summary, close } = await openPrepared(path);
    close();
    return summary;
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return undefined;
    throw error;
  }
}

function checkSameObjects(background: readonly SelectedObject[], signal: readonly SelectedObject[]): void {
  const kinds = (selection: readonly SelectedObject[]): string => selection.map(({ kind }) => kind).join(' ');
  if (kinds(background) === kinds(signal)) return;
  throw userError(
    'object-selection',
    'SIGNAL: constituents',
    `choose ${signal.length} objects (${kinds(signal)}) where the background has ${background.length} (${kinds(background)})`,
    'choose the same objects for both',
  );
}

function checkNames(signals: readonly EventSource[]): void {
  const names = signals.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw userError('name-used-twice', `signal "${repeated}"`, 'stands in two files', 'rename one of them');
}

function sectorWithin([from, to]: Sector, count: number, name: string, path: string): Sector {
  const end = Math.min(to, count);
  if (from >= 0 && from < end) return [from, end];
  const message = `${name} [${from}, ${to}] holds none of its ${count} events`;
  throw userError('empty-sector', path, message, `choose events from 0 to ${count}`);
}

function nothingKept(train: SetSummary, path: string): Error {
  const set = train.kept === 0 ? 'training' : 'test';
  return userError(
    'empty-sector',
    path,
    `every ${set} event is saturated`,
    'check the units, or set saturation_mode mask',
  );
}

/** Slabs of the sector without saturated events and objects. */
async function* keptBlocks(
  source: EventSource,
  [from, to]: Sector,
  { saturationMode }: DataOptions,
): AsyncGenerator<Pick<SetSummary, 'read' | 'unordered'> & ReturnType<typeof removeSaturated>> {
  for (let start = from; start < to; start += slabSize) {
    const end = Math.min(start + slabSize, to);
    await breathe();
    const { selection } = source;
    const block = source.read(start, end);
    // Before saturated objects are set to zero, which leaves gaps.
    const unordered = countUnordered(block, selection);
    yield { read: end - start, unordered, ...removeSaturated(block, selection, saturationMode) };
  }
}

async function fitNormalisation(
  source: EventSource,
  train: Sector,
  scheme: Scheme,
  options: DataOptions,
  progress: StartProgress,
): Promise<Normalisation> {
  const fit = new NormalisationFit(source.selection.length, options.ignoreZeros);
  const shown = progress('fit normalisation', train[1] - train[0]);
  for await (const { block, read } of keptBlocks(source, train, options)) {
    fit.add(block.objects);
    shown.advance(read);
  }
  shown.done();
  return fit.finish(scheme);
}

async function prepareSet(
  source: EventSource,
  sector: Sector,
  file: Hdf5Writer,
  group: string,
  normalisation: Normalisation,
  options: DataOptions,
  progress: StartProgress,
): Promise<SetSummary> {
  const shown = progress(group, sector[1] - sector[0]);
  const blocks = async function* (): AsyncGenerator<EventBlock> {
    for await (const { block, counts, read, unordered } of keptBlocks(source, sector, options)) {
      summary = addSummary(summary, { read, kept: block.count, unordered, ...counts });
      yield block;
      shown.advance(read);
    }
  };
  let summary = emptySummary;
  await storeSet(file, group, source, blocks(), normalisation, clipRange(options.quantizeBits));
  shown.done();
  return summary;
}
