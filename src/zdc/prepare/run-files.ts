/** Finds the text files of simulated runs and joins them by the number of the run, whatever order a directory lists them in. */
import { basename } from 'node:path';
import { userError } from '../../base/diagnostic.js';
import { listFiles } from '../../base/files.js';
import type { Calorimeter } from '../calorimeter.js';
import type { ShowerProblems } from './problems.js';

/** Names of the files of one run. `synthetic` is there when no simulation made them; its first line says what did. */
export function runFileNames(run: number | string) {
  return {
    examples: `non_zero_examples_run${run}.txt`,
    neutron: `neutron_image_run${run}.txt`,
    proton: `proton_image_run${run}.txt`,
    synthetic: `synthetic_run${run}.txt`,
  } as const;
}

export type RunFileKind = keyof ReturnType<typeof runFileNames>;

export interface Run {
  readonly number: number;
  /** Path of the table of particles. */
  readonly examples: string;
  /** Path of the images of the calorimeter. */
  readonly images: string;
  /** Path of the file that says what made a synthetic run. */
  readonly synthetic?: string;
}

/** What follows the number is `.txt`, or else the file is not read, which is told where it matters. */
const kinds: readonly (readonly [RunFileKind, RegExp])[] = [
  ['examples', /^non_zero_examples_run(\d+)(.*)$/],
  ['neutron', /^neutron_image_run(\d+)(.*)$/],
  ['proton', /^proton_image_run(\d+)(.*)$/],
  ['synthetic', /^synthetic_run(\d+)(.*)$/],
];

type Found = Map<RunFileKind, string>;

/**
 * Runs in `directory` and below, in the order of their numbers. A file without its partner is a problem.
 * @throws AxocError (user) when the directory cannot be read or holds no runs
 */
export function findRuns(directory: string, calorimeter: Calorimeter, problems: ShowerProblems): readonly Run[] {
  const files = new Map<number, Found>();
  const others = new Map<number, Found>();
  for (const path of listFiles(directory)) {
    for (const [kind, pattern] of kinds) {
      const [, digits, end] = pattern.exec(basename(path)) ?? [];
      if (digits === undefined) continue;
      if (end === '.txt') addFile(files, Number(digits), kind, path, problems);
      else foundOf(others, Number(digits)).set(kind, path);
    }
  }
  const runs = [...new Set([...files.keys(), ...others.keys()])]
    .sort((a, b) => a - b)
    .flatMap((number) => joined(number, foundOf(files, number), foundOf(others, number), calorimeter, problems));
  if (runs.length === 0 && problems.count === 0) {
    const names = runFileNames(1);
    throw userError(
      'no-showers',
      directory,
      `holds no files such as ${names.examples} and ${names[calorimeter.particle]}`,
      'give the directory that extraction or axoc zdc synthesise has written',
    );
  }
  return runs;
}

function addFile(
  files: Map<number, Found>,
  run: number,
  kind: RunFileKind,
  path: string,
  problems: ShowerProblems,
): void {
  const found = foundOf(files, run);
  const other = found.get(kind);
  if (other === undefined) found.set(kind, path);
  else problems.add('name-used-twice', path, `run ${run} stands in ${other}, too`, 'give every run its own number');
}

function foundOf(files: Map<number, Found>, run: number): Found {
  const found = files.get(run) ?? new Map<RunFileKind, string>();
  files.set(run, found);
  return found;
}

/** @param others files that would belong to the run but for the end of their names */
function joined(
  number: number,
  found: Found,
  others: Found,
  { particle }: Calorimeter,
  problems: ShowerProblems,
): Run[] {
  const examples = found.get('examples');
  const images = found.get(particle);
  const synthetic = found.get('synthetic');
  if (examples !== undefined && images !== undefined) {
    return [{ number, examples, images, ...(synthetic === undefined ? {} : { synthetic }) }];
  }
  const missing = (['examples', particle] as const).filter((kind) => !found.has(kind));
  const away = missing.filter((kind) => others.has(kind));
  for (const kind of away) {
    const message = `is not ${runFileNames(number)[kind]}, which is missing`;
    problems.add(
      'missing-run-file',
      others.get(kind)!,
      message,
      'unpack or rename it, or remove the files of this run',
    );
  }
  if (away.length > 0) return [];
  problems.add(
    'missing-run-file',
    // The images of the other calorimeter alone: its run is not asked for, but its table is missing all the same.
    examples ?? images ?? [...found.values(), ...others.values()][0]!,
    `the file ${runFileNames(number)[missing[0]!]} of the same run is missing`,
    'copy or extract the run again, or remove its files',
  );
  return [];
}
