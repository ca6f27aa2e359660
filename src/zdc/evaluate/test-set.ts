/** The showers that a generator is judged on, and the other real ones that baselines draw from: no shower is in both. */
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { userError } from '../../base/diagnostic.js';
import { digestFile } from '../../base/file-digest.js';
import { conditions } from '../calorimeter.js';
import type { Showers } from '../prepare/prepared.js';
import { findRecord, parseRecord } from '../train/record.js';
import { type SplitOptions, type SplitPlace, splitShowers } from '../train/split.js';
import type { EvaluateOptions, Unseen } from './options.js';

/** Rows of the prepared showers, rising. */
export interface TestSet {
  readonly test: Uint32Array;
  /** Those that training has seen, or showers that the caller leaves to the baselines; none where all are in the test. */
  readonly others: Uint32Array;
}

/** What a test set is chosen by. */
interface TestRequest {
  /** The generator's file, for messages. */
  readonly generator: string;
  readonly options: Pick<EvaluateOptions, 'unseen' | 'seed'>;
}

/**
 * What the generator's own training left out, or what the caller says that none has seen.
 * @param particles of all showers
 * @throws AxocError (user) when it is not known what the generator has seen; or when it is, and the caller says otherwise
 */
export function chooseTestSet(
  showers: Showers,
  particles: Float64Array,
  { configuration }: Pick<GeneratorArtefact, 'configuration'>,
  { generator, options: { unseen, seed } }: TestRequest,
): TestSet {
  const { path } = showers;
  if (unseen === null) {
    const record = parseRecord(configuration, generator);
    const { digest } = record.showers;
    if (digestFile(path) !== digest)
      throw userError(
        'foreign-events',
        path,
        'these are not the showers that the generator was trained on, so which of them it has seen is not known',
        `give the Showers.h5 with SHA-256 ${digest}; or, where it has seen none of these, say so: --unseen`,
      );
    return inTwo(particles, record.train.split, record.train.seed);
  }
  const record = findRecord(configuration);
  if (record !== undefined && digestFile(path) === record.showers.digest)
    throw userError(
      'bad-option',
      `--unseen ${unseen}`,
      `${generator} was trained on showers of ${path}, and says itself which of them it has not seen`,
      'leave --unseen out: the test is then what its training left out',
    );
  return vouchedFor(particles, unseen, seed, path);
}

/** Of `showers` and `particles` a half is the test, so that the other half is left to the baselines. */
function vouchedFor(particles: Float64Array, unseen: Unseen, seed: number, place: string): TestSet {
  const count = particles.length / conditions.length;
  switch (unseen) {
    case 'all':
      return rowsFrom(count, 0, count);
    case 'showers':
    case 'particles':
      return inTwo(particles, { test_fraction: 0.5, by: unseen }, seed, {
        place,
        hint: 'give more showers; or --unseen all, which keeps none for the baselines',
      });
    default: {
      const [from, to] = unseen.split(':') as [string, string];
      const end = to === '' ? count : Number(to);
      if (Number(from) >= end || end > count)
        throw userError(
          'bad-option',
          `--unseen ${unseen}`,
          `${place} has no such rows: its ${count} showers are 0:${count}`,
          'give the first row, counted from 0, and the one behind the last',
        );
      return rowsFrom(count, Number(from), end);
    }
  }
}

function inTwo(particles: Float64Array, options: SplitOptions, seed: number, place?: SplitPlace): TestSet {
  const { test, train } = splitShowers(particles, conditions.length, options, seed, place);
  return { test, others: train };
}

function rowsFrom(count: number, from: number, to: number): TestSet {
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  return { test: rows.slice(from, to), others: rows.filter((row) => row < from || row >= to) };
}
