/** The soak: random networks without end, all legs; what fails shrinks itself and becomes a reproducer. */
import { join } from 'node:path';
import { withTemporaryDirectory, writeFileWhole } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { printReproducer } from '../../src/verify/reproducer.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { Exercised } from '../support/exercised.js';
import { compileBatch } from '../support/hls-batch.js';
import { checkNetwork, isNarrow, type LegName, type Tools, valuesPerVector } from '../support/network-check.js';
import { everyVector, inputBits, type RandomNetwork, randomNetworks } from '../support/random-networks.js';
import { shrink } from '../support/shrink.js';

export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly legs: readonly LegName[];
  readonly vendorInclude?: string;
  /** Where reproducers are written. */
  readonly reproducers: string;
  /** Vectors of each network; those with few input bits are enumerated instead. */
  readonly vectors: number;
  /** Batches at a time: one computes while the other waits for its compiler. */
  readonly workers: number;
  /** Networks that are compiled together. */
  readonly batchSize: number;
  /** Failures after which it ends. */
  readonly mostFailures: number;
  /** Smaller programs that are tried for one failure. */
  readonly shrinkingTries: number;
  /** Told what happens, in lines. */
  readonly log: (line: string) => void;
}

export interface SoakResult {
  readonly exercised: Exercised;
  /** Paths of the reproducers. */
  readonly reproducers: readonly string[];
}

/** Every so many networks one also runs with the vendor's headers, which take ten times as long to compile. */
const vendorEvery = 8;
/** Networks with so few input bits are tried with every event there is. */
const enumeratedBits = 12;

export async function runSoak(tools: Tools, options: SoakOptions): Promise<SoakResult> {
  const { seed, seconds, workers, mostFailures, batchSize } = options;
  const start = performance.now();
  const end = start + 1000 * seconds;
  const exercised = new Exercised();
  const written: string[] = [];
  const networks = randomNetworks(seed);
  const isOver = (): boolean => performance.now() > end || written.length >= mostFailures;
  let minute = 0;
  const logMinute = (): void => {
    const now = Math.floor((performance.now() - start) / 60_000);
    if (now === minute) return;
    minute = now;
    options.log(`${minute} min: ${exercised.networks} networks, ${written.length} failures`);
  };
  const work = async (): Promise<void> => {
    while (!isOver()) {
      const batch = Array.from({ length: batchSize }, () => networks.next().value);
      await withTemporaryDirectory(async (directory) => {
        const programs = batch.map(({ program }) => program);
        const compiled = options.legs.includes('hls') ? await compileBatch(tools, programs, directory) : undefined;
        for (const [number, network] of batch.entries()) {
          if (isOver()) return;
          const path = await soakNetwork(tools, network, options, exercised, compiled?.[number]);
          if (path !== undefined) written.push(path);
          logMinute();
        }
      });
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { exercised, reproducers: written };
}

/** @returns the path of a reproducer when a leg fails */
async function soakNetwork(
  tools: Tools,
  { name, program, seed }: RandomNetwork,
  options: SoakOptions,
  exercised: Exercised,
  command?: readonly string[],
): Promise<string | undefined> {
  const isSmall = inputBits(program) <= enumeratedBits;
  const vectors = isSmall ? everyVector(program) : directedVectors(program, options.vectors, Random.seeded(seed));
  return withTemporaryDirectory(async (directory) => {
    const check = { directory, ...(options.vendorInclude ? { vendorInclude: options.vendorInclude } : {}) };
    const { compared, failure } = await checkNetwork(tools, program, vectors, {
      ...check,
      legs: options.legs.filter(
        (leg) =>
          (leg !== 'hls-vendor' || exercised.networks % vendorEvery === 0) &&
          (leg !== 'onnx' || isNarrow(tools.runPasses(program))),
      ),
      commands: command === undefined ? new Map() : new Map([['hls', command]]),
      observe: (traces) => exercised.addTraces(program, traces),
    });
    exercised.addProgram(program);
    exercised.addCompared(compared);
    if (failure === undefined) {
      const wanted = vectors.length * valuesPerVector(program);
      for (const [leg, { values }] of compared)
        if (values !== wanted) throw new Error(`${name}: leg ${leg} compared ${values} values, not ${wanted}`);
      return undefined;
    }
    const { leg, value, element, found, expected } = failure;
    options.log(`${name}: leg ${leg}: ${value}[${element}] is ${found}, the reference gives ${expected}; shrinking`);
    const smallest = await shrink(tools, { program, failure, vectors }, check, options.shrinkingTries);
    const path = join(options.reproducers, `${name}.txt`);
    writeFileWhole(path, printReproducer(smallest.program, smallest.failure, smallest.vectors));
    options.log(`written to ${path}`);
    return path;
  });
}
