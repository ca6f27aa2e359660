/** The ALICE GRID: a submission that the user hands in, and the results that come back from it. */
import { basename, dirname, join } from 'node:path';
import { userError } from '../../../base/diagnostic.js';
import { type FileTree, fileExists, listFiles, readBytes, readText } from '../../../base/files.js';
import { shellQuote } from '../../../base/shell-quote.js';
import type { Limits } from '../executor.js';
import { renderTemplate } from '../template.js';

/** One sub-job. */
export interface GridJob {
  /** Of all that its results depend on: by it they are recognised. */
  readonly digest: string;
  readonly argv: readonly string[];
  /** Files it leaves, by plain names. */
  readonly outputs: readonly string[];
}

export interface GridPlace {
  /** Directory of the catalogue for this stage, /alice/cern.ch/user/... */
  readonly directory: string;
  readonly packages: readonly string[];
  readonly partition: string;
}

/** A job leaves it when all went well: one line, its digest. */
const gridMarker = 'axoc_job.txt';
/** By it a submission is known as one of ours, and may be replaced. */
export const submissionMarker = 'submit.txt';
/** As long as the GRID's jobs usually may take. */
const usualMinutes = 1360;
const usualCores = 8;

/**
 * Script, description and commands of a submission.
 * @param inputs absolute paths of files that every job needs
 * @throws AxocError (user) for names that the description of a job cannot hold
 */
export function gridSubmission(
  jobs: readonly GridJob[],
  inputs: readonly string[],
  place: GridPlace,
  { minutes = usualMinutes, cpus = usualCores, memoryGb = 2 * cpus }: Limits,
): FileTree {
  const outputs = [...new Set([...jobs.flatMap((job) => job.outputs), gridMarker, 'stdout', 'stderr'])];
  const names = ['job.sh', 'job.jdl', ...inputs.map((path) => basename(path))];
  for (const word of [...outputs, ...names, place.directory, place.partition, ...place.packages]) checkWord(word);
  const { directory } = place;
  const script = renderTemplate('grid-job.sh', {
    marker: gridMarker,
    jobs: jobs.map(({ digest, argv, outputs: files }, index) => ({
      number: index + 1,
      digest,
      argv: argv.map(shellQuote),
      outputs: files.map(shellQuote),
    })),
  });
  const description = renderTemplate('grid-job.jdl', {
    directory,
    count: jobs.length,
    inputs: listed(
      names.filter((name) => name !== 'job.sh' && name !== 'job.jdl').map((name) => `LF:${directory}/${name}`),
    ),
    outputs: listed(outputs.map((name) => `${name}@disk=1`)),
    packages: listed(place.packages),
    partition: place.partition,
    cpus,
    memory: Math.ceil(memoryGb),
    seconds: Math.ceil(minutes * 60),
  });
  return new Map<string, string | Uint8Array>([
    ['job.sh', script],
    ['job.jdl', description],
    [submissionMarker, renderTemplate('grid-submit.txt', { directory, files: names })],
    ...inputs.map((path): [string, Uint8Array] => [basename(path), readBytes(path)]),
  ]);
}

const listed = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** What a job's description and commands hold goes through several programs: only what none of them reads as more than a name. */
function checkWord(word: string): void {
  if (/^[\w./:@+-]+$/.test(word) && !word.startsWith('-')) return;
  throw userError(
    'bad-grid-name',
    word,
    'a name on the GRID is made of letters, digits and . / : @ + - _',
    'choose another name',
  );
}

/** Directories of results below `path`, by the digest of the job that filled them. */
export function findResults(path: string): ReadonlyMap<string, string> {
  const markers = fileExists(path) ? listFiles(path).filter((file) => basename(file) === gridMarker) : [];
  return new Map(markers.map((file) => [readText(file).trim(), dirname(file)]));
}

/** Where results are looked for when the configuration does not say it. */
export const usualResults = (directory: string, stage: string): string => join(directory, 'grid', stage, 'results');
