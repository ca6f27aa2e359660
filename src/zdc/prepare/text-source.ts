/** Showers from the text files of runs: tables first, then images beside their tables, every sum compared. */
import { basename } from 'node:path';
import { breathe } from '../../base/breathe.js';
import { type OpenFile, openFile } from '../../base/file-streams.js';
import { readText } from '../../base/files.js';
import type { Calorimeter } from '../calorimeter.js';
import { type Example, type FindSpecies, readExamples } from './examples-file.js';
import { ImageReader } from './image-file.js';
import { ShowerProblems } from './problems.js';
import { findRuns, type Run } from './run-files.js';
import type { Shower, ShowerSource } from './shower-source.js';

export interface TextOptions {
  readonly calorimeter: Calorimeter;
  readonly find: FindSpecies;
  /** A shower with fewer photons is left out. */
  readonly minimumPhotons: number;
}

/** A run whose table has been read once. */
interface CheckedRun extends Run {
  readonly rows: number;
  readonly kept: number;
}

/** Signals and timers get their turn that often. */
const rowsAtOnce = 1024;

/**
 * Reads all tables; images are read by `showers`. Memory: one piece of each of two files.
 * @throws AxocError (user) when `directory` holds no runs
 */
export async function openTextShowers(directory: string, options: TextOptions): Promise<ShowerSource> {
  const problems = new ShowerProblems();
  const runs: CheckedRun[] = [];
  for (const run of findRuns(directory, options.calorimeter, problems)) {
    const before = problems.count;
    const counts = await countRows(run, options, problems);
    // Images beside a table with gaps would be told as wrong, all of them.
    if (problems.count === before) runs.push({ ...run, ...counts });
  }
  const labels = new Set(runs.flatMap(({ synthetic }) => (synthetic === undefined ? [] : [firstLine(synthetic)])));
  return {
    found: runs.reduce((sum, { rows }) => sum + rows, 0),
    count: runs.reduce((sum, { kept }) => sum + kept, 0),
    ...(labels.size === 0 ? {} : { synthetic: [...labels].join('; ') }),
    async *showers() {
      for (const run of runs) yield* runShowers(run, options, problems);
      problems.throwIfAny();
    },
  };
}

function firstLine(path: string): string {
  return readText(path).split('\n', 1)[0]!.trim();
}

async function countRows(
  { examples }: Run,
  { calorimeter, find, minimumPhotons }: TextOptions,
  problems: ShowerProblems,
): Promise<{ rows: number; kept: number }> {
  const file = openFile(examples);
  try {
    let rows = 0;
    let kept = 0;
    for (const { photonSum } of readExamples(file, examples, calorimeter, find, problems)) {
      if (++rows % rowsAtOnce === 0) await breathe();
      if (photonSum >= minimumPhotons) kept++;
    }
    return { rows, kept };
  } finally {
    file.close();
  }
}

async function* runShowers(run: CheckedRun, options: TextOptions, problems: ShowerProblems): AsyncGenerator<Shower> {
  const files: OpenFile[] = [];
  const open = (path: string): OpenFile => {
    const file = openFile(path);
    files.push(file);
    return file;
  };
  try {
    const { calorimeter, find, minimumPhotons } = options;
    const images = new ImageReader(open(run.images), run.images, calorimeter, problems);
    let row = 0;
    for (const example of readExamples(open(run.examples), run.examples, calorimeter, find, problems)) {
      if (++row % rowsAtOnce === 0) await breathe();
      if (!images.next()) {
        tellTruncated(run, example, row, images, calorimeter, problems);
        return;
      }
      checkSum(run, example, row, images, calorimeter, problems);
      if (problems.count === 0 && example.photonSum >= minimumPhotons) {
        yield { conditions: example.conditions, image: images.pixels };
      }
    }
    images.checkEnd(row, basename(run.examples));
  } finally {
    for (const file of files) file.close();
  }
}

function tellTruncated(
  run: CheckedRun,
  { line }: Example,
  row: number,
  { line: lines, isCutOff }: ImageReader,
  { shape }: Calorimeter,
  problems: ShowerProblems,
): void {
  const examples = basename(run.examples);
  problems.add(
    'truncated-file',
    run.images,
    `ends ${isCutOff ? `within line ${lines}` : `after ${lines} lines`} where the ${run.rows} rows of ${examples} need ${run.rows * shape[0]}: ` +
      `row ${row} (line ${line}) has no whole image`,
    'copy or extract the run again',
  );
}

function checkSum(
  run: CheckedRun,
  { photonSum, line }: Example,
  row: number,
  { sum, line: last }: ImageReader,
  { shape }: Calorimeter,
  problems: ShowerProblems,
): void {
  if (sum === undefined || agree(sum, photonSum)) return;
  problems.add(
    'photon-sum',
    `${run.images}: image ${row} (lines ${last - shape[0] + 1} to ${last})`,
    `its pixels sum to ${sum}, PhotonSum is ${photonSum} (${basename(run.examples)}: line ${line})`,
    'table and images are not of the same run, or rows are missing: extract the run again',
  );
}

/** PhotonSum was printed with six significant digits. */
function agree(sum: number, printed: number): boolean {
  const unit = 10 ** Math.max(0, String(sum).length - 6);
  return Math.abs(sum - printed) <= (unit === 1 ? 0 : unit / 2);
}
