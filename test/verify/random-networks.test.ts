/** Random networks: every named value of every vector, interpreter against emitted C++ - and the passes between them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withTemporaryDirectory, writeFileWhole } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { defaultHlsOptions, emitHls } from '../../src/emit/hls/project.js';
import { elementCount, namedOps, type Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { runPasses } from '../../src/passes/passes.js';
import { hlsLeg } from '../../src/verify/hls-leg.js';
import { interpreterLeg, type Leg } from '../../src/verify/leg.js';
import { printReproducer } from '../../src/verify/reproducer.js';
import { directedVectors, type Vector } from '../../src/verify/vectors.js';
import { type Reference, referenceOf, verify } from '../../src/verify/verify.js';
import { randomProgram } from '../ir/random-program.js';
import { CastCensus } from '../support/cast-census.js';
import { DescriptionGenerator } from '../support/random-description.js';
import { testSeed } from '../support/seed.js';

const networkCount = 200;
const vectorCount = 1024;
/** Networks that also run with the vendor's headers, where AXOC_AP_INCLUDE names them. */
const vendorCount = 24;
/** Casts of every mode pair that must have rounded, and as many that must have left the range. */
const wantedCasts = 20;

const seed = testSeed(1);
const vendorInclude = process.env.AXOC_AP_INCLUDE;
const reproducers = fileURLToPath(new URL('../../fixtures/reproducers', import.meta.url));

interface RandomNetwork {
  /** Kind, seed and number: enough to make it again. */
  readonly name: string;
  readonly number: number;
  readonly program: Program;
}

/** By turns a lowered description and a program of all operations. */
function randomNetworks(): readonly RandomNetwork[] {
  const descriptions = new DescriptionGenerator(Random.seeded(seed));
  return Array.from({ length: networkCount }, (_, number) => {
    if (number % 2 === 1) {
      return { name: `program-${seed}-${number}`, number, program: randomProgram(Random.seeded(seed * 1000 + number)) };
    }
    const { description, precision } = descriptions.next();
    const network = readNetwork(JSON.stringify(description), 'net.json', parsePrecision(precision));
    return { name: `description-${seed}-${number}`, number, program: lower(network).program };
  });
}

/** What a run has compared. */
interface Tally {
  networks: number;
  vendorNetworks: number;
  vectors: number;
  values: number;
  readonly census: CastCensus;
  readonly failures: string[];
}

it(`${networkCount} random networks agree in ${vectorCount} vectors, interpreter and emitted C++`, async () => {
  const tally: Tally = {
    networks: 0,
    vendorNetworks: 0,
    vectors: 0,
    values: 0,
    census: new CastCensus(),
    failures: [],
  };
  const waiting = randomNetworks()[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const network of waiting) await checkNetwork(network, tally);
  };
  // Two compilers at a time.
  await Promise.all([work(), work()]);

  console.log(
    `${tally.networks} random networks (seed ${seed}, ${tally.vendorNetworks} with the vendor's headers too), ` +
      `${tally.vectors} vectors, ${tally.values} values compared\n${tally.census.summary}`,
  );
  expect(tally.failures).toEqual([]);
  expect([tally.networks, tally.vectors]).toEqual([networkCount, networkCount * vectorCount]);
  expect(tally.vendorNetworks).toBe(vendorInclude ? vendorCount : 0);
  const seldom = [...tally.census.pairs].filter(
    ([, { rounds, overflows }]) => rounds < wantedCasts || overflows < wantedCasts,
  );
  expect(seldom, 'mode pairs that too few casts put to the test').toEqual([]);
});

/** Runs all legs on a network; what disagrees or breaks becomes a reproducer. */
async function checkNetwork(network: RandomNetwork, tally: Tally): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    let vector: Vector = [];
    try {
      const program = runPasses(network.program);
      const project = emitHls(program, defaultHlsOptions);
      const compiled = (name: string, include?: string): Leg =>
        hlsLeg(project, { name, summary: name, directory: join(directory, name), ...(include ? { include } : {}) });
      const own = compiled('hls');
      const vectors = directedVectors(network.program, vectorCount, Random.seeded(seed + network.number));
      vector = vectors[0]!;
      const reference = referenceOf(network.program, vectors);
      await checkLegs(network, reference, [interpreterLeg(program), own], tally);
      if (vendorInclude && network.number < vendorCount) {
        await checkLegs(network, reference, [compiled('hls-vendor', vendorInclude)], tally);
        tally.vendorNetworks++;
      }
      tally.census.add(network.program, reference.traces);
      tally.networks++;
      tally.vectors += vectors.length;
    } catch (error) {
      const [problem = ''] = (error as Error).message.split('\n');
      fail(network, tally, { leg: 'hls', vector, found: `an error (${problem})` });
    }
  });
}

async function checkLegs(
  network: RandomNetwork,
  reference: Reference,
  legs: readonly Leg[],
  tally: Tally,
): Promise<void> {
  const { legs: results, mismatch } = await verify(reference, legs);
  if (mismatch !== undefined) return fail(network, tally, mismatch);
  const valuesPerVector = namedOps(network.program).reduce((sum, op) => sum + elementCount(op.type), 0);
  for (const { leg, vectors, values } of results) {
    if (vectors !== vectorCount || values !== vectorCount * valuesPerVector) {
      tally.failures.push(`${network.name}: leg ${leg} compared ${values} values of ${vectors} vectors`);
    }
    tally.values += values;
  }
  if (results.length !== legs.length) tally.failures.push(`${network.name}: ${results.length} of ${legs.length} legs`);
}

type Failure = Partial<Parameters<typeof printReproducer>[1]> & { leg: string; vector: Vector; found: string };

function fail({ name, program }: RandomNetwork, tally: Tally, failure: Failure): void {
  const mismatch = { vectorIndex: 0, value: program.outputs[0]!, element: 0, expected: 'a number', ...failure };
  const path = join(reproducers, `${name}.txt`);
  writeFileWhole(path, printReproducer(program, mismatch));
  tally.failures.push(
    `${name}: leg ${mismatch.leg}: ${mismatch.value}[${mismatch.element}] is ${mismatch.found}, the reference gives ` +
      `${mismatch.expected}; written to fixtures/reproducers/${name}.txt`,
  );
}
