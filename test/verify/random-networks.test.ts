/** The suite: random networks, every named value of every vector, in every execution of them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withTemporaryDirectory, writeFileWhole } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import type { Program } from '../../src/ir/op.js';
import { printReproducer } from '../../src/verify/reproducer.js';
import { directedVectors, type Vector } from '../../src/verify/vectors.js';
import { Exercised } from '../support/exercised.js';
import { compileBatch } from '../support/hls-batch.js';
import { checkNetwork, isNarrow, type LegName, valuesPerVector } from '../support/network-check.js';
import { everyVector, inputBits, type RandomNetwork, randomNetworks } from '../support/random-networks.js';
import { testSeed } from '../support/seed.js';
import { shrink } from '../support/shrink.js';
import { tools } from '../support/tools.js';

const networkCount = 300;
const vectorCount = 1024;
/** Networks small enough to try every event: inputs of at most so many bits, and of more than that. */
const enumeratedCount = 20;
const enumeratedBits = { least: 6, most: 16 };
/** Networks that also run with the vendor's headers, where AXOC_AP_INCLUDE names them. */
const vendorCount = 24;
/** Share of the networks that int64 must be wide enough for: those alone run as ONNX. */
const leastNarrow = 0.5;
/** Networks that are compiled together. */
const batchSize = 10;
/** Smaller programs that are tried for a failure. */
const shrinkingTries = 300;

/** Milliseconds: two minutes of two cores; with other programs on them it has taken twenty. */
const patience = 3_600_000;

const seed = testSeed(1);
const vendorInclude = process.env.AXOC_AP_INCLUDE;
const legs: readonly LegName[] = ['interpreter', 'wasm', 'hls'];
const reproducers = fileURLToPath(new URL('../../fixtures/reproducers', import.meta.url));

interface Job extends RandomNetwork {
  readonly vectors: readonly Vector[];
  readonly legs: readonly LegName[];
}

it(
  `${networkCount} random networks agree in ${vectorCount} vectors, all legs`,
  async () => {
    const networks = randomNetworks(seed);
    const exercised = await checkAll(
      Array.from({ length: networkCount }, (_, number): Job => {
        const network = networks.next().value;
        const vectors = directedVectors(network.program, vectorCount, Random.seeded(network.seed));
        const further = vendorInclude && number < vendorCount ? (['hls-vendor'] as const) : [];
        return { ...network, vectors, legs: [...legsOf(network.program), ...further] };
      }),
    );
    expect(exercised.networks).toBe(networkCount);
    const vectorsOf = (leg: LegName): number => exercised.legs.get(leg)?.vectors ?? 0;
    expect(legs.map(vectorsOf)).toEqual(legs.map(() => networkCount * vectorCount));
    expect(vectorsOf('hls-vendor')).toBe(vendorInclude ? vendorCount * vectorCount : 0);
    expect(vectorsOf('onnx')).toBeGreaterThan(leastNarrow * networkCount * vectorCount);
    expect(exercised.seldomPairs, 'mode pairs that too few casts put to the test').toEqual([]);
    expect(exercised.seldom, 'what too few networks had').toEqual([]);
  },
  patience,
);

it(
  `${enumeratedCount} networks of at most ${enumeratedBits.most} input bits agree in every event, all legs`,
  async () => {
    const jobs: Job[] = [];
    for (const network of randomNetworks(seed + 1)) {
      const bits = inputBits(network.program);
      // The first have all the bits that are allowed, which few networks have by chance.
      const least = jobs.length < 2 ? enumeratedBits.most - 2 : enumeratedBits.least;
      if (bits >= least && bits <= enumeratedBits.most)
        jobs.push({ ...network, vectors: everyVector(network.program), legs: legsOf(network.program) });
      if (jobs.length === enumeratedCount) break;
    }
    const exercised = await checkAll(jobs);
    const planned = jobs.reduce((sum, { program }) => sum + 2 ** inputBits(program), 0);
    expect(planned).toBeGreaterThan(2 ** enumeratedBits.most / 2);
    const wanted = legs.map((leg) => [leg, enumeratedCount, planned]);
    const found = [...exercised.legs].map(([leg, { networks, vectors }]) => [leg, networks, vectors]);
    expect(found.filter(([leg]) => leg !== 'onnx')).toEqual(wanted);
    expect(exercised.legs.get('onnx')!.networks).toBeGreaterThan(leastNarrow * enumeratedCount);
  },
  patience,
);

/** The legs of a network: ONNX only where int64 is wide enough. */
function legsOf(program: Program): readonly LegName[] {
  return isNarrow(tools.runPasses(program)) ? [...legs, 'onnx'] : legs;
}

/** Runs all jobs, two batches at a time: while one waits for its compiler, the other is interpreted. Any failure fails the test. */
async function checkAll(jobs: readonly Job[]): Promise<Exercised> {
  const exercised = new Exercised();
  const failures: string[] = [];
  const batches = Array.from({ length: Math.ceil(jobs.length / batchSize) }, (_, number) =>
    jobs.slice(number * batchSize, (number + 1) * batchSize),
  );
  const waiting = batches[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const batch of waiting) failures.push(...(await checkBatch(batch, exercised)));
  };
  await Promise.all([work(), work()]);
  console.log(`${exercised.networks} random networks, seed ${seed}\n${exercised.summary}`);
  expect(failures).toEqual([]);
  return exercised;
}

async function checkBatch(jobs: readonly Job[], exercised: Exercised): Promise<readonly string[]> {
  return withTemporaryDirectory(async (directory) => {
    const failures: string[] = [];
    const programs = jobs.map(({ program }) => program);
    const compiled = await compileBatch(tools, programs, directory);
    for (const [number, job] of jobs.entries()) {
      const command = compiled?.[number];
      failures.push(
        ...(await checkJob(job, exercised, command === undefined ? new Map() : new Map([['hls', command]]))),
      );
    }
    return failures;
  });
}

/** What is wrong with one network; a disagreement is shrunk and becomes a reproducer. */
async function checkJob(
  { name, program, vectors, legs }: Job,
  exercised: Exercised,
  commands: ReadonlyMap<LegName, readonly string[]>,
): Promise<readonly string[]> {
  return withTemporaryDirectory(async (directory) => {
    const options = { legs, directory, ...(vendorInclude ? { vendorInclude } : {}) };
    const { compared, failure } = await checkNetwork(tools, program, vectors, {
      ...options,
      commands,
      observe: (traces) => exercised.addTraces(program, traces),
    });
    if (failure !== undefined) {
      const smallest = await shrink(tools, { program, failure, vectors }, options, shrinkingTries);
      const path = join(reproducers, `${name}.txt`);
      writeFileWhole(path, printReproducer(smallest.program, smallest.failure, smallest.vectors));
      const { leg, value, element, found, expected } = failure;
      return [
        `${name}: leg ${leg}: ${value}[${element}] is ${found}, the reference gives ${expected}; ` +
          `shrunk into fixtures/reproducers/${name}.txt`,
      ];
    }
    exercised.addProgram(program);
    exercised.addCompared(compared);
    const wanted = { vectors: vectors.length, values: vectors.length * valuesPerVector(program) };
    return [...compared]
      .filter(([, found]) => found.vectors !== wanted.vectors || found.values !== wanted.values)
      .map(([leg, found]) => `${name}: leg ${leg} compared ${found.values} values of ${found.vectors} vectors`);
  });
}
