/** From files of showers to what training reads: joined, checked, cut at a number of photons; in constant memory, whole or not at all. */
import { join, resolve } from 'node:path';
import { userError } from '../../base/diagnostic.js';
import { discard } from '../../base/files.js';
import type { StartProgress } from '../../base/progress.js';
import { type Hdf5Writer, writeHdf5File } from '../../data/hdf5/write.js';
import { NpzWriter } from '../../data/npy/npz-write.js';
import { type CalorimeterName, calorimeters, conditions } from '../calorimeter.js';
import { type Species, speciesOf } from '../particles.js';
import { type NpzPair, openNpzShowers } from './npz-source.js';
import { showerAttributes, showerDatasets, showersFile, showersFormat } from './prepared.js';
import type { ShowerSource } from './shower-source.js';
import { openTextShowers } from './text-source.js';

export interface PrepareOptions {
  /** A directory with the text files of runs, or a pair of npz files. */
  readonly input: string | NpzPair;
  readonly calorimeter: CalorimeterName;
  /** Directory for the results. */
  readonly out: string;
  /** A shower with fewer photons is left out. */
  readonly minimumPhotons: number;
  /** Also write particles.npz and responses.npz. */
  readonly npz: boolean;
  /** Particles that the table does not have, by their code; they come first. */
  readonly species: ReadonlyMap<number, Species>;
}

export interface PrepareResult {
  /** All files that were written, Showers.h5 first. */
  readonly paths: readonly string[];
  /** Showers that were found, and those that were kept. */
  readonly found: number;
  readonly count: number;
  /** How they were made, where they are not those of a full simulation. */
  readonly synthetic?: string;
}

/** @throws AxocError (user) with all problems of the input; older results survive */
export async function prepareShowers(
  options: PrepareOptions,
  progress: StartProgress = () => ({ advance() {}, done() {} }),
): Promise<PrepareResult> {
  checkInput(options);
  const source = await openSource(options);
  if (source.count === 0) await throwNothingKept(options, source);
  const shown = progress(`prepare ${options.calorimeter}`, source.count);
  const path = join(options.out, showersFile);
  let copies: readonly NpzWriter[] = [];
  try {
    const write = async (file: Hdf5Writer): Promise<void> => {
      const { particles, responses } = startFile(file, options, source);
      // Opened here, so that an interrupt removes all files: the HDF5 file only looks after itself if it is the first.
      copies = openCopies(options, source);
      for await (const { conditions: particle, image } of source.showers()) {
        particles.append(particle);
        responses.append(image);
        copies[0]?.append(Float64Array.from(particle));
        copies[1]?.append(image);
        shown.advance(1);
      }
      for (const copy of copies) copy.finish();
    };
    // A kill in between leaves files missing, never one of these showers beside one of others.
    await writeHdf5File(path, write, () => {
      if (options.npz) for (const older of Object.values(npzPaths(options.out))) discard(older);
    });
    for (const copy of copies) copy.commit();
  } finally {
    for (const copy of copies) copy.discard();
    shown.done();
  }
  const { found, count, synthetic } = source;
  const paths = [path, ...(options.npz ? Object.values(npzPaths(options.out)) : [])];
  return { paths, found, count, ...(synthetic === undefined ? {} : { synthetic }) };
}

/** Npz files that are read would be replaced by what is kept of them. */
function checkInput({ input, out, npz }: PrepareOptions): void {
  if (typeof input === 'string' || !npz) return;
  const written = Object.values(npzPaths(out)).map((path) => resolve(path));
  const lost = [input.particles, input.responses].find((path) => written.includes(resolve(path)));
  if (lost === undefined) return;
  const hint = 'choose another directory for the results, or write Showers.h5 alone: --no-npz';
  throw userError('bad-option', lost, 'would be read and replaced at once', hint);
}

function openSource({ input, calorimeter: name, minimumPhotons, species }: PrepareOptions): Promise<ShowerSource> {
  const calorimeter = calorimeters[name];
  if (typeof input !== 'string') return openNpzShowers(input, calorimeter, minimumPhotons);
  const find = (code: number): Species | undefined => species.get(code) ?? speciesOf(code);
  return openTextShowers(input, { calorimeter, find, minimumPhotons });
}

function npzPaths(directory: string): NpzPair {
  return { particles: join(directory, 'particles.npz'), responses: join(directory, 'responses.npz') };
}

/** The name that the arrays have when `numpy.savez` is given none. */
const arrayName = 'arr_0';

/** Of particles and responses; none where they are not asked for. */
function openCopies(
  { npz, out, calorimeter }: PrepareOptions,
  { count, synthetic }: ShowerSource,
): readonly NpzWriter[] {
  if (!npz) return [];
  const paths = npzPaths(out);
  const open = (path: string, shape: readonly number[]): NpzWriter =>
    new NpzWriter(path, { name: arrayName, shape, ...(synthetic === undefined ? {} : { comment: synthetic }) });
  const particles = open(paths.particles, [count, conditions.length]);
  try {
    return [particles, open(paths.responses, [count, ...calorimeters[calorimeter].shape])];
  } catch (error) {
    particles.discard();
    throw error;
  }
}

function startFile(file: Hdf5Writer, { calorimeter, minimumPhotons }: PrepareOptions, { synthetic }: ShowerSource) {
  file.attribute('', showerAttributes.format, showersFormat);
  file.attribute('', showerAttributes.calorimeter, calorimeter);
  file.attribute('', showerAttributes.minimumPhotons, minimumPhotons);
  if (synthetic !== undefined) file.attribute('', showerAttributes.synthetic, synthetic);
  const particles = file.appender(showerDatasets.particles, 'float64', [conditions.length]);
  const responses = file.appender(showerDatasets.responses, 'float32', calorimeters[calorimeter].shape, { gzip: 1 });
  file.attribute(
    showerDatasets.particles,
    'columns',
    conditions.map(({ name }) => name),
  );
  file.attribute(
    showerDatasets.particles,
    'units',
    conditions.map(({ unit }) => unit),
  );
  file.attribute(showerDatasets.responses, 'unit', 'photons');
  return { particles, responses };
}

/** The problems of the files come first: they may be why nothing is left. */
async function throwNothingKept(
  { input, minimumPhotons, calorimeter }: PrepareOptions,
  source: ShowerSource,
): Promise<never> {
  for await (const _ of source.showers());
  throw userError(
    'no-showers',
    typeof input === 'string' ? input : input.responses,
    `none of its ${source.found} showers has ${minimumPhotons} photons or more in ${calorimeter}`,
    'keep fewer photons: --minimum-photons 1',
  );
}
