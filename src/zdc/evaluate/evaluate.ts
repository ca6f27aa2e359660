/** Evaluating a generator: showers it never saw, beside showers it makes for the same particles, in the numbers that O2 keeps. */
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { readGenerator } from '../../artefact/generator-file.js';
import { userError } from '../../base/diagnostic.js';
import { type Progress, startProgress } from '../../base/progress.js';
import { streamOf } from '../../train/stream.js';
import { type CalorimeterName, conditions } from '../calorimeter.js';
import { channelSums } from '../channels.js';
import { openShowers, type Showers } from '../prepare/prepared.js';
import { zdcPurpose } from '../streams.js';
import { groupParticles } from '../train/groups.js';
import { findRecord, type TrainingRecord } from '../train/record.js';
import { type Scaler, scaleRow } from '../train/scaler.js';
import { anyShower, type Baseline, nearestCondition } from './baseline.js';
import { checkGenerator } from './check-generator.js';
import { rankedScore } from './conditional.js';
import { type ChannelDistances, channelDistances } from './distances.js';
import { type ShowerGenerator, showerGenerator } from './generate.js';
import type { EvaluateOptions } from './options.js';
import { type PhotonSummary, summarisePhotons, totalsOf } from './photon-summary.js';
import { realSums, sumsOf } from './real-showers.js';
import { chooseShown, type ShownShower } from './shown-showers.js';
import { chooseTestSet, type TestSet } from './test-set.js';

export interface EvaluateRequest {
  /** generator.h5 of `axoc zdc train`; with `unseen`, also of `axoc import`. */
  readonly generator: string;
  /** The Showers.h5 that it was trained on; with `unseen`, another one. */
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
  /** Absent: the generator does not say what it was trained on. */
  readonly record?: TrainingRecord;
  /** Where its weights come from. */
  readonly source: string;
  /** How the showers were made, where they are not those of a full simulation. */
  readonly synthetic?: string;
  readonly options: EvaluateOptions;
  /** Test showers that were compared, and the particles they belong to. */
  readonly showers: number;
  readonly particles: number;
  /** Real showers that the baselines draw from, none of them in the test. */
  readonly others: number;
  readonly real: { readonly photons: PhotonSummary; readonly sums: Float64Array };
  /** The generator; the baselines: of the nearest condition, of showers drawn at random; none where they have nothing to draw from. */
  readonly contenders: readonly [generator: Contender, ...baselines: Contender[]];
  readonly shown: readonly ShownShower[];
}

/**
 * @throws AxocError (user) when it is not known which of the showers the generator has seen, or it cannot make such showers
 */
export async function evaluateGenerator(request: EvaluateRequest): Promise<Evaluation> {
  const { generator } = request;
  const artefact = await readGenerator(generator);
  const showers = await openShowers(request.showers);
  try {
    const scaler = checkGenerator(artefact, showers, generator);
    const particles = showers.readParticles(0, showers.count);
    const testSet = chooseTestSet(showers, particles, artefact, request);
    return await evaluateOn(showers, particles, testSet, artefact, scaler, request);
  } finally {
    showers.close();
  }
}

async function evaluateOn(
  showers: Showers,
  particles: Float64Array,
  testSet: TestSet,
  artefact: GeneratorArtefact,
  scaler: Scaler,
  { options, generator: place, startProgress: start = startProgress }: EvaluateRequest,
): Promise<Evaluation> {
  const width = conditions.length;
  const { others } = testSet;
  const test = testSet.test.subarray(0, options.showers ?? testSet.test.length);
  const reading = start('real showers', showers.count);
  const sums = await realSums(showers, reading);
  reading.done();
  const real = sumsOf(sums, test);
  const scaled = scaledConditions(scaler, particles, test);
  const scaledOthers = scaledConditions(scaler, particles, others);
  const { groupOf, firstRows } = groupParticles(scaled, width);

  const generator = await showerGenerator(artefact);
  try {
    const generating = start('generated showers', options.repeats * test.length);
    const repeats: Float64Array[] = [];
    for (let repeat = 0; repeat < options.repeats; repeat++)
      repeats.push(await generatedSums(generator, scaled, showers.calorimeter.name, options, repeat, generating));
    generating.done();
    checkFinite(repeats, place);
    const otherSums = sumsOf(sums, others);
    const contender = (name: string, all: readonly Float64Array[]): Contender => ({
      name,
      distances: channelDistances(real, all, groupOf, streamOf(options.seed, zdcPurpose.bootstrap)),
      photons: summarisePhotons(all[0]!, groupOf),
      score: rankedScore(totalsOf(real), all.map(totalsOf)),
      sums: all[0]!,
    });
    const baseline = (name: string, key: number, { draw }: Baseline): Contender => {
      const drawn = repeats.map((_, repeat) => sumsOf(otherSums, draw(streamOf(options.seed, key, repeat))));
      return contender(name, drawn);
    };
    const record = findRecord(artefact.configuration);
    const { synthetic } = showers;
    return {
      calorimeter: showers.calorimeter.name,
      ...(record === undefined ? {} : { record }),
      source: artefact.source,
      ...(synthetic === undefined ? {} : { synthetic }),
      options,
      showers: test.length,
      particles: firstRows.length,
      others: others.length,
      real: { photons: summarisePhotons(real, groupOf), sums: real },
      contenders: [
        contender('generator', repeats),
        ...(others.length === 0
          ? []
          : [
              baseline('nearest condition', zdcPurpose.baseline, nearestCondition(scaledOthers, scaled, width)),
              baseline(
                options.unseen === null ? 'any training shower' : 'any other shower',
                zdcPurpose.reference,
                anyShower(others.length, test.length),
              ),
            ]),
      ],
      shown: await chooseShown(showers, test, real, scaled, generator, options),
    };
  } finally {
    await generator.dispose();
  }
}

function scaledConditions(scaler: Scaler, particles: Float64Array, rows: Uint32Array): Float32Array {
  const values = new Float32Array(rows.length * conditions.length);
  for (const [place, row] of rows.entries()) scaleRow(scaler, particles, row, values, place * conditions.length);
  return values;
}

/** Distances of what is not finite mean nothing. */
function checkFinite(repeats: readonly Float64Array[], place: string): void {
  if (!repeats.every((sums) => sums.every(Number.isFinite)))
    throw userError(
      'result-not-finite',
      place,
      'some of its showers have more photons than a number holds, or no number of photons',
      'its images must be log(photons + 1), and its scales those that it was trained with',
    );
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
