/** The rows that training is fed with: image in logarithms and scaled conditions side by side, made once and kept beside the checkpoints. */
import { breathe } from '../../base/breathe.js';
import { ln } from '../../base/elementary.js';
import { fileExists } from '../../base/files.js';
import type { Progress } from '../../base/progress.js';
import { withHdf5File } from '../../data/hdf5/file.js';
import { type Hdf5Writer, writeHdf5File } from '../../data/hdf5/write.js';
import type { Showers } from '../prepare/prepared.js';
import { type Scaler, scaleRow } from './scaler.js';
import type { Split } from './split.js';

/** Float32 (rows, x * y + conditions). */
export const trainingDatasets = { train: 'train', test: 'test' } as const;
const identityAttribute = 'made_from';

/** Showers read at a time. */
const slab = 1024;

/**
 * Writes the two sets in the order of the showers, unless the file is there and was made from the same.
 * @param identity of everything that the rows depend on
 */
export async function writeTrainingFile(
  path: string,
  showers: Showers,
  particles: Float64Array,
  split: Split,
  scaler: Scaler,
  identity: string,
  start: (label: string, total: number) => Progress,
): Promise<void> {
  if (fileExists(path) && (await identityOf(path)) === identity) return;
  const isTest = new Uint8Array(showers.count);
  for (const row of split.test) isTest[row] = 1;
  const progress = start('training file', showers.count);
  await writeHdf5File(path, (file) => {
    file.attribute('', identityAttribute, identity);
    return writeSets(file, showers, particles, isTest, scaler, (rows) => progress.advance(rows));
  });
  progress.done();
}

async function identityOf(path: string): Promise<unknown> {
  return withHdf5File(path, (file) => file.attributes('').get(identityAttribute));
}

async function writeSets(
  file: Hdf5Writer,
  showers: Showers,
  particles: Float64Array,
  isTest: Uint8Array,
  scaler: Scaler,
  advance: (rows: number) => void,
): Promise<void> {
  const pixels = showers.calorimeter.shape[0] * showers.calorimeter.shape[1];
  const row = new Float32Array(pixels + scaler.means.length);
  // Most pixels are 0: compressed, the file is a small part of the prepared one.
  const sets = [trainingDatasets.train, trainingDatasets.test].map((name) =>
    file.appender(name, 'float32', [row.length], { gzip: 1 }),
  );
  for (let from = 0; from < showers.count; from += slab) {
    const to = Math.min(from + slab, showers.count);
    const photons = showers.readResponses(from, to);
    for (let shower = from; shower < to; shower++) {
      const first = (shower - from) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        const count = photons[first + pixel]!;
        row[pixel] = count === 0 ? 0 : ln(1 + count);
      }
      scaleRow(scaler, particles, shower, row, pixels);
      sets[isTest[shower]!]!.append(row);
    }
    advance(to - from);
    await breathe();
  }
}
