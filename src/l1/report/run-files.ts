/** Where the files of a run are: a directory of `axoc train`, or one of its artefacts. */
import { dirname, isAbsolute, join } from 'node:path';
import { userError } from '../../base/diagnostic.js';
import { fileExists, listDirectory, statsOf } from '../../base/files.js';
import { withHdf5File } from '../../data/hdf5/file.js';
import { configSchema } from '../config/schema.js';
import { summaryAttribute } from '../data/prepared-format.js';

export interface RunFiles {
  /** complete.h5 or lite.h5. */
  readonly artefact: string;
  /** Prepared events: a file, and the group of it that holds them. Absent: there are none. */
  readonly data?: { readonly path: string; readonly group: string };
  /** manifest.json of each firmware project that may be the run's. */
  readonly manifests: readonly string[];
}

/** In the order in which they are preferred. */
const artefactNames = ['complete.h5', 'lite.h5'];
const preparedName = 'Data.h5';
const manifestName = 'manifest.json';

/**
 * @param run directory or artefact
 * @param given files that the user names, instead of those that are found
 * @throws AxocError (user) when there is no artefact
 */
export async function findRunFiles(
  run: string,
  given: { readonly data?: string; readonly firmware?: string } = {},
): Promise<RunFiles> {
  const entries = listDirectory(run);
  const isDirectory = statsOf(run)?.isDirectory() ?? false;
  const name = artefactNames.find((candidate) => entries.includes(candidate));
  if (isDirectory && name === undefined)
    throw userError(
      'no-run',
      run,
      'holds neither complete.h5 nor lite.h5',
      'give the directory of `axoc train --out`, or an artefact',
    );
  const artefact = name === undefined ? run : join(run, name);
  const directory = isDirectory ? run : dirname(run);
  const data = given.data === undefined ? await findData(artefact, directory) : { path: given.data, group: '' };
  const manifests = given.firmware === undefined ? findManifests(directory) : [manifestIn(given.firmware)];
  return { artefact, ...(data === undefined ? {} : { data }), manifests };
}

/** The artefact's own events; otherwise the prepared file where its configuration has put it, or beside it. */
async function findData(artefact: string, directory: string): Promise<RunFiles['data']> {
  const { isComplete, configuration } = await withHdf5File(artefact, (file) => ({
    isComplete: file.has('data') && file.attributes('data').has(summaryAttribute),
    configuration: file.attributes('').get('config'),
  }));
  if (isComplete) return { path: artefact, group: 'data' };
  const path = [preparedPathIn(configuration), preparedName]
    .flatMap((name) => (name === undefined ? [] : [isAbsolute(name) ? name : join(directory, name)]))
    .find(fileExists);
  return path === undefined ? undefined : { path, group: '' };
}

/** A configuration that cannot be read is told by whoever needs more of it. */
function preparedPathIn(configuration: unknown): string | undefined {
  try {
    return configSchema.parse(JSON.parse(String(configuration))).data_config.Processed_data_path;
  } catch {
    return undefined;
  }
}

function manifestIn(firmware: string): string {
  return firmware.endsWith('.json') ? firmware : join(firmware, manifestName);
}

/** Of directories beside the artefact. */
function findManifests(directory: string): readonly string[] {
  return listDirectory(directory)
    .map((name) => join(directory, name, manifestName))
    .filter(fileExists);
}
