/** Showers.h5: particles and their responses, as preparing writes them and training reads them. */
import { userError } from '../../base/diagnostic.js';
import { type Hdf5File, openHdf5File } from '../../data/hdf5/file.js';
import type { RowDescriptor } from '../../data/hdf5/rows.js';
import { type Calorimeter, type CalorimeterName, calorimeters, conditions } from '../calorimeter.js';

/** Name of the file in the directory that `axoc zdc prepare` writes. */
export const showersFile = 'Showers.h5';

export const showersFormat = 'axoc-showers';

/** Datasets: (N, 9) float64 in the order of `conditions`, and (N, x, y) float32 photons, row by row of the same shower. */
export const showerDatasets = { particles: 'particles', responses: 'responses' } as const;

/** Attributes of the file. */
export const showerAttributes = {
  format: 'format',
  calorimeter: 'calorimeter',
  /** Fewest photons of a shower that was kept. */
  minimumPhotons: 'minimum_photons',
  /** How the showers were made, where they are not those of a full simulation. */
  synthetic: 'synthetic',
} as const;

export interface Showers {
  readonly path: string;
  readonly calorimeter: Calorimeter;
  readonly count: number;
  /** Fewest photons of a shower that was kept. */
  readonly minimumPhotons: number;
  /** How the showers were made, where they are not those of a full simulation. */
  readonly synthetic?: string;
  /** For `openRows`, here or in a worker: nine conditions a row, rounded to float32. */
  readonly particles: RowDescriptor;
  /** For `openRows`, here or in a worker: x * y photons a row, y fastest. */
  readonly responses: RowDescriptor;
  /** Conditions of showers `from` to `to` (excluded), nine a row. */
  readParticles(from: number, to: number): Float64Array;
  /** Images of showers `from` to `to` (excluded), in photons. */
  readResponses(from: number, to: number): Float32Array;
  close(): void;
}

/**
 * @throws AxocError (user) when the file was not made by preparing showers, or a dataset has another shape than its calorimeter
 */
export async function openShowers(path: string): Promise<Showers> {
  const file = await openHdf5File(path);
  try {
    return readShowers(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

function readShowers(file: Hdf5File): Showers {
  const { path } = file;
  const attributes = file.attributes('');
  const calorimeter = calorimeters[attributes.get(showerAttributes.calorimeter) as CalorimeterName];
  if (attributes.get(showerAttributes.format) !== showersFormat || calorimeter === undefined) {
    throw userError(
      'unknown-layout',
      path,
      'was not made by preparing showers',
      'make it: axoc zdc prepare --input DIRECTORY --calorimeter ZN --out DIRECTORY',
    );
  }
  const particles = file.dataset(showerDatasets.particles);
  const responses = file.dataset(showerDatasets.responses);
  const count = particles.shape[0] ?? 0;
  checkShape(`${path}: ${particles.name}`, particles.shape, [count, conditions.length]);
  checkShape(`${path}: ${responses.name}`, responses.shape, [count, ...calorimeter.shape]);
  const synthetic = attributes.get(showerAttributes.synthetic);
  return {
    path,
    calorimeter,
    count,
    minimumPhotons: Number(attributes.get(showerAttributes.minimumPhotons) ?? 0),
    ...(typeof synthetic === 'string' ? { synthetic } : {}),
    particles: { path, dataset: particles.name },
    responses: { path, dataset: responses.name },
    readParticles: (from, to) => Float64Array.from(particles.read(from, to)),
    readResponses: (from, to) => Float32Array.from(responses.read(from, to)),
    close: () => file.close(),
  };
}

function checkShape(place: string, found: readonly number[], expected: readonly number[]): void {
  if (found.join() === expected.join()) return;
  const message = `has shape (${found.join(', ')}) where (${expected.join(', ')}) is expected`;
  throw userError('hdf5-shape', place, message, 'prepare the showers again');
}
