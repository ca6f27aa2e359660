/** Evaluating a generator: showers it never saw, beside showers it makes for the same particles, in the numbers that O2 keeps. */
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { readGenerator } from '../../artefact/generator-file.js';
import { userError } from '../../base/diagnostic.js';
import { digestFile } from '../../base/file-digest.js';
import { type Progress, startProgress } from '../../base/progress.js';
import { streamOf } from '../../train/stream.js';
import { type CalorimeterName, conditions } from '../calorimeter.js';
import { channelSums } from '../channels.js';
import { openShowers, type Showers } from '../prepare/prepared.js';
import { zdcPurpose } from '../streams.js';
import { groupParticles } from '../train/groups.js';
import { parseRecord, type TrainingRecord } from '../train/record.js';
import { type Scaler, scaleRow } from '../train/scaler.js';
import { type Split, splitShowers } from '../train/split.js';
import { anyShower, nearestCondition } from './baseline.js';
import { rankedScore } from './conditional.js';
import { type ChannelDistances, channelDistances } from './distances.js';
import { type ShowerGenerator, showerGenerator } from './generate.js';
import type { EvaluateOptions } from './options.js';
import { type PhotonSummary, summarisePhotons, totalsOf } from './photon-summary.js';
import { realSums, sumsOf } from './real-showers.js';
import { chooseShown, type ShownShower } from './shown-showers.js';

export interface EvaluateRequest {
  /** generator.h5 of `axoc zdc train`. */
  readonly generator: string;
  /** The Showers.h5 that it was trained on. */
  readonly showers: string;
  readonly options: EvaluateOptions;
  /** Where progress is shown; by default on stderr. */
  startProgress?(label: string, total: number): Progress;
}

/** What makes showers for the particles of the test set. */
export interface Contender {
  readonly name: string;
  readonly distances: ChannelDistances;
  readonly photons: PhotonSummary;
  /** How well the photons of each shower are foretold, see `rankedScore`; undefined with one repeat. */
  readonly score: number | undefined;
  /** Photon sums of the first repeat, row-major [showers, channels]. */
  readonly sums: Float64Array;
}

export interface Evaluation {
  readonly calorimeter: CalorimeterName;
  readonly record: TrainingRecord;
  readonly options: EvaluateOptions;
  /** Test showers that were compared, and the particles they belong to. */
  readonly showers: number;
  readonly particles: number;
  readonly real: { readonly photons: PhotonSummary; readonly sums: Float64Array };
  /** The generator; the baseline of the nearest condition; training showers drawn at random. */
  readonly contenders: readonly [generator: Contender, nearest: Contender, any: Contender];
  readonly shown: readonly ShownShower[];
}

/**
 * @throws AxocError (user) when the generator was not trained on these showers
 */
export async function evaluateGenerator(request: EvaluateRequest): Promise<Evaluation> {
  const artefact = await readGenerator(request.generator);
  const record = parseRecord(artefact.configuration, request.generator);
  const showers = await openShowers(request.showers);
  try {
    checkShowers(showers, record);
    return await evaluateOn(showers, artefact, record, request);
  } finally {
    showers.close();
  }
}

function checkShowers({ path }: Showers, record: TrainingRecord): void {
  if (digestFile(path) !== record.showers.digest)
    throw userError(
      'foreign-events',
      path,
      'these are not the showers that the generator was trained on, so which of them it has seen is not known',
      `give the Showers.h5 with SHA-256 ${record.showers.digest}`,
    );
}

async function evaluateOn(
  showers: Showers,
  artefact: GeneratorArtefact,
  record: TrainingRecord,
  { options, startProgress: start = startProgress }: EvaluateRequest,
): Promise<Evaluation> {
  const width = conditions.length;
  const particles = showers.readParticles(0, showers.count);
  const whole = splitShowers(particles, width, record.train.split, record.train.seed);
  const split = { train: whole.train, test: whole.test.subarray(0, options.showers ?? whole.test.length) };
  const reading = start('real showers', showers.count);
  const sums = await realSums(showers, reading);
  reading.done();
  const real = sumsOf(sums, split.test);
  const scaled = scaledConditions(artefact.scaler!, particles, split);
  const { groupOf, firstRows } = groupParticles(scaled.test, width);

  const generator = await showerGenerator(artefact);
  try {
    const generating = start('generated showers', options.repeats * split.test.length);
    const repeats: Float64Array[] = [];
    for (let repeat = 0; repeat < options.repeats; repeat++)
      repeats.push(await generatedSums(generator, scaled.test, showers.calorimeter.name, options, repeat, generating));
    generating.done();
    const trainSums = sumsOf(sums, split.train);
    const contender = (name: string, all: readonly Float64Array[]): Contender => ({
      name,
      distances: channelDistances(real, all, groupOf, streamOf(options.seed, zdcPurpose.bootstrap)),
      photons: summarisePhotons(all[0]!, groupOf),
      score: rankedScore(totalsOf(real), all.map(totalsOf)),
      sums: all[0]!,
    });
    const drawn = (key: number, baseline: { draw(random: ReturnType<typeof streamOf>): Uint32Array }) =>
      repeats.map((_, repeat) => sumsOf(trainSums, baseline.draw(streamOf(options.seed, key, repeat))));
    const nearest = drawn(zdcPurpose.baseline, nearestCondition(scaled.train, scaled.test, width));
    const any = drawn(zdcPurpose.reference, anyShower(split.train.length, split.test.length));
    return {
      calorimeter: showers.calorimeter.name,
      record,
      options,
      showers: split.test.length,
      particles: firstRows.length,
      real: { photons: summarisePhotons(real, groupOf), sums: real },
      contenders: [
        contender('generator', repeats),
        contender('nearest condition', nearest),
        contender('any training shower', any),
      ],
      shown: await chooseShown(showers, split.test, real, scaled.test, generator, options),
    };
  } finally {
    await generator.dispose();
  }
}

function scaledConditions(
  scaler: Scaler,
  particles: Float64Array,
  { train, test }: Split,
): { readonly train: Float32Array; readonly test: Float32Array } {
  const scaled = (rows: Uint32Array): Float32Array => {
    const values = new Float32Array(rows.length * conditions.length);
    for (const [place, row] of rows.entries()) scaleRow(scaler, particles, row, values, place * conditions.length);
    return values;
  };
  return { train: scaled(train), test: scaled(test) };
}

/** Rounded once, as the exported generator does. */
async function generatedSums(
  generator: ShowerGenerator,
  particles: Float32Array,
  calorimeter: CalorimeterName,
  { seed, sampling }: EvaluateOptions,
  repeat: number,
  progress: Progress,
): Promise<Float64Array> {
  const noise = streamOf(seed, zdcPurpose.noise, repeat);
  const photons = sampling === 'poisson' ? streamOf(seed, zdcPurpose.photons, repeat) : undefined;
  const count = particles.length / conditions.length;
  const blocks: Float64Array[] = [];
  for await (const images of generator.images(particles, count, noise, photons)) {
    blocks.push(channelSums(calorimeter, images.photons).map((sum) => Math.max(0, Math.round(sum))));
    progress.advance(images.count);
  }
  return Float64Array.from(blocks.flatMap((block) => [...block]));
}
